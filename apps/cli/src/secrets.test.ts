import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findLeaks } from '@particle-grants/test-kit'
import { runProgram } from '@particle-grants/test-kit/programs'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { developer, jane, product, type Run, World, withMfa } from '../test/cli.ts'
import type { CommandRequest } from '../test/command-server.ts'

/** Every file of a folder, with its path. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** The tokens that are stored; the only files that may hold any. */
function storedTokens(world: World): string[] {
  const sessions = filesUnder(world.sessions).filter((file) => /\/session-[0-9a-f]+\.json$/.test(file))
  const texts = sessions.map((file) => readFileSync(file, 'utf8'))
  return texts.flatMap((text) => [...text.matchAll(/[0-9a-f]{40}/g)].map(([token]) => token))
}

/** Starts a process that runs commands with all debugging on. Node reads `NODE_DEBUG` only at start-up. */
function startDebugging(world: World) {
  const program = runProgram(inject('commandServer'), { env: { ...world.env, ...everything } })
  onTestFinished(() => program.kill())
  const run = async (args: readonly string[], stdin = ''): Promise<Run> => {
    program.send(JSON.stringify({ args, stdin } satisfies CommandRequest))
    return JSON.parse(await program.next())
  }
  return { run, errors: program.errors }
}

const everything = { DEBUG: '*', NODE_DEBUG: 'http,https,net,tls,fetch,undici', OCLIF_DEBUG: '1' }
const customer = [
  ['auth', 'login', '--client-id', product.id, '--client-secret-stdin', '-u', jane.username, '--password-stdin'],
  `${product.secret}\n${jane.password}\n`,
] as const

describe('secrets', () => {
  it('are in no output, even with all debugging enabled', async () => {
    const world = await World.open()
    const debugging = startDebugging(world)
    const runs: Run[] = []
    const run = async (args: readonly string[], stdin = '') => {
      runs.push(await debugging.run(args, stdin))
    }
    const otp = world.sandbox.otp(withMfa.username)
    await run(['auth', 'login', '-u', withMfa.username, '--password-stdin'], withMfa.password)
    const challenge = readFileSync(filesUnder(world.sessions).find((file) => file.includes('session-')) ?? '', 'utf8')
    const mfaToken = /mfaToken\W+([0-9a-f-]{36})/.exec(challenge)?.[1] ?? 'missing'
    expect(mfaToken).not.toBe('missing')
    await run(['auth', 'login', '--otp-stdin'], otp)
    await run([...customer[0], '-p', 'shop'], customer[1])
    const tokens = storedTokens(world)
    expect(tokens.length).toBeGreaterThanOrEqual(3)
    for (const args of [
      ['auth', 'status', '--check'],
      ['auth', 'whoami'],
      ['auth', 'refresh'],
      ['auth', 'list'],
    ]) {
      await run(args)
      await run([...args, '--json'])
    }
    await run(['api', '/v1/devices'])
    await run(['api', '/v1/nothing-there'])
    world.sandbox.failNext({ status: 503, error: 'server_error' })
    await run(['auth', 'refresh'])
    tokens.push(...storedTokens(world))
    await run(['auth', 'logout', '--all'])
    const planted = [withMfa.password, otp, mfaToken, product.secret, jane.password, ...tokens]
    expect(findLeaks([runs, debugging.errors()], planted)).toEqual([])
    // Both kinds of debugging were on.
    expect(runs[0]?.stderr).toContain('oclif')
    expect(JSON.stringify(runs) + debugging.errors()).toMatch(/\b(FETCH|UNDICI|NET|HTTP) \d+:/)
  })

  it('are in no output of a failed sign-in', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '-u', developer.username, '--password-stdin']
    const secret = 'a wrong p4ssw0rd & more'
    const { run, errors } = startDebugging(world)
    const runs = [await run(login, secret)]
    world.sandbox.failNext({ status: 500, body: `<h1>${secret}</h1>` })
    runs.push(await run(login, secret))
    world.sandbox.failNext({ drop: true })
    runs.push(await run([...login, '--json'], secret))
    await world.server.close()
    runs.push(await run(login, secret))
    expect(runs.map(({ code }) => code)).toEqual([1, 6, 6, 6])
    expect(findLeaks([runs, errors()], [secret])).toEqual([])
  })

  it.runIf(existsSync('/proc/self/cmdline'))('are in no process arguments', async () => {
    const world = await World.open()
    const { pid, ended } = world.spawn(customer[0], { stdin: customer[1] })
    const seen = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    expect(seen).toContain('--client-secret-stdin')
    expect((await ended).code).toBe(0)
    expect(findLeaks(seen, [product.secret, jane.password])).toEqual([])
  })

  it('are in 0600 files in 0700 folders, and in no other file', async () => {
    const world = await World.open()
    await world.run(customer[0], { stdin: customer[1] })
    await world.run(['auth', 'login', '-u', withMfa.username, '--password-stdin', '-p', 'mfa'], {
      stdin: withMfa.password,
    })
    expect(statSync(world.sessions).mode & 0o777).toBe(0o700)
    const files = filesUnder(world.home)
    for (const file of files) expect([file, statSync(file).mode & 0o077]).toEqual([file, 0])
    const passwords = files.filter(
      (file) => findLeaks(readFileSync(file, 'utf8'), [jane.password, withMfa.password]).length > 0,
    )
    expect(passwords).toEqual([])
    const withSecret = files.filter((file) => readFileSync(file, 'utf8').includes(product.secret))
    expect(withSecret.map((file) => file.replace(/.*\/|-[0-9a-f]+/g, ''))).toEqual(['client.json'])
    const tokens = storedTokens(world)
    const withTokens = files.filter((file) => findLeaks(readFileSync(file, 'utf8'), tokens).length > 0)
    expect(withTokens.every((file) => /\/session-[0-9a-f]+\.json$/.test(file))).toBe(true)
  })

  it.each(['--password', '--token', '--otp', '--client-secret', '--totp', '--recovery-code'])(
    'have no flag %s: the error names the flag that reads stdin, and does not repeat the value',
    async (flag) => {
      const world = await World.open()
      for (const json of [[], ['--json']]) {
        const login = ['auth', 'login', '-u', developer.username]
        const run = await world.run([...login, `${flag}=hunter2secret`, ...json])
        expect(run.code).toBe(2)
        expect(run.stdout + run.stderr).toContain(flag === '--token' ? '--with-token' : `${flag}-stdin`)
        expect(findLeaks(run, ['hunter2secret'])).toEqual([])
      }
    },
  )

  it.each([
    [['auth', 'login', 'hunter2secret']],
    [['auth', 'hunter2secret']],
    [['hunter2secret']],
    [['help', 'hunter2secret']],
    [['hunter2secret', '--help']],
    [['auth', 'token', 'hunter2secret']],
    [['auth', 'token', '--foo=hunter2secret']],
    [['auth', 'token', '--foo', 'hunter2secret']],
    [['auth', 'token', '--format=hunter2secret']],
    [['auth', 'login', '--customer=hunter2secret', '--username', 'x']],
    [['explain', 'hunter2secret']],
    [['api', '/v1/login', 'hunter2secret']],
    [['api', '/v1/login', '--input=hunter2secret', '-f', 'a=b']],
    [['sandbox', '--port', 'hunter2secret']],
    [['completion', '-s', 'hunter2secret']],
  ])('are not repeated as unexpected arguments: %j', async (args) => {
    const world = await World.open()
    for (const json of [[], ['--json']]) {
      const run = await world.run([...args, ...json])
      expect(run.code).toBe(2)
      expect(findLeaks(run, ['hunter2secret'])).toEqual([])
    }
  })
})
