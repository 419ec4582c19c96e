import { describe, expect, it } from 'vitest'
import { developer, World, withMfa } from '../test/cli.ts'

const login = ['auth', 'login', '-u', developer.username, '--password-stdin']

describe('the output of a sign-in', () => {
  it.each([[login], [['auth', 'status']], [['auth', 'token']]])(
    'never repeats a password in the base URL: %j',
    async (args) => {
      const world = await World.open()
      const url = world.server.url.replace('//', '//user:s3cretpw@')
      const env = { PARTICLE_GRANTS_BASE_URL: '' }
      const run = await world.run([...args, '--base-url', url], { stdin: developer.password, env })
      expect(run.code).toBe(2)
      expect(run.stderr).toContain('user name or password')
      expect(run.stdout + run.stderr).not.toContain('s3cretpw')
      expect(world.sandbox.requests()).toEqual([])
    },
  )

  it('names no token source without a token', async () => {
    const world = await World.open()
    expect((await world.run(['auth', 'token'])).stderr).not.toContain('The token comes from')
    await world.signIn()
    const usage = await world.run(['auth', 'whoami', '--nonsense'])
    expect(usage.stderr).not.toContain('The token comes from')
  })

  it('suggests to correct the environment if its token is rejected', async () => {
    const world = await World.open()
    const env = { PARTICLE_AUTH: 'd'.repeat(40) }
    const { code, stderr } = await world.run(['auth', 'whoami'], { env })
    expect(code).toBe(3)
    expect(stderr).toContain('Unset PARTICLE_AUTH, or set it to a new token.')
    expect(stderr).not.toContain('auth login')
  })

  it.each([['a\nb'], ['Bearer abc'], ['a b']])('names the variable of a token %j', async (value) => {
    const world = await World.open()
    await world.signIn()
    for (const args of [
      ['auth', 'token'],
      ['auth', 'status'],
      ['api', '/v1/user'],
    ]) {
      const { code, stdout, stderr } = await world.run(args, { env: { PARTICLE_ACCESS_TOKEN: value } })
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(stderr).toContain('PARTICLE_ACCESS_TOKEN must be one token, without spaces or "Bearer".')
    }
  })

  it('ignores a variable of spaces, as the help says', async () => {
    const world = await World.open()
    await world.signIn()
    const { stdout } = await world.run(['auth', 'status'], { env: { PARTICLE_ACCESS_TOKEN: ' ' } })
    expect(stdout).toContain('Profile: default (active)')
    expect((await world.run(['help', 'environment'])).stdout.replace(/\s+/g, ' ')).toContain('or only spaces: not set')
  })

  it('exits with 2 if a token in the environment hides the new sign-in', async () => {
    const world = await World.open()
    const { code } = await world.run(login, { stdin: developer.password, env: { PARTICLE_AUTH: 'd'.repeat(40) } })
    expect(code).toBe(2)
  })

  it('has only ASCII characters in the C locale', async () => {
    const world = await World.open()
    await world.signIn()
    const { stdout } = await world.run(['auth', 'status'], { env: { LC_ALL: 'C' } })
    expect(stdout).toContain('  + Signed in as dev@example.com')
    expect((await world.run(['auth', 'status'])).stdout).toContain('  ✓ Signed in')
  })

  it('does not claim that a token in the environment never expires', async () => {
    const env = { PARTICLE_ACCESS_TOKEN: 'd'.repeat(40) }
    const { stderr } = await (await World.open()).run(['auth', 'refresh'], { env })
    expect(stderr).toContain('set it to a new token')
    expect(stderr).not.toContain('never')
  })

  it('includes the profile in the remedy for an invalid token, and how to pass another one', async () => {
    const world = await World.open()
    const run = await world.run(['auth', 'login', '--with-token', '-p', 'tok'], { stdin: 'a'.repeat(40) })
    expect(run.code).toBe(3)
    expect(run.stderr).toContain('Particle rejected this token (401).\nPass a valid one:')
    expect(run.stderr).toContain('auth login --with-token --profile tok')
  })

  it("names flags that can't be combined, without their values", async () => {
    const world = await World.open()
    const { code, stderr } = await world.run([...login, '--otp-stdin', '--totp-stdin'])
    expect(code).toBe(2)
    expect(stderr).toContain("--totp-stdin and --otp-stdin can't be combined.")
    expect(stderr).not.toContain('=true')
  })

  it('rounds the time that is left', async () => {
    const world = await World.open()
    expect((await world.signIn()).stdout).toContain('(in 90 days)')
    expect((await world.signIn(['--expires-in', '1h'])).stdout).toContain('(in 1 hour)')
  })

  it('names the folder where it is stored', async () => {
    const world = await World.open()
    expect((await world.signIn()).stdout).toContain('in ~/state/particle-grants/sessions')
    expect((await world.json(['auth', 'status'])).document.folder).toBe(world.sessions)
  })

  it('mentions the file store only if it stored something', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_STORE: '' }
    const failed = await world.run(login, { stdin: 'wrong', env })
    expect(failed.stderr).not.toContain('keyring')
    expect((await world.run(login, { stdin: developer.password, env })).stderr).toContain(
      'No system keyring responds: the token is stored in plain text',
    )
  })

  it('prints how long to wait, and until when', async () => {
    const world = await World.open()
    world.sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '1790' } })
    const { code, stderr } = await world.run(login, { stdin: developer.password })
    expect(code).toBe(5)
    expect(stderr).toMatch(/Wait until .*\(in 30 minutes\)/)
  })
})

describe('auth status', () => {
  it('says that a token in the environment was not verified', async () => {
    const world = await World.open()
    const env = { PARTICLE_ACCESS_TOKEN: 'whatever' }
    const unchecked = await world.run(['auth', 'status'], { env })
    expect(unchecked.stdout).toContain('The token in PARTICLE_ACCESS_TOKEN was not verified.')
    expect(unchecked.stdout).not.toContain('Signed in')
    const checked = await world.run(['auth', 'status', '--check'], { env })
    expect(checked.code).toBe(3)
    expect(checked.stdout).toContain('The token in PARTICLE_ACCESS_TOKEN is not valid. Unset it')
  })

  it('prints that another sign-in waits for its code', async () => {
    const world = await World.open()
    await world.signIn()
    await world.run(['auth', 'login', '-p', 'default', '-u', withMfa.username, '--password-stdin'], {
      stdin: withMfa.password,
    })
    const { code, stdout } = await world.run(['auth', 'status'])
    expect(code).toBe(0)
    expect(stdout).toContain(
      `MFA code required to sign in as ${withMfa.username}. Submit it:\n    pgrants auth login --otp-stdin`,
    )
  })

  it('prints when a token expired', async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '1'])
    await expect.poll(async () => (await world.run(['auth', 'status'])).code, { timeout: 20_000 }).toBe(3)
    expect((await world.run(['auth', 'status'])).stdout).toMatch(/Expired: \d.*ago\)/)
    const { document } = await world.json(['auth', 'status'])
    expect(document).toMatchObject({ status: 'expired', secondsLeft: 0 })
    expect(Date.parse(document.expiresAt)).toBeLessThan(Date.now())
  })
})
