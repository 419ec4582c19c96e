import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

describe('sandbox', () => {
  it.runIf(terminals)('serves until Ctrl-C and then closes its port', async () => {
    const world = await World.open()
    const terminal = runInTerminal(world, ['sandbox', '--port', '0'], { columns: 120 })
    await terminal.shows('Requests')
    const url = /pgrants auth login --base-url (\S+)/.exec(terminal.screen())?.[1] ?? ''
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

  it('says how to use another port if its own is taken', async () => {
    const world = await World.open()
    const port = new URL(world.server.url).port
    const { code, stderr } = await world.run(['sandbox', '--port', port])

    expect(code).toBe(1)
    expect(stderr).toBe(
      `Error: Port ${port} is taken, perhaps by another sandbox. Use another one.\n  pgrants sandbox --port 0\n`,
    )
  })
})
