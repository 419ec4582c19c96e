import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '@particle-grants/sandbox'
import { listen, type SandboxServer } from '@particle-grants/sandbox/node'
import type { Run } from '@particle-grants/test-kit/samples'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { examples, runNode } from './run.ts'

const sandbox = createSandbox()
let server: SandboxServer
beforeAll(async () => {
  server = await listen(sandbox)
})
afterAll(() => server.close())
beforeEach(() => sandbox.reset())

const developer = { PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' }
const withMfa = { PARTICLE_USERNAME: 'mfa@example.com', PARTICLE_PASSWORD: 'battery staple' }
const product = { PARTICLE_CLIENT_ID: 'my-product-1234', PARTICLE_CLIENT_SECRET: 'product-secret' }

function run(args: string, env: Record<string, string> = {}): Promise<Run> {
  return runNode(args.split(' '), { env: { PARTICLE_BASE_URL: server.url, ...env } })
}
const code = () => ({ PARTICLE_OTP: sandbox.otp('mfa@example.com') })
/** A base URL may end in a slash. */
const withSlash = () => ({ PARTICLE_BASE_URL: `${server.url}/` })
const requests = () => sandbox.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)

describe('the examples', () => {
  afterEach(() => {
    expect(sandbox.requests().filter(({ path, status }) => path.includes('//') || status === 404)).toEqual([])
  })

  it('first.mjs needs nothing', async () => {
    expect(await runNode(['first.mjs'])).toEqual({
      code: 0,
      stdout: 'mfa_required\nsigned_in\nSecret [redacted]\n200\n',
      stderr: '',
    })
  })

  it('sign-in.mjs signs in, calls the API and signs out', async () => {
    const { stdout } = await run('sign-in.mjs', { ...developer, ...withSlash() })
    expect(stdout).toBe('Devices of dev@example.com: garden, cellar\n')
    expect(requests()).toEqual([
      'POST /oauth/token 200',
      'GET /v1/devices 200',
      'DELETE /v1/access_tokens/current 200',
    ])
  })

  it('sign-in.mjs names the other example for an account with MFA', async () => {
    const { code: exitCode, stderr } = await run('sign-in.mjs', withMfa)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'This account has MFA: use sign-in-with-mfa.mjs.\n',
    })
  })

  it('sign-in-with-mfa.mjs takes the code from the environment', async () => {
    const { stdout } = await run('sign-in-with-mfa.mjs', { ...withMfa, ...code() })
    expect(stdout).toBe('Devices of mfa@example.com: garden, cellar\n')
  })

  it('sign-in-with-mfa.mjs never sends a refused code from the environment again', async () => {
    const wrong = `${(Number(sandbox.otp('mfa@example.com')) + 500_000) % 1_000_000}`.padStart(6, '0')
    const { code: exitCode, stderr } = await run('sign-in-with-mfa.mjs', { ...withMfa, PARTICLE_OTP: wrong })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('2 attempts are left')
    expect(stderr).toContain('run this at a terminal')
    expect(requests()).toEqual(['POST /oauth/token 403', 'POST /oauth/token 401'])
  })

  it('product-token.mjs gets a token for an hour', async () => {
    const { stdout } = await run('product-token.mjs', { ...product, ...withSlash() })
    expect(stdout).toMatch(/^A token of my-product-1234, valid until .*\nThe API responds with 200\.\n$/)
  })

  it("customer-token.mjs gets a customer's token", async () => {
    const { stdout } = await run('customer-token.mjs', {
      ...product,
      ...withSlash(),
      PARTICLE_CUSTOMER: 'Jane@example.com',
    })
    expect(stdout).toBe('A token for jane@example.com. The API responds with 200.\n')
  })

  it('script-with-file-store.mjs signs in at its first run only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const env = { ...developer, PARTICLE_SESSIONS: folder }
    const first = await run('script-with-file-store.mjs', env)
    expect(first.stdout).toBe('Signed in, and saved for the next run.\nThe API responds with 200.\n')
    const second = await run('script-with-file-store.mjs', env)
    expect(second.stdout).toBe('Signed in by an earlier run.\nThe API responds with 200.\n')
    expect(requests()).toEqual(['POST /oauth/token 200', 'GET /v1/devices 200', 'GET /v1/devices 200'])
  })

  it('resume-mfa.mjs signs in with the password in one process and the code in another', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const env = { PARTICLE_SESSIONS: folder }

    const begun = await run('resume-mfa.mjs begin', { ...withMfa, ...env })
    expect(begun.stdout).toMatch(/^Waits for a code until /)

    const finished = await run('resume-mfa.mjs finish', { ...code(), ...env })
    expect(finished.stdout).toBe('Signed in as mfa@example.com.\n')
    expect(requests().at(-1)).toBe('DELETE /v1/access_tokens/current 200')
  })

  it('existing-token.mjs uses a token, and says when the API rejects it', async () => {
    const body = new URLSearchParams({
      grant_type: 'password',
      username: 'dev@example.com',
      password: 'correct horse',
    })
    const headers = { authorization: `Basic ${btoa('particle:particle')}` }
    const answer = await fetch(`${server.url}/oauth/token`, { method: 'POST', headers, body })
    const { access_token } = (await answer.json()) as { access_token: string }
    const env = { PARTICLE_ACCESS_TOKEN: access_token }

    expect((await run('existing-token.mjs', env)).stdout).toBe('The API responds with 200.\n')
    sandbox.revoke()
    expect((await run('existing-token.mjs', env)).stderr).toContain('The API rejects this token')
  })

  it('log-out.mjs shows that the token is invalid afterwards', async () => {
    const { stdout } = await run('log-out.mjs', { ...developer, ...withSlash() })
    expect(stdout).toBe('The access token is revoked.\nThe API now responds with 401.\n')
  })

  it('show what went wrong without a stack, and without the password', async () => {
    const { code: exitCode, stderr } = await run('sign-in.mjs', {
      ...developer,
      PARTICLE_PASSWORD: 'wr0ng-one',
    })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^oauth_error: .*invalid_grant/)
    expect(stderr).not.toMatch(/ {4}at |wr0ng-one/)
  })
})

describe('when the API does not answer as expected', () => {
  const cases = [
    ['sign-in.mjs', () => developer],
    ['sign-in-with-mfa.mjs', () => ({ ...withMfa, ...code() })],
  ] as const
  const answers = [
    [{ status: 404, body: { error: 'no' } }, 'The API responds with 404, not with a list of devices.\n'],
    [
      { status: 502, body: '<h1>Bad gateway</h1>' },
      'The API responds with 502, not with a list of devices.\n',
    ],
    [{ status: 200, body: { devices: [] } }, 'The API responds with 200, not with a list of devices.\n'],
    [{ drop: true }, /^The API cannot be reached: .*\n$/],
  ] as const

  it.each(cases)('%s says so in a line, and ends its token all the same', async (name, credentials) => {
    for (const [fault, said] of answers) {
      sandbox.reset()
      sandbox.failNext({ ...fault, match: { path: '/v1/devices' } })
      const { code: exitCode, stdout, stderr } = await run(name, credentials())
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toEqual(typeof said === 'string' ? said : expect.stringMatching(said))
      expect(requests().at(-1)).toBe('DELETE /v1/access_tokens/current 200')
    }
  })

  it.each([
    ['product-token.mjs', product, '/v1/access_tokens/current'],
    ['customer-token.mjs', { ...product, PARTICLE_CUSTOMER: 'jane@example.com' }, '/v1/devices'],
  ])('%s ends its token when the connection fails', async (name, credentials, path) => {
    sandbox.failNext({ drop: true, match: { path, method: 'GET' } })
    const { code: exitCode, stderr } = await run(name, credentials)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^The API cannot be reached: .*\n$/)
    expect(requests().at(-1)).toBe('DELETE /v1/access_tokens/current 200')
  })
})

describe('an example without an environment', () => {
  const names = readdirSync(examples).filter((name) => name.endsWith('.mjs') && name !== 'first.mjs')
  const argumentsOf = (name: string) => (name === 'resume-mfa.mjs' ? [name, 'begin'] : [name])

  it.concurrent.each(names)(
    '%s sends nothing, and says what to set and how to start a sandbox',
    async (name) => {
      const { code: exitCode, stdout, stderr } = await runNode(argumentsOf(name))
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
      expect(stderr).toContain(`${name} needs PARTICLE_BASE_URL, `)
      expect(stderr).toContain('  npm run sandbox\n')
      expect(stderr).toContain('  export PARTICLE_BASE_URL=http://127.0.0.1:8765\n')
    },
  )

  it.concurrent('resume-mfa.mjs prints its usage, and the variables that it needs', async () => {
    const { code: exitCode, stderr } = await runNode(['resume-mfa.mjs'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Usage: node resume-mfa.mjs begin/)
    expect(stderr).toContain('needs PARTICLE_BASE_URL, PARTICLE_USERNAME, PARTICLE_PASSWORD')
    expect(stderr).toContain("  export PARTICLE_PASSWORD='battery staple'\n")
  })
})
