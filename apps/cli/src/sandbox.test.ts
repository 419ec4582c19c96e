import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

describe('sandbox', () => {
  it.runIf(terminals)('serves until Ctrl-C and then closes its port', async () => {
    const world = await World.open()
    const terminal = runInTerminal(world, ['sandbox', '--port', '0'], { columns: 120 })
    await terminal.shows('mfa@example.com')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(terminal.screen())?.[0] ?? ''
    const { code } = await world.run(
      ['auth', 'login', '--base-url', url, '--username', 'dev@example.com', '--password-stdin'],
      {
        stdin: 'correct horse\n',
      },
    )
    await terminal.shows('POST /oauth/token')
    terminal.press('ctrl-c')

    expect(code).toBe(0)
    expect(await terminal.ended).toMatchObject({ code: 0, echo: true, lines: true })
    await expect(fetch(url)).rejects.toThrow()
  })

  it('rejects an invalid port', async () => {
    const { code, stderr } = await (await World.open()).run(['sandbox', '--port', 'eighty'])

    expect(code).toBe(2)
    expect(stderr).toMatch(/--port must be a number/)
  })
})
