import { fileURLToPath } from 'node:url'
import { createClock } from '@particle-grants/sandbox'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { openTerminal, openTerminalInProcess, type SimulatedTerminal } from '@particle-grants/test-kit/terminal'
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { developer, runProgram, World, withMfa } from '../test/cli.ts'
import { terminals, tidy } from '../test/terminal.ts'

const folder = new URL('../screenshots/', import.meta.url)
const now = Date.UTC(2026, 10, 24, 12)

if (!terminals) reportSkipped('screenshots', 'there are no pseudo-terminals here')

afterEach(() => void vi.useRealTimers())

const size = { columns: 84, rows: 60 }
const title = (args: readonly string[]) => `\x1b[32m$\x1b[0m pgrants ${args.join(' ')}\n`

/** Opens a sandbox and a CLI whose clocks stand still, in a simulated terminal and in a real one. */
async function openStill() {
  const clock = createClock({ frozen: true })
  clock.set(now)
  const world = await World.open({ clock })
  const fixed = fileURLToPath(new URL('../test/fixed-clock.mjs', import.meta.url))
  const env = { ...world.env, TZ: 'UTC', NODE_OPTIONS: `--import=${fixed}`, FIXED_CLOCK: String(now) }
  // Both show the command first, as a shell does.
  const open = (...args: string[]) => {
    vi.useFakeTimers({ toFake: ['Date'], now })
    const main = () => {
      process.stdout.write(title(args))
      return runProgram(args)
    }
    const terminal = openTerminalInProcess(main, {
      ...size,
      cwd: world.home,
      env: { ...world.env, TZ: 'UTC' },
    })
    onTestFinished(() => terminal.kill())
    return terminal
  }
  const openReal = (...args: string[]) => {
    const script = 'printf %s "$TITLE"; exec "$NODE" "$BIN" "$@"'
    const given = { TITLE: title(args), NODE: process.execPath, BIN: inject('pgrants') }
    const options = { ...size, cwd: world.home, env: { ...env, ...given } }
    const terminal = openTerminal('/bin/sh', ['-c', script, 'sh', ...args], options)
    onTestFinished(() => terminal.kill())
    return terminal
  }
  return { world, open, openReal }
}

/** Compares what the terminal shows with the picture in the repository. */
async function expectPicture(name: string, terminal: SimulatedTerminal): Promise<void> {
  expect(await terminal.ended).toEqual({ code: 0, ...tidy })
  // The sandbox listens on any free port here; a picture shows the one it has by default.
  const replace = (line: string) => line.replace(/(?<=127\.0\.0\.1:)\d+/, '8765')
  const svg = terminal.svg({ title: 'pgrants', replace })
  const file = fileURLToPath(new URL(`${name}.svg`, folder))
  // `npm run generate` updates the pictures: look at them afterwards.
  await expect(svg, terminal.screen()).toMatchFileSnapshot(file)
}

async function signIn(terminal: SimulatedTerminal, { username, password }: { username: string; password: string }) {
  await terminal.shows('? Username')
  terminal.type(`${username}\r`)
  await terminal.shows('? Password')
  terminal.type(`${password}\r`)
}

describe.runIf(terminals)('the screenshot', () => {
  it('of signing in with MFA matches what the CLI shows', async () => {
    const { world, openReal } = await openStill()
    const terminal = openReal('auth', 'login')
    await signIn(terminal, withMfa)
    await terminal.shows('? Authenticator code')
    terminal.type(`${world.sandbox.otp(withMfa.username)}\r`)

    await expectPicture('login', terminal)
  })

  it('of the status matches what the CLI shows', async () => {
    const { open } = await openStill()
    const login = open('auth', 'login')
    await signIn(login, developer)
    await login.ended

    await expectPicture('status', open('auth', 'status'))
  })

  it('of setting MFA up matches what the CLI shows', async () => {
    const { world, open } = await openStill()
    const login = open('auth', 'login')
    await signIn(login, developer)
    await login.ended
    // The sandbox would make another secret each time; this is its own public test secret.
    const path = '/v1/user/mfa-enable'
    world.sandbox.failNext({
      status: 200,
      body: { mfa_token: 'x', secret: withMfa.totp },
      match: { method: 'GET', path },
    })
    world.sandbox.failNext({ status: 200, body: { enrolled: true }, match: { method: 'POST', path } })
    const terminal = open('auth', 'mfa', 'enable')
    await terminal.shows('? Enter the 6-digit code')
    terminal.type(`${world.sandbox.otp(withMfa.username)}\r`)

    await expectPicture('mfa-enable', terminal)
  })

  it('of an explained response matches what the CLI shows', async () => {
    const { open } = await openStill()

    await expectPicture('explain', open('explain', 'invalid_grant'))
  })

  it('of the help matches what the CLI shows', async () => {
    // oclif decides about colors when it is loaded.
    const { openReal } = await openStill()

    await expectPicture('help', openReal('auth', '--help'))
  })
})
