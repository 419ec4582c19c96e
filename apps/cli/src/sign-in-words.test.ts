import { describe, expect, it } from 'vitest'
import { developer, World, withMfa } from '../test/cli.ts'

const login = ['auth', 'login', '-u', developer.username, '--password-stdin']

describe('what a sign-in says', () => {
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

  it('names no token where there is none', async () => {
    const world = await World.open()
    expect((await world.run(['auth', 'token'])).stderr).not.toContain('The token comes from')
    await world.signIn()
    const usage = await world.run(['auth', 'whoami', '--nonsense'])
    expect(usage.stderr).not.toContain('The token comes from')
  })

  it('tells to mend the environment where its token is refused', async () => {
    const world = await World.open()
    const env = { PARTICLE_AUTH: 'd'.repeat(40) }
    const { code, stderr } = await world.run(['auth', 'whoami'], { env })
    expect(code).toBe(3)
    expect(stderr).toContain('Unset PARTICLE_AUTH, or set it to a valid token.')
    expect(stderr).not.toContain('auth login')
  })

  it('keeps the profile in what it tells to do about an invalid token', async () => {
    const world = await World.open()
    const run = await world.run(['auth', 'login', '--with-token', '-p', 'tok'], { stdin: 'a'.repeat(40) })
    expect(run.code).toBe(3)
    expect(run.stderr).toContain('auth login --profile tok')
  })

  it('names flags that exclude each other, without their values', async () => {
    const world = await World.open()
    const { code, stderr } = await world.run([...login, '--never-expires', '--expires-in', '1h'])
    expect(code).toBe(2)
    expect(stderr).toContain("--never-expires and --expires-in can't be combined.")
    expect(stderr).not.toContain('=true')
  })

  it('rounds the time that is left to the nearest', async () => {
    const world = await World.open()
    expect((await world.signIn()).stdout).toContain('(in 90 days)')
    expect((await world.signIn(['--expires-in', '1h'])).stdout).toContain('(in 1 hour)')
  })

  it('says in which folder it is kept', async () => {
    const world = await World.open()
    expect((await world.signIn()).stdout).toContain('in ~/state/particle-grants/sessions')
    expect((await world.json(['auth', 'status'])).document.folder).toBe(world.sessions)
  })

  it('tells of the file store only when something is kept in it', async () => {
    const world = await World.open()
    const env = { PARTICLE_GRANTS_STORE: '' }
    const failed = await world.run(login, { stdin: 'wrong', env })
    expect(failed.stderr).not.toContain('keyring')
    expect((await world.run(login, { stdin: developer.password, env })).stderr).toContain(
      'No system keyring available',
    )
  })

  it('waits in minutes and by the clock, where Particle asks to wait', async () => {
    const world = await World.open()
    world.sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '1790' } })
    const { code, stderr } = await world.run(login, { stdin: developer.password })
    expect(code).toBe(5)
    expect(stderr).toMatch(/Wait until .*\(in 30 minutes\)/)
  })
})

describe('auth status', () => {
  it('does not say that an unchecked token of the environment is signed in', async () => {
    const world = await World.open()
    const env = { PARTICLE_ACCESS_TOKEN: 'whatever' }
    const unchecked = await world.run(['auth', 'status'], { env })
    expect(unchecked.stdout).toContain('The token in PARTICLE_ACCESS_TOKEN was not verified.')
    expect(unchecked.stdout).not.toContain('Signed in')
    const checked = await world.run(['auth', 'status', '--check'], { env })
    expect(checked.code).toBe(3)
    expect(checked.stdout).toContain('The token in PARTICLE_ACCESS_TOKEN is not valid. Unset it')
  })

  it('says beside a sign-in that another one waits for its code', async () => {
    const world = await World.open()
    await world.signIn()
    await world.run(['auth', 'login', '-u', withMfa.username, '--password-stdin'], {
      stdin: withMfa.password,
    })
    const { code, stdout } = await world.run(['auth', 'status'])
    expect(code).toBe(0)
    expect(stdout).toContain(
      `MFA code required to sign in as ${withMfa.username}. Submit it:\n    pgrants auth login --otp-stdin`,
    )
  })

  it('keeps when a token ended', async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '1'])
    await expect.poll(async () => (await world.run(['auth', 'status'])).code, { timeout: 20_000 }).toBe(3)
    expect((await world.run(['auth', 'status'])).stdout).toMatch(/Expired: \d.*ago\)/)
    const { document } = await world.json(['auth', 'status'])
    expect(document).toMatchObject({ status: 'expired', secondsLeft: 0 })
    expect(Date.parse(document.expiresAt)).toBeLessThan(Date.now())
  })
})
