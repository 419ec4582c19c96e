import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { developer, product, World, withMfa } from '../test/cli.ts'

/** Nothing in the environment leads to the sandbox: only the flags of a printed command do. */
const env = { PARTICLE_GRANTS_BASE_URL: '' }

/** The commands in an output: each is on a separate line. */
function findCommands(output: string): string[][] {
  return [...output.matchAll(/^ {2,4}pgrants (.+)$/gm)].map(([, words = '']) => words.split(' '))
}

/** Runs a command and returns the only command that it prints. */
async function getPrinted(world: World, args: readonly string[], stdin = ''): Promise<string[]> {
  const { stdout, stderr } = await world.run(args, { stdin, env })
  const commands = findCommands(stdout + stderr)
  expect(commands, stdout + stderr).toHaveLength(1)
  return commands[0] ?? []
}

async function openWithFlags() {
  const world = await World.open()
  const at = ['--base-url', world.server.url]
  const login = ['auth', 'login', '-u', developer.username, '--password-stdin', ...at]
  const mfaLogin = ['auth', 'login', '-u', withMfa.username, '--password-stdin', ...at]
  const run = (args: readonly string[], stdin = '') => world.run(args, { stdin, env })
  return { world, at, login, mfaLogin, run }
}

describe('a command that is printed', () => {
  it('signs in to the same server and profile', async () => {
    const { world, at, run } = await openWithFlags()
    for (const args of [
      ['auth', 'token'],
      ['auth', 'status'],
      ['auth', 'whoami', '-p', 'work'],
    ]) {
      const printed = await getPrinted(world, [...args, ...at])
      expect(printed.slice(0, 2)).toEqual(['auth', 'login'])
      const given = [...printed, '-u', developer.username, '--password-stdin']
      expect(await run(given, developer.password)).toMatchObject({ code: 0 })
      expect((await run(args)).code).toBe(0)
      await run(['auth', 'logout', '--all'])
    }
  })

  it.each([[[]], [['--profile', 'work']]])('submits the MFA code of the sign-in with %j', async (profile) => {
    const { world, mfaLogin, run } = await openWithFlags()
    const first = await getPrinted(world, [...mfaLogin, ...profile], withMfa.password)
    const right = world.sandbox.otp(withMfa.username)
    const wrong = ['000000', '000001'].find((code) => code !== right) ?? ''
    const second = await getPrinted(world, first, wrong)
    const fromStatus = await getPrinted(world, ['auth', 'status', ...profile])
    expect(fromStatus).toEqual(second)
    expect(await run(second, right)).toMatchObject({ code: 0 })
  })

  it.each([[[]], [['--profile', 'q']]])(
    'signs in at the same server after too many wrong codes with %j',
    async (profile) => {
      const { world, at, mfaLogin, run } = await openWithFlags()
      await run([...mfaLogin, ...profile], withMfa.password)
      const right = world.sandbox.otp(withMfa.username)
      const wrong = ['000000', '000001', '000002', '000003'].filter((code) => code !== right)
      const submit = ['auth', 'login', '--otp-stdin', ...profile]
      for (const code of wrong.slice(0, 2)) await run(submit, code)
      expect(await getPrinted(world, submit, wrong[2])).toEqual(['auth', 'login', ...profile, ...at])
    },
  )

  it('resets the lockout of the same server', async () => {
    const { world, login, run } = await openWithFlags()
    for (let attempts = 0; attempts < 8; attempts += 1) await run(login, `wrong ${attempts}`)
    const unlock = await getPrinted(world, login, developer.password)
    expect(unlock).toEqual(['auth', 'unlock', '--base-url', world.server.url])
    expect(await run(unlock)).toMatchObject({ code: 0 })
    expect(await run(login, developer.password)).toMatchObject({ code: 0 })
  })

  it('signs in again after the token was revoked', async () => {
    const { world, login, run } = await openWithFlags()
    await run([...login, '-p', 'work'], developer.password)
    world.sandbox.revoke({ username: developer.username })
    for (const args of [
      ['auth', 'status', '--check', '-p', 'work'],
      ['auth', 'token', '-p', 'work'],
      ['auth', 'mfa', 'status', '-p', 'work'],
    ]) {
      const printed = await getPrinted(world, args)
      expect(printed).toEqual(['auth', 'login', '--profile', 'work'])
    }
    const given = ['auth', 'login', '--profile', 'work', '-u', developer.username, '--password-stdin']
    expect(await run(given, developer.password)).toMatchObject({ code: 0 })
  })

  it('signs in at the server that was asked for, if the profile is signed in elsewhere', async () => {
    const { world, login, run } = await openWithFlags()
    const other = await World.open()
    await run(login, developer.password)
    const printed = await getPrinted(world, ['auth', 'token', '--base-url', other.server.url])
    expect(printed).toEqual(['auth', 'login', '--profile', 'NEW', '--base-url', other.server.url])
    const stored = await getPrinted(world, ['auth', 'token', '--store', 'keyring'])
    expect(stored).toEqual(['auth', 'login', '--profile', 'NEW', '--store', 'keyring', '--base-url', world.server.url])
    const given = [...printed, '-u', developer.username, '--password-stdin']
    expect(await run(given, developer.password)).toMatchObject({ code: 0 })
    expect(other.sandbox.requests()).toHaveLength(1)
  })

  it('shows the help of the command that was called wrongly, and its remedy is a sentence', async () => {
    const { world, run } = await openWithFlags()
    for (const [args, help] of [
      [
        ['auth', 'login', '--username'],
        ['auth', 'login', '--help'],
      ],
      [
        ['auth', 'token', '--format', 'xml'],
        ['auth', 'token', '--help'],
      ],
      [
        ['api', '-X', 'FOO', '/v1/user'],
        ['api', '--help'],
      ],
      [
        ['completion', '-s', 'tcsh'],
        ['completion', '--help'],
      ],
      [
        ['sandbox', '--port'],
        ['sandbox', '--help'],
      ],
    ] as const) {
      expect(await getPrinted(world, args)).toEqual(help)
      const { stdout } = await run([...args, '--json'])
      if (args[0] !== 'sandbox') expect(JSON.parse(stdout).error.remedy).toBe('See the help:')
      const flag = args.find((word) => word.startsWith('-')) ?? ''
      expect((await run(help)).stdout).toContain(flag)
    }
  })

  it('passes a valid token after a wrong one', async () => {
    const { world, at, login, run } = await openWithFlags()
    await run([...login, '-p', 'other'], developer.password)
    const token = (await run(['auth', 'token', '-p', 'other'])).stdout.trim()
    const printed = await getPrinted(world, ['auth', 'login', '--with-token', '-p', 'new', ...at], 'a'.repeat(40))
    expect(printed).toEqual(['auth', 'login', '--with-token', '--profile', 'new', ...at])
    expect((await run(printed, token)).code).toBe(0)
  })

  it('signs in to the profile whose record is gone', async () => {
    const { world, login, run } = await openWithFlags()
    await run([...login, '-p', 'work'], developer.password)
    for (const file of world.filesWithSecrets()) writeFileSync(join(world.sessions, file), 'garbled')
    const first = await getPrinted(world, ['auth', 'token', '-p', 'work'])
    expect(await getPrinted(world, ['auth', 'token', '-p', 'work'])).toEqual(first)
    expect((await run([...first, '-u', developer.username, '--password-stdin'], developer.password)).code).toBe(0)
  })

  it('exists, and has the flags that it is printed with', async () => {
    const { world, at, login, run } = await openWithFlags()
    await run(login, developer.password)
    for (const [args, stdin] of [
      [['auth', 'refresh'], ''],
      [['explain'], ''],
      [['explain', 'invalid_grnat'], ''],
      [['grants', 'pasword'], ''],
      [['grants'], ''],
      [['auth', 'logut'], ''],
      [['auth', 'login', '--with-token', ...at], 'a'.repeat(40)],
      [['auth', 'login', ...at, '--store', 'keyring', '--client-id', product.id], product.secret],
    ] as const) {
      const printed = await getPrinted(world, args, stdin)
      const { code, stdout } = await run([...printed, '--help'])
      expect([printed, code]).toEqual([printed, 0])
      for (const flag of printed.filter((word) => word.startsWith('--'))) expect(stdout).toContain(flag)
    }
  })
})
