import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { basic, send } from '../../test/raw-http.ts'
import { dev } from '../../test/token-requests.ts'

const bin = fileURLToPath(new URL('../../bin/particle-sandbox.js', import.meta.url))
const built = fileURLToPath(new URL('../../dist/node/cli.js', import.meta.url))

beforeAll(() => {
  if (!existsSync(built)) throw new Error('These tests run what is built: npm run build, in packages/sandbox')
})

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** What npm says to whom it starts, and may have said to these tests. */
const byNpm = (command: string, script: string) => ({ npm_command: command, npm_lifecycle_event: script })

/** Starts the command; `stdout` and `stderr` grow while it runs. */
function start(...args: string[]) {
  return startIn({}, ...args)
}

function startIn(environment: Record<string, string>, ...args: string[]) {
  const { npm_command: _command, npm_lifecycle_event: _event, ...own } = process.env
  const env = { ...own, NO_COLOR: '1', ...environment }
  const child = spawn(process.execPath, [bin, ...args], { env })
  running.add(child)
  const seen = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    seen.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    seen.stderr += chunk
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running.delete(child)
      resolve(code)
    })
  })
  const url = async () => {
    await eventually(() => seen.stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
    return /http:\/\/127\.0\.0\.1:\d+/.exec(seen.stdout)?.[0] as string
  }
  return { child, seen, ended, url }
}

async function run(...args: string[]) {
  const { ended, seen } = start(...args)
  return { code: await ended, ...seen }
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
    'serves until %s, with one line of JSON, and ends with 0',
    async (signal) => {
      const { child, seen, ended, url } = start('--port', '0', '--json')
      const base = await url()
      expect((await ask(base, { grant_type: 'password', ...dev })).status).toBe(200)
      // A request that would wait for an hour must not hold the end up.
      await send(base, { path: '/__sandbox/faults', body: '{"delay":3600000}' })
      const busy = send(base, { method: 'GET', path: '/v1/user' }).catch(() => 'ended')
      await eventually(
        async () => (await send(base, { method: 'GET', path: '/__sandbox/faults' })).json,
      ).toEqual([])
      child.kill(signal)
      expect([await busy, await ended]).toEqual(['ended', 0])
      expect(seen).toEqual({ stdout: `${JSON.stringify({ url: base })}\n`, stderr: '' })
    },
  )

  it('prints who can sign in, commands to paste, and each request with a hint, but no secret that was sent', async () => {
    const { seen, url } = start('--port', '0')
    const base = await url()
    const form = { grant_type: 'urn:custom:mfa-token', mfa_token: 'planted-token', otp: '918273' }
    await ask(base, form)
    await ask(base, { grant_type: 'password', username: dev.username, password: 'planted-password' })
    await eventually(() => seen.stdout).toMatch(/invalid_grant/)
    expect(seen.stdout).toMatch(/unofficial, not affiliated with Particle/)
    expect(seen.stdout).toMatch(
      /mfa@example\.com +battery staple +MFA: secret JBSWY3DPEHPK3PXP, now \d{6} for \d+ s/,
    )
    expect(seen.stdout).toContain('my-product-1234:product-secret')
    expect(seen.stdout).toContain(`curl ${base}/oauth/token -u particle:particle -d grant_type=password`)
    expect(seen.stdout).toMatch(
      /POST \/oauth\/token {2}urn:custom:mfa-token · particle {2}400 invalid_request\n +hint {2}The second step/,
    )
    expect(seen.stdout).toMatch(/POST \/oauth\/token {2}password · particle {2}400 invalid_grant/)
    expect(seen.stdout).not.toMatch(/planted|918273/)
  })

  it('prints the URL alone with --quiet', async () => {
    const { child, seen, ended, url } = start('--port', '0', '--quiet')
    const base = await url()
    await ask(base, {})
    child.kill('SIGTERM')
    await ended
    expect(seen.stdout).toBe(`${base}\n`)
  })

  it('leaves limits out where it is told', async () => {
    const { url } = start('--port=0', '--json', '--no-lockout', '--no-rate-limit')
    const { json } = await send(await url(), { method: 'GET', path: '/__sandbox/' })
    expect(json.settings).toMatchObject({ lockout: false, rateLimit: false })
  })

  it('takes settings', async () => {
    const settings = [
      'otpReuse=true',
      'failureCountFades=60',
      'refreshTokenCountsFrom=issue',
      'lockout=false',
    ]
    const { url } = start('--port=0', '--json', ...settings.flatMap((setting) => ['--set', setting]))
    const { json } = await send(await url(), { method: 'GET', path: '/__sandbox/' })
    expect(json.settings).toMatchObject({
      otpReuse: true,
      failureCountFades: 60,
      refreshTokenCountsFrom: 'issue',
      lockout: false,
    })
  })

  it('says what to do when the port is taken, and ends with 1', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
    })
    const { code, stdout, stderr } = await run('--port', String(port), '--json')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(new RegExp(`^particle-sandbox: Port ${port} is taken.*\nTry it with --port 0\n$`))
    const inNpm = startIn(byNpm('run-script', 'sandbox'), '--port', String(port))
    await inNpm.ended
    expect(inNpm.seen.stderr).toMatch(/\nTry: npm run sandbox -- --port 0\n$/)
    const inNpx = startIn(byNpm('exec', 'npx'), '--port', String(port))
    await inNpx.ended
    expect(inNpx.seen.stderr).toMatch(/\nTry it with --port 0\n$/)
    other.close()
  })

  it.each([
    [['--port', 'eighty'], /--port is a number from 0 to 65535, not "eighty"/],
    [['--port', '65536'], /--port is a number/],
    [['--port', '-1'], /--port/],
    [['--prot', '1'], /--prot/],
    [['now'], /now/],
    [['--set', 'otpReuse'], /--set takes NAME=VALUE/],
    [['--set', 'otpReuse=maybe'], /The setting "otpReuse" is true or false, not "maybe"/],
    [['--set', 'otpreuse=true'], /"otpreuse" is no setting/],
  ])('refuses %j in words, and ends with 2', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/Try it with --help\n$/)
    expect(stderr).not.toMatch(/ {4}at /)
  })

  it('explains itself', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    for (const flag of ['--port', '--json', '--quiet', '--no-lockout', '--no-rate-limit', '--set'])
      expect(stdout).toContain(flag)
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+/)
  })
})
