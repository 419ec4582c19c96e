import { EventEmitter } from 'node:events'
import { createServer } from 'node:net'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { basic, send } from '../../test/raw-http.ts'
import { dev } from '../../test/token-requests.ts'
import { type CliOptions, type CliProcess, runCli } from './run-cli.ts'

/** The variables that npm sets for a script. */
const byNpm = (command: string, script: string) => ({ npm_command: command, npm_lifecycle_event: script })

/** Creates a process for the command that collects its output. Signals are sent with `emit`. */
function testProcess(args: readonly string[], env: Record<string, string>) {
  const seen = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      seen[name] += text
    },
    on: () => {},
  })
  const [stdout, stderr] = [output('stdout'), output('stderr')]
  const argv = ['node', 'particle-sandbox', ...args]
  return Object.assign(new EventEmitter(), { argv, env, stdout, stderr, seen, exitCode: 0 })
}

/** Runs the command in this process until the test finishes. */
async function start(args: readonly string[], env: Record<string, string> = {}, options: CliOptions = {}) {
  const cli = testProcess(args, env)
  onTestFinished(() => void cli.emit('SIGTERM'))
  await runCli(cli as unknown as CliProcess, options)
  const url = String(/http:\/\/127\.0\.0\.1:\d+/.exec(cli.seen.stdout)?.[0])
  return { cli, seen: cli.seen, url }
}

async function run(...args: string[]) {
  const { cli, seen } = await start(args)
  return { code: cli.exitCode, ...seen }
}

const ask = (url: string, form: Record<string, string>) =>
  send(url, {
    path: '/oauth/token',
    headers: {
      authorization: basic('particle', 'particle'),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: String(new URLSearchParams(form)),
  })

describe('particle-sandbox', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'serves until %s, with one line of JSON, and exits with 0',
    async (signal) => {
      const program = runProgram(await buildProgram(new URL('../../test/cli.ts', import.meta.url)), {
        args: ['--port', '0', '--json'],
      })
      const { url } = JSON.parse(await program.next()) as { url: string }
      expect((await ask(url, { grant_type: 'password', ...dev })).status).toBe(200)
      // A request that waits for an hour must not delay the exit.
      await send(url, { path: '/__sandbox/faults', body: '{"delay":3600000}' })
      const busy = send(url, { method: 'GET', path: '/v1/user' }).catch(() => 'ended')
      await eventually(async () => (await send(url, { method: 'GET', path: '/__sandbox/faults' })).json).toEqual([])
      program.kill(signal)
      expect([await busy, await program.exited]).toEqual(['ended', { code: 0, signal: null }])
      await expect(program.next()).rejects.toThrow('The program ended')
      expect(program.errors()).toBe('')
    },
  )

  it('fits its first text into 80 columns and 24 rows, with the sign-in command of the program that includes it', async () => {
    const alone = await start(['--port', '0'])
    const included = await start(['--port', '0'], {}, { login: 'pgrants auth login --base-url' })
    for (const { seen } of [alone, included]) {
      const rows = seen.stdout.split('\n')
      expect(rows.length).toBeLessThanOrEqual(24)
      expect(rows.filter((row) => row.length > 80)).toEqual([])
    }
    expect(included.seen.stdout).toContain(`in another terminal\n  pgrants auth login --base-url ${included.url}\n`)
    expect(included.seen.stdout).not.toMatch(/oauth\/token|my-product-1234/)
  })

  it('breaks a hint at spaces in a terminal', async () => {
    const { cli, seen, url } = await start(['--port', '0'])
    Object.assign(cli.stdout, { columns: 80 })
    await ask(url, { grant_type: 'password' })
    await eventually(() => seen.stdout).toMatch(/invalid_client\n/)
    const [, hint = ''] = seen.stdout.split('invalid_client\n')
    expect(hint).toMatch(/^ {12}hint {2}The username .*\n {18}\S/)
    expect(hint.split('\n').filter((row) => row.length > 80)).toEqual([])
  })

  it('prints accounts, commands to paste, and each request with a hint, but no secret that was sent', async () => {
    const { seen, url: base } = await start(['--port', '0', '--verbose'])
    const form = { grant_type: 'urn:custom:mfa-token', mfa_token: 'planted-token', otp: '918273' }
    await ask(base, form)
    await ask(base, { grant_type: 'password', username: dev.username, password: 'planted-password' })
    await eventually(() => seen.stdout).toMatch(/invalid_grant/)
    expect(seen.stdout).toMatch(/unofficial, not affiliated with Particle/)
    expect(seen.stdout).toMatch(/mfa@example\.com +battery staple\n(.*\n)+ +MFA secret +JBSWY3DPEHPK3PXP\n/)
    expect(seen.stdout).toContain(`curl -s ${base}/__sandbox/otp/mfa@example.com\n`)
    expect(seen.stdout).toContain('my-product-1234:product-secret')
    expect(seen.stdout).toContain(`curl ${base}/oauth/token -u particle:particle \\\n    -d grant_type=password`)
    expect(seen.stdout).toMatch(
      /POST \/oauth\/token {2}urn:custom:mfa-token · particle {2}400 invalid_request\n +hint {2}The second step/,
    )
    expect(seen.stdout).toMatch(/POST \/oauth\/token {2}password · particle {2}400 invalid_grant/)
    expect(seen.stdout).not.toMatch(/planted|918273/)
  })

  it('prints the URL alone with --quiet', async () => {
    const { seen, url } = await start(['--port', '0', '--quiet'])
    await ask(url, {})
    expect(seen).toEqual({ stdout: `${url}\n`, stderr: '' })
  })

  it('switches limits off', async () => {
    const { url } = await start(['--port=0', '--json', '--no-lockout', '--no-rate-limit'])
    const { json } = await send(url, { method: 'GET', path: '/__sandbox/' })
    expect(json.settings).toMatchObject({ lockout: false, rateLimit: false })
  })

  it('accepts settings', async () => {
    const settings = ['otpReuse=true', 'mfaTokenLifetime=60', 'grants=["password"]', 'lockout=false']
    const { url } = await start(['--port=0', '--json', ...settings.flatMap((setting) => ['--set', setting])])
    const { json } = await send(url, { method: 'GET', path: '/__sandbox/' })
    expect(json.settings).toMatchObject({
      otpReuse: true,
      mfaTokenLifetime: 60,
      grants: ['password'],
      lockout: false,
    })
  })

  it('says what to do if the port is taken, and exits with 1', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    const { code, stdout, stderr } = await run('--port', String(port), '--json')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(new RegExp(`^Error: Port ${port} is taken.*\\.\n {2}particle-sandbox --port 0\n$`))
    const included = await start(['--port', String(port)], {}, { command: 'pgrants sandbox' })
    expect(included.seen.stderr).toMatch(/\n {2}pgrants sandbox --port 0\n$/)
    const inNpm = await start(['--port', String(port)], byNpm('run-script', 'sandbox'))
    expect(inNpm.seen.stderr).toMatch(/\n {2}npm run sandbox -- --port 0\n$/)
    const inNpx = await start(['--port', String(port)], byNpm('exec', 'npx'))
    expect(inNpx.seen.stderr).toMatch(/\n {2}npx @particle-grants\/sandbox --port 0\n$/)
    other.close()
  })

  it.each([
    [['--port', 'eighty'], /--port is a number from 0 to 65535, not "eighty"/],
    [['--port', '65536'], /--port is a number/],
    [['--port', '-1'], /--port/],
    [['--prot', '1'], /--prot/],
    [['now'], /now/],
    [['--set', 'otpReuse'], /--set is NAME=VALUE/],
    [['--set', 'otpReuse=maybe'], /--set is NAME=VALUE with a value in JSON/],
    [['--set', 'otpReuse=1'], /The sandbox.s "otpReuse" is true or false, not 1/],
    [['--set', 'otpreuse=true'], /The sandbox has no "otpreuse". Known: accessTokenLifetime/],
  ])('explains why it rejects %j, and exits with 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^Error: .*\n {2}particle-sandbox --help\n$/s)
    expect(stderr).not.toMatch(/ {4}at /)
  })

  it('prints its help and its version', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    for (const flag of ['--port', '--json', '--quiet', '--verbose', '--no-lockout', '--no-rate-limit', '--set'])
      expect(stdout).toContain(flag)
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+/)
  })
})
