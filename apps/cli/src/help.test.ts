import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

describe('help', () => {
  it.each([
    [['help'], ['--help']],
    [
      ['help', 'auth'],
      ['auth', '--help'],
    ],
    [
      ['help', 'auth', 'login'],
      ['auth', 'login', '--help'],
    ],
    [[], ['--help']],
    [['auth'], ['auth', '--help']],
  ])('prints the same for %j as for %j', async (args, flag) => {
    const world = await World.open()
    const [one, other] = await Promise.all([world.run(args), world.run(flag)])
    expect(one).toEqual(other)
    expect([one.code, one.stderr]).toEqual([0, ''])
    expect(one.stdout).toContain('$ pgrants')
  })

  it('suggests the nearest command for a mistyped one', async () => {
    const world = await World.open()
    for (const args of [
      ['auth', 'tokn'],
      ['help', 'auth', 'tokn'],
      ['auth', 'tokn', '--help'],
    ]) {
      const { code, stderr } = await world.run(args)
      expect([args, code]).toEqual([args, 2])
      expect(stderr).toBe(
        'Error: There is no command "auth tokn".\nDid you mean this?\n  pgrants auth token\n',
      )
    }
  })

  it.runIf(terminals)('breaks no word at 80 columns and prints colors unless NO_COLOR is set', async () => {
    const world = await World.open()
    const shown = runInTerminal(world, ['--help'], { columns: 80, rows: 60 })
    expect(await shown.ended).toMatchObject({ code: 0 })
    const plain = (await world.run(['--help'])).stdout.split('\n')
    expect(plain.filter((line) => line.length > 80)).toEqual([])
    expect(shown.output()).toContain('\x1b[')
    const colourless = runInTerminal(world, ['--help'], { columns: 80, env: { NO_COLOR: '1' } })
    await colourless.ended
    expect(colourless.output()).not.toContain('\x1b[1m')
  })
})
