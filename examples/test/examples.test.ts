import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '@particle-grants/sandbox'
import { listen, type SandboxServer } from '@particle-grants/sandbox/node'
import type { Run } from '@particle-grants/test-kit/samples'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { examples, runNode } from './run.ts'

const sandbox = createSandbox()
let server: SandboxServer
let home: string
beforeAll(async () => {
  server = await listen(sandbox)
})
afterAll(() => server.close())
beforeEach(() => {
  sandbox.reset()
  home = mkdtempSync(join(tmpdir(), 'particle-grants-examples-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const developer = { PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' }
const withMfa = { PARTICLE_USERNAME: 'mfa@example.com', PARTICLE_PASSWORD: 'battery staple' }
const product = { PARTICLE_CLIENT_ID: 'my-product-1234', PARTICLE_CLIENT_SECRET: 'product-secret' }

/** Runs an example with a separate folder for its files. A base URL may end in a slash. */
function run(args: string, env: Record<string, string> = {}, input = ''): Promise<Run> {
  // As on a developer's machine, also where these tests run in CI.
  const machine = { CI: '', HOME: home, XDG_STATE_HOME: home }
  const variables = { PARTICLE_BASE_URL: `${server.url}/`, ...machine, ...env }
  return runNode(args.split(' '), { env: variables, input })
}
const code = () => sandbox.otp('mfa@example.com')
const wrongCode = () => `${(Number(code()) + 500_000) % 1_000_000}`.padStart(6, '0')
const requests = () => sandbox.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)

async function requestToken(): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: `Basic ${btoa('my-product-1234:product-secret')}` }
  const response = await fetch(`${server.url}/oauth/token`, { method: 'POST', headers, body })
  return ((await response.json()) as { access_token: string }).access_token
}

describe('first.mjs', () => {
  it('needs nothing', async () => {
    expect(await runNode(['first.mjs'])).toEqual({
      code: 0,
      stdout: 'mfa_required\nsigned_in\nSecret [redacted]\n200\n',
      stderr: '',
    })
  })
})

describe('default.mjs', () => {
  const pgrants = (args: string, input: string) =>
    run(`../apps/cli/bin/pgrants.cjs ${args}`, { PARTICLE_GRANTS_STORE: 'file' }, input)

  it('has the credentials of pgrants on the same machine', async () => {
    const login = await pgrants(
      `auth login -u dev@example.com --password-stdin --base-url ${server.url}`,
      'correct horse\n',
    )
    expect(login).toMatchObject({ code: 0 })
    const { code, stdout, stderr } = await run('default.mjs')
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Using profile default (dev@example.com)\n' })
    expect(stdout).toContain("name: 'garden'")
    expect(requests()).toEqual(['POST /oauth/token 200', 'GET /v1/devices 200'])
  })

  it('prefers a token in the environment, and says so', async () => {
    const env = { PARTICLE_ACCESS_TOKEN: await requestToken(), PARTICLE_GRANTS_BASE_URL: server.url }
    const { code, stdout, stderr } = await run('default.mjs', env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Using the environment variable PARTICLE_ACCESS_TOKEN\n' })
    expect(stdout).toContain("name: 'garden'")
  })

  it('loads neither a store nor undici for a token in the environment, and no keyring for a profile in a file', async () => {
    const listModules = async (env: Record<string, string> = {}) => {
      const { code, stderr } = await run('--import ./test/list-modules.mjs default.mjs', env)
      expect(code, stderr).toBe(0)
      return stderr
    }
    const env = { PARTICLE_ACCESS_TOKEN: await requestToken(), PARTICLE_GRANTS_BASE_URL: server.url }
    const ofToken = await listModules(env)
    expect(ofToken).toContain('packages/node/dist/index.js')
    expect(ofToken).not.toMatch(/undici|keyring|store-file/)
    await pgrants(`auth login -u dev@example.com --password-stdin --base-url ${server.url}`, 'correct horse\n')
    const ofProfile = await listModules()
    expect(ofProfile).toContain('packages/store-file/dist/index.js')
    expect(ofProfile).not.toMatch(/undici|keyring/)
    expect(await listModules({ HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' })).toContain('undici')
  })

  it('names each place that it looked at when there is nothing', async () => {
    const { code, stderr } = await run('default.mjs')
    expect(code).toBe(1)
    expect(stderr).toContain('Sign in with pgrants (auth login), or set PARTICLE_ACCESS_TOKEN.')
    for (const place of ['PARTICLE_AUTH', 'PARTICLE_CLIENT_ID', 'profiles.json', '.particle'])
      expect(stderr).toContain(place)
  })
})

describe('script.mjs', () => {
  it('signs in at its first run only', async () => {
    const first = await run('script.mjs', developer)
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("name: 'garden'"), stderr: '' })
    expect((await run('script.mjs')).stdout).toBe(first.stdout)
    expect(requests()).toEqual(['POST /oauth/token 200', 'GET /v1/devices 200', 'GET /v1/devices 200'])
  })

  it('asks for the code until it is accepted', async () => {
    const codes = [wrongCode(), code()]
    const env = { ...process.env, ...withMfa, PARTICLE_BASE_URL: server.url, XDG_STATE_HOME: home }
    const program = spawn(process.execPath, ['script.mjs'], { cwd: examples, env })
    let asked = ''
    program.stderr.setEncoding('utf8').on('data', (text) => {
      asked += text
      if (asked.endsWith('code: ')) program.stdin.write(`${codes.shift()}\n`)
    })
    expect(await once(program, 'exit')).toEqual([0, null])
    expect(asked).toContain('2 attempts are left')
    expect(requests()).toEqual([
      'POST /oauth/token 403',
      'POST /oauth/token 401',
      'POST /oauth/token 200',
      'GET /v1/devices 200',
    ])
  })

  it('says what is missing, and sends nothing', async () => {
    const { code: exitCode, stderr } = await run('script.mjs')
    expect({ exitCode, requests: requests() }).toEqual({ exitCode: 1, requests: [] })
    expect(stderr).toContain('username')
  })

  it('shows a refused password as an error without the password', async () => {
    const { code: exitCode, stderr } = await run('script.mjs', {
      ...developer,
      PARTICLE_PASSWORD: 'wr0ng-one',
    })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('invalid_grant')
    expect(stderr).not.toContain('wr0ng-one')
  })
})

describe('resume-mfa.mjs', () => {
  it('signs in with the password in one process and the code in another', async () => {
    expect((await run('resume-mfa.mjs begin', withMfa)).stdout).toMatch(/^Enter the code within (9|10) minutes\.\n$/)
    const finished = await run(`resume-mfa.mjs finish ${code()}`)
    expect(finished).toEqual({ code: 0, stdout: 'Signed in as mfa@example.com.\n', stderr: '' })
  })

  it('says what to do when no code is expected', async () => {
    expect((await run('resume-mfa.mjs finish 123456')).stderr).toContain('Run `begin` first.')
    expect((await run('resume-mfa.mjs begin', developer)).stdout).toContain('this account has no MFA')
    expect(await run('resume-mfa.mjs')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: /) })
  })
})

describe('api-user.mjs', () => {
  const owner = { PARTICLE_USERNAME: 'owner@example.com', PARTICLE_PASSWORD: 'owner of products' }

  it('replaces the token of a server while it runs, and leaves nothing behind', async () => {
    expect(await run('api-user.mjs', owner)).toEqual({
      code: 0,
      stdout:
        'created server\nwithin its scopes: 200\noutside its scopes: 400\nthe old token: reauthentication_required\nduring the rotation: 200\n',
      stderr: '',
    })
    const sent = requests()
    expect(sent.filter((request) => / [45]/.test(request))).toEqual([
      'GET /v1/products/1234/customers 400',
      'GET /v1/products/1234/devices 401',
    ])
    expect(sent.filter((request) => request.startsWith('DELETE /v1/products/1234/team/'))).toHaveLength(2)
    expect(sandbox.accounts.filter(({ apiUser }) => apiUser !== undefined)).toEqual([])
  })

  it('says which token may manage API users', async () => {
    const { code: exitCode, stderr } = await run('api-user.mjs', developer)
    expect(exitCode).toBe(1)
    expect(stderr).toContain("Use an administrator's token of the product or organization")
  })
})

describe('ci-job.mjs', () => {
  it('uses an access token, and does not revoke it', async () => {
    const env = { PARTICLE_ACCESS_TOKEN: await requestToken() }
    for (const _ of ['first', 'second']) {
      expect(await run('ci-job.mjs', env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^200 /) })
    }
  })

  it('requests a token with a client, and revokes it', async () => {
    expect(await run('ci-job.mjs', product)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^200 /),
    })
    expect(requests()).toEqual(['POST /oauth/token 200', 'GET /v1/devices 200', 'DELETE /v1/access_tokens/current 200'])
  })

  it('fails with one line when the API rejects the token', async () => {
    const env = { PARTICLE_ACCESS_TOKEN: await requestToken() }
    sandbox.revoke()
    const { code: exitCode, stderr } = await run('ci-job.mjs', env)
    expect({ exitCode, lines: stderr.trim().split('\n').length }).toEqual({ exitCode: 1, lines: 1 })
  })

  it('exits with 75 when the job can be repeated', async () => {
    sandbox.failNext({ status: 503, body: 'down', match: { path: '/oauth/token' } })
    expect((await run('ci-job.mjs', product)).code).toBe(75)
  })

  it('exits with 75 and one line when the API cannot be reached with an access token', async () => {
    const env = { PARTICLE_ACCESS_TOKEN: await requestToken() }
    sandbox.failNext({ drop: true, match: { path: '/v1/devices' } })
    const { code: exitCode, stderr } = await run('ci-job.mjs', env)
    expect({ exitCode, stderr }).toEqual({ exitCode: 75, stderr: 'fetch failed\n' })
  })

  it('names the variables that are missing', async () => {
    const { code: exitCode, stderr } = await run('ci-job.mjs')
    expect(exitCode).toBe(1)
    expect(stderr).toContain('PARTICLE_ACCESS_TOKEN, or PARTICLE_CLIENT_ID and PARTICLE_CLIENT_SECRET')
  })
})

describe('axios.mjs', () => {
  it('calls the API with one token', async () => {
    const { stdout, stderr } = await run('axios.mjs', product)
    expect(stderr).toBe('')
    expect(stdout).toContain("name: 'garden'")
    expect(requests()).toEqual(['POST /oauth/token 200', 'GET /v1/devices 200', 'POST /v1/devices/events 200'])
  })
})
