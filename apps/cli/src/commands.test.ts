import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { developer, product, World } from '../test/cli.ts'

const login = ['auth', 'login', '-u', developer.username, '--password-stdin']
const deadToken = 'd'.repeat(40)

describe('auth token', () => {
  it('prints the token and a line end only', async () => {
    const world = await World.open()
    await world.signIn()
    const { code, stdout, stderr } = await world.run(['auth', 'token'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^[0-9a-f]{40}\n$/)
    const token = stdout.trim()
    expect((await world.run(['auth', 'token', '--format', 'header'])).stdout).toBe(`Authorization: Bearer ${token}\n`)
    expect((await world.run(['auth', 'token', '--format', 'env'])).stdout).toBe(`PARTICLE_ACCESS_TOKEN=${token}\n`)
    expect((await world.json(['auth', 'token'])).document).toMatchObject({
      accessToken: token,
      tokenType: 'bearer',
    })
  })

  it('refreshes an expired token first if its client can', async () => {
    const world = await World.open()
    await world.run(['auth', 'login', '--client-id', product.id, '--client-secret-stdin', '--expires-in', '1h'], {
      stdin: product.secret,
    })
    const first = (await world.run(['auth', 'token'])).stdout
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7_200_000 })
    onTestFinished(() => void vi.useRealTimers())
    const second = (await world.run(['auth', 'token'])).stdout
    expect(second).toMatch(/^[0-9a-f]{40}\n$/)
    expect(second).not.toBe(first)
    expect(world.sandbox.requests().map(({ grant_type }) => grant_type)).toEqual(Array(2).fill('client_credentials'))
  })

  it('sends no request while the token is valid', async () => {
    const world = await World.open()
    await world.signIn()
    await world.run(['auth', 'token'])
    await world.run(['auth', 'token', '--json'])
    expect(world.sandbox.requests()).toHaveLength(1)
  })

  it('exits with 3 if the profile is not signed in, and prints how to sign in', async () => {
    const world = await World.open()
    const { code, stdout, stderr } = await world.run(['auth', 'token'])
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('pgrants auth login')
  })

  it("warns in the last three days of a token that can't be refreshed", async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '12h'])
    for (const args of [
      ['auth', 'token'],
      ['auth', 'token', '--format', 'plain'],
    ]) {
      const { stderr } = await world.run(args)
      expect(stderr).toContain("can't be refreshed")
      expect(stderr).toContain('pgrants auth login')
    }
  })

  it('prints no warning earlier', async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '4d'])
    expect((await world.run(['auth', 'token'])).stderr).toBe('')
  })
})

describe('the environment', () => {
  it('takes precedence over the active profile, and PARTICLE_ACCESS_TOKEN over PARTICLE_AUTH', async () => {
    const world = await World.open()
    await world.signIn()
    const env = { PARTICLE_AUTH: 'a'.repeat(40) }
    expect((await world.run(['auth', 'token'], { env })).stdout).toBe(`${'a'.repeat(40)}\n`)
    const both = { ...env, PARTICLE_ACCESS_TOKEN: 'b'.repeat(40) }
    expect((await world.run(['auth', 'token'], { env: both })).stdout).toBe(`${'b'.repeat(40)}\n`)
    const named = await world.run(['auth', 'token', '-p', 'default'], { env: both })
    expect(named.stdout).toMatch(/^[0-9a-f]{40}\n$/)
    expect(named.stdout).not.toContain('bbbb')
  })

  it('sends its token to Particle only, unless a flag or the environment names another base URL', async () => {
    const world = await World.open()
    await world.signIn()
    const env = { PARTICLE_ACCESS_TOKEN: deadToken, PARTICLE_GRANTS_BASE_URL: '' }
    const { document } = await world.json(['auth', 'status'], { env })
    expect(document).toMatchObject({
      source: { from: 'environment', variable: 'PARTICLE_ACCESS_TOKEN' },
      baseUrl: 'https://api.particle.io',
    })
  })

  it('is named if its token is rejected, and if it hides a sign-in', async () => {
    const world = await World.open()
    await world.signIn()
    const env = { PARTICLE_ACCESS_TOKEN: deadToken }
    const whoami = await world.run(['auth', 'whoami'], { env })
    expect(whoami.code).toBe(3)
    expect(whoami.stderr).toContain('PARTICLE_ACCESS_TOKEN')
    const status = await world.run(['auth', 'status'], { env })
    expect(status.stdout).toContain('PARTICLE_ACCESS_TOKEN')
    expect(status.stderr).toContain('hides')
    const check = await world.json(['auth', 'status', '--check'], { env })
    expect(check).toMatchObject({ code: 3, document: { checked: 'rejected', status: 'expired' } })
  })

  it('looks up the account of its token through the API', async () => {
    const world = await World.open()
    await world.signIn()
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    const { document } = await world.json(['auth', 'whoami'], { env: { PARTICLE_ACCESS_TOKEN: token } })
    expect(document).toMatchObject({ account: developer.username, profile: null })
  })
})

describe('auth status', () => {
  it('prints everything about a verified token', async () => {
    const world = await World.open()
    await world.signIn()
    const { code, document } = await world.json(['auth', 'status', '--check'])
    expect(code).toBe(0)
    expect(document).toMatchObject({
      status: 'signed_in',
      account: developer.username,
      client: { id: 'particle', kind: 'developer' },
      store: 'file',
      grant: 'password',
      renewedBy: null,
      checked: 'valid',
      source: { from: 'profile', chosenBy: 'profiles' },
    })
  })

  it('detects a revoked token with --check', async () => {
    const world = await World.open()
    await world.signIn()
    world.sandbox.revoke({ username: developer.username })
    expect((await world.run(['auth', 'status'])).code).toBe(0)
    const { code, stdout } = await world.run(['auth', 'status', '--check'])
    expect(code).toBe(3)
    expect(stdout).toContain('pgrants auth login')
  })

  it('exits with 3 if the profile is not signed in', async () => {
    const world = await World.open()
    expect(await world.json(['auth', 'status'])).toMatchObject({
      code: 3,
      document: { status: 'not_signed_in' },
    })
  })
})

describe('auth refresh', () => {
  it("rejects a developer's token without a request", async () => {
    const world = await World.open()
    await world.signIn()
    const { code, document } = await world.json(['auth', 'refresh'])
    expect(code).toBe(1)
    expect(document.error).toMatchObject({ code: 'not_renewable', details: { reason: 'developer_token' } })
    expect(world.sandbox.requests()).toHaveLength(1)
  })
})

describe('a server that fails', () => {
  it('leads to exit code 6 if it does not respond', async () => {
    const world = await World.open()
    const url = world.server.url
    await world.signIn()
    await world.server.close()
    const login = await world.json(['auth', 'login', '-u', developer.username, '--password-stdin'], {
      stdin: developer.password,
    })
    expect(login).toMatchObject({ code: 6, document: { error: { code: 'network_error' } } })
    const check = await world.run(['auth', 'status', '--check'], { env: { PARTICLE_GRANTS_BASE_URL: url } })
    expect(check.code).toBe(6)
  })

  it("leads to exit code 6 if the response is not Particle's", async () => {
    const world = await World.open()
    world.sandbox.failNext({ status: 502, body: '<h1>Bad gateway</h1>' })
    const { code, document } = await world.json(['auth', 'login', '-u', developer.username, '--password-stdin'], {
      stdin: developer.password,
    })
    expect({ code, error: document.error.code }).toEqual({ code: 6, error: 'temporarily_unavailable' })
  })

  it('leads to exit code 5 if it limits requests', async () => {
    const world = await World.open()
    world.sandbox.failNext({ status: 429, error: 'rate_limit_exceeded' })
    expect((await world.run(login, { stdin: developer.password })).code).toBe(5)
  })

  it('leads to exit code 5 after eight wrong passwords, without another request', async () => {
    const world = await World.open()
    for (let tries = 0; tries < 8; tries += 1) {
      expect((await world.run(login, { stdin: `wrong ${tries}` })).code).toBe(1)
    }
    const { code, document } = await world.json(login, { stdin: developer.password })
    expect({ code, error: document.error.code }).toEqual({ code: 5, error: 'backing_off' })
    expect(world.sandbox.requests()).toHaveLength(8)
  })
})

describe('invalid arguments', () => {
  it.each([
    [['auth', 'tokn']],
    [['auth', 'token', '--colour']],
    [['auth', 'token', '--format', 'xml']],
    [['auth', 'token', 'now']],
    [['auth', 'login', '--base-url', 'http://example.com', '-u', 'a', '--password-stdin']],
    [['auth', 'login', '--base-url', 'nowhere', '-u', 'a', '--password-stdin']],
    [['auth', 'login', '--base-url', 'https://api.particle.io/oauth/token', '-u', 'a', '--password-stdin']],
  ])('lead to exit code 2: %j', async (args) => {
    const world = await World.open()
    const { code, stdout, stderr } = await world.run(args, { stdin: 'x' })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toBe('')
  })

  it('include the URL of the token endpoint as base URL', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_BASE_URL: `${world.server.url}/oauth/token` }
    const { code, stderr } = await world.run(login, { stdin: developer.password, env })
    expect(code).toBe(2)
    expect(stderr).toContain('without /oauth/token')
    expect(world.sandbox.requests()).toEqual([])
  })
})

describe('standard input', () => {
  it.each(['\r', '\r\n', '\n', ''])('may end with %j after a password', async (end) => {
    const world = await World.open()
    expect((await world.run(login, { stdin: `${developer.password}${end}` })).code).toBe(0)
  })
})

describe('global flags before the command', () => {
  it.each([
    [
      ['-p', 'work', 'auth', 'status'],
      ['auth', 'status', '-p', 'work'],
    ],
    [
      ['--profile', 'work', 'auth', 'token', '--format', 'header'],
      ['auth', 'token', '--format', 'header', '-p', 'work'],
    ],
    [
      ['--profile=work', '--json', 'auth', 'whoami'],
      ['auth', 'whoami', '-p', 'work', '--json'],
    ],
    [
      ['--json', 'auth', 'status'],
      ['auth', 'status', '--json'],
    ],
    [
      ['--store', 'file', 'api', '/v1/user'],
      ['api', '/v1/user', '--store', 'file'],
    ],
    [
      ['--json', 'auth', 'switch', 'work'],
      ['auth', 'switch', 'work', '--json'],
    ],
    [['--json', '--help'], ['--help']],
    [
      ['-p', 'work', 'auth', 'tokn'],
      ['auth', 'tokn', '-p', 'work'],
    ],
    [
      ['-p', 'work', 'grants'],
      ['grants', '-p', 'work'],
    ],
  ])('%j is %j', async (first, last) => {
    const world = await World.open()
    await world.signIn(['-p', 'work'])
    await world.signIn()
    const expected = await world.run(last)
    const withoutTime = (text: string) => text.replace(/"secondsLeft": \d+/, '')
    const { code, stdout, stderr } = await world.run(first)
    expect([code, stderr, withoutTime(stdout)]).toEqual([expected.code, expected.stderr, withoutTime(expected.stdout)])
  })

  it('choose the token of auth exec', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'work'])
    await world.signIn()
    const { stdout } = await world.run(['auth', 'token', '-p', 'work'])
    const print = 'console.log(process.env.PARTICLE_ACCESS_TOKEN)'
    const args = ['-p', 'work', 'auth', 'exec', '--', process.execPath, '-e', print]
    expect(await world.spawn(args).ended).toEqual({ code: 0, stdout, stderr: '' })
  })
})

describe('auth token --format', () => {
  it.each(['plain', 'header', 'env'])('%s is answered before the framework is loaded', async (format) => {
    const world = await World.open()
    await world.signIn()
    // oclif reports what it loads.
    const env = { DEBUG: '*' }
    const { code, stdout, stderr } = await world.spawn(['auth', 'token', '--format', format], { env }).ended
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/[0-9a-f]{40}\n$/)
  })
})
