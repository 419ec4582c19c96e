import { existsSync } from 'node:fs'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

const node = process.execPath

/** Opens a world that is signed in. Returns its token, too. */
async function openSignedIn() {
  const world = await World.open()
  await world.signIn()
  const { stdout } = await world.run(['auth', 'token'])
  return { world, token: stdout.trim() }
}

describe('auth exec', () => {
  it('runs a command whose only Particle credential is the token', async () => {
    const { world, token } = await openSignedIn()
    const env = {
      PARTICLE_GRANTS_PROFILE: 'default',
      PARTICLE_GRANTS_PASSWORD: 'a',
      PARTICLE_GRANTS_CLIENT_SECRET: 'b',
      PARTICLE_CLIENT_ID: 'c',
      PARTICLE_CLIENT_SECRET: 'd',
      PARTICLE_USERNAME: 'e',
      OTHER_SECRET: 'f',
    }
    const program = 'console.log(JSON.stringify(process.env))'
    const args = ['auth', 'exec', '--', node, '-e', program]
    const { code, stdout, stderr } = await world.spawn(args, { env }).ended
    const { PARTICLE_ACCESS_TOKEN, OTHER_SECRET, HOME, ...rest } = JSON.parse(stdout)

    expect([code, stderr]).toEqual([0, ''])
    expect({ PARTICLE_ACCESS_TOKEN, OTHER_SECRET, HOME }).toEqual({
      PARTICLE_ACCESS_TOKEN: token,
      OTHER_SECRET: 'f',
      HOME: world.home,
    })
    expect(
      Object.keys(rest)
        .filter((name) => name.startsWith('PARTICLE_'))
        .sort(),
    ).toEqual(['PARTICLE_GRANTS_BASE_URL', 'PARTICLE_GRANTS_PROFILE', 'PARTICLE_GRANTS_STORE'])
  })

  it('passes the server of the token on, so that the token goes nowhere else', async () => {
    const { world } = await openSignedIn()
    const env = { PARTICLE_GRANTS_BASE_URL: '' }
    const args = ['auth', 'exec', '--', node, '-p', 'process.env.PARTICLE_GRANTS_BASE_URL']

    expect((await world.spawn(args, { env }).ended).stdout).toBe(`${world.server.url}\n`)
  })

  it('passes standard input, arguments and the exit code on, without a shell', async () => {
    const { world } = await openSignedIn()
    const program = 'process.stdin.pipe(process.stdout); console.log(process.argv.slice(1)); process.exitCode = 42'
    const args = ['auth', 'exec', '--', node, '-e', program, '$HOME', '--help', '-v', 'a b']
    const { code, stdout } = await world.spawn(args, { stdin: 'from stdin' }).ended

    expect(code).toBe(42)
    expect(stdout).toBe("[ '$HOME', '--help', '-v', 'a b' ]\nfrom stdin")
  })

  it('passes arguments on in their order, also if one occurs twice or is a flag of auth exec', async () => {
    const { world } = await openSignedIn()
    const print = 'console.log(process.argv.slice(1).join())'
    const words = ['-p', 'a', 'b', 'a', '--', '-p', 'default']
    const { code, stdout } = await world.spawn([
      'auth',
      'exec',
      '-p',
      'default',
      '--',
      node,
      '-e',
      print,
      '--',
      ...words,
    ]).ended

    expect([code, stdout]).toEqual([0, `${words.join()}\n`])
  })

  it('forwards a signal to the command, and ends by the signal that ends the command', async () => {
    const { world } = await openSignedIn()
    const handling =
      "process.on('SIGTERM', () => process.exit(7)); process.kill(process.ppid, 'SIGTERM'); setInterval(() => {}, 1000)"
    const dying = "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)"

    expect((await world.spawn(['auth', 'exec', '--', node, '-e', handling]).ended).code).toBe(7)
    expect((await world.spawn(['auth', 'exec', '--', node, '-e', dying]).ended).code).toBe(null)
  })

  it.runIf(terminals)('lets the command handle Ctrl-C, once', async () => {
    const { world } = await openSignedIn()
    const program = `
      let count = 0
      process.on('SIGINT', () => { console.log('interrupted', ++count); setTimeout(() => process.exit(9), 300) })
      setInterval(() => {}, 1000)
      console.log('ready')`
    const terminal = runInTerminal(world, ['auth', 'exec', '--', node, '-e', program])
    await terminal.shows(/^ready$/m)
    terminal.press('ctrl-c')

    expect((await terminal.ended).code).toBe(9)
    expect(terminal.screen()).toContain('interrupted 1')
    expect(terminal.screen()).not.toContain('interrupted 2')
  })

  it.runIf(existsSync('/proc/self/cmdline'))('puts the token into no arguments of a process', async () => {
    const { world, token } = await openSignedIn()
    const program =
      "for (const id of ['self', process.ppid]) console.log(require('fs').readFileSync('/proc/' + id + '/cmdline', 'utf8'))"
    const { stdout } = await world.spawn(['auth', 'exec', '--', node, '-e', program]).ended

    expect(stdout).toContain('exec')
    expect(findLeaks(stdout, [token])).toEqual([])
  })

  it('reports a command that is missing, not found or not executable, and a missing sign-in', async () => {
    const { world } = await openSignedIn()
    const run = (args: readonly string[]) => world.spawn(['auth', 'exec', ...args]).ended

    expect(await run([])).toMatchObject({ code: 2, stderr: expect.stringContaining('pgrants auth exec -- ') })
    expect(await run(['--', 'no-such-command-here'])).toMatchObject({
      code: 127,
      stderr: 'Error: There is no command "no-such-command-here".\n',
    })
    expect((await run(['--', 'PLANTED=secret1'])).stderr).toBe('Error: There is no such command.\n')
    expect(await run(['--', world.home])).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('EACCES'),
    })
    expect(await run(['-p', 'other', '--', node, '-e', '0'])).toMatchObject({ code: 3, stdout: '' })
  })
})
