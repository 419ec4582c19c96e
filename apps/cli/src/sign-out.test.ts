import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { developer, jane, product, World, withMfa } from '../test/cli.ts'

describe('auth logout', () => {
  it('revokes the token and deletes it', async () => {
    const world = await World.open()
    await world.signIn()
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    const { code, document } = await world.json(['auth', 'logout'])
    expect(code).toBe(0)
    expect(document.profiles).toMatchObject([{ account: developer.username, accessToken: 'revoked' }])
    const refused = await fetch(`${world.server.url}/v1/user`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(refused.status).toBe(401)
    expect(world.filesWithSecrets()).toEqual([])
    expect((await world.run(['auth', 'token'])).code).toBe(3)
  })

  it('deletes the sign-in even if the server does not respond, and exits with 1', async () => {
    const world = await World.open()
    await world.signIn()
    await world.server.close()
    const { code, stdout, stderr } = await world.run(['auth', 'logout'])
    expect(code).toBe(1)
    expect(stdout).toContain('Signed out')
    expect(stderr).toContain('remains valid')
    expect((await world.run(['auth', 'status'])).code).toBe(3)
  })

  it('does not revoke with --no-revoke', async () => {
    const world = await World.open()
    await world.signIn()
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    expect((await world.run(['auth', 'logout', '--no-revoke'])).code).toBe(0)
    const answer = await fetch(`${world.server.url}/v1/user`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
  })

  it("warns that a customer's refresh token can't be revoked", async () => {
    const world = await World.open()
    const client = ['--client-id', product.id, '--client-secret-stdin']
    await world.run(['auth', 'login', ...client, '-u', jane.username, '--password-stdin'], {
      stdin: `${product.secret}\n${jane.password}\n`,
    })
    const { code, stderr } = await world.run(['auth', 'logout'])
    expect(code).toBe(0)
    expect(stderr).toContain('refresh token')
    expect(world.filesWithSecrets()).toEqual([])
  })

  it('signs out of all profiles at once', async () => {
    const world = await World.open()
    await world.signIn()
    await world.run(['auth', 'login', '-p', 'shop', '--client-id', product.id, '--client-secret-stdin'], {
      stdin: product.secret,
    })
    const { document } = await world.json(['auth', 'logout', '--all'])
    expect(document.profiles.map((one: { accessToken: string }) => one.accessToken)).toEqual(['revoked', 'revoked'])
    expect((await world.json(['auth', 'list'])).document.profiles).toEqual([])
  })

  it('succeeds if there is nothing to sign out of', async () => {
    const world = await World.open()
    expect((await world.run(['auth', 'logout'])).code).toBe(0)
    expect((await world.run(['auth', 'logout', '--all'])).code).toBe(0)
  })
})

describe('auth logout of an external token', () => {
  const signInTwice = async (world: World) => {
    await world.signIn()
    const token = (await world.run(['auth', 'token'])).stdout.trim()
    await world.run(['auth', 'login', '--with-token', '-p', 'other'], { stdin: token })
    return async () => {
      const headers = { authorization: `Bearer ${token}` }
      return (await fetch(`${world.server.url}/v1/user`, { headers })).status
    }
  }

  it('does not revoke it, and says so', async () => {
    const world = await World.open()
    const statusOfToken = await signInTwice(world)
    const { code, stderr } = await world.run(['auth', 'logout', '-p', 'other'])
    expect(code).toBe(0)
    expect(stderr).toContain('--revoke')
    expect(await statusOfToken()).toBe(200)
  })

  it('revokes it with --revoke', async () => {
    const world = await World.open()
    const statusOfToken = await signInTwice(world)
    expect((await world.run(['auth', 'logout', '-p', 'other', '--revoke'])).code).toBe(0)
    expect(await statusOfToken()).toBe(401)
  })
})

describe('auth list and auth switch', () => {
  it('list, switch and remove profiles', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'home'])
    await world.run(['auth', 'login', '-p', 'shop', '--client-id', product.id, '--client-secret-stdin'], {
      stdin: product.secret,
    })
    const { document } = await world.json(['auth', 'list'])
    expect(document.active).toBe('shop')
    expect(document.profiles.map((one: { name: string }) => one.name)).toEqual(['home', 'shop'])
    expect((await world.run(['auth', 'switch', 'home'])).code).toBe(0)
    expect((await world.run(['auth', 'whoami'])).stdout).toBe(`${developer.username}\n`)
    expect((await world.run(['auth', 'logout', '--no-revoke', '-p', 'home'])).code).toBe(0)
    expect((await world.run(['auth', 'token', '-p', 'home'])).code).toBe(3)
    expect((await world.json(['auth', 'list'])).document.profiles).toHaveLength(1)
  })

  it('list profiles by name, with state and expiry', async () => {
    const world = await World.open()
    for (const [name, ...args] of [['p10'], ['p9', '--expires-in', '1h'], ['a', '--expires-in', 'never']] as const) {
      await world.signIn(['-p', name, ...args])
    }
    await world.run(['auth', 'login', '-p', 'b', '-u', withMfa.username, '--password-stdin'], {
      stdin: withMfa.password,
    })
    const record = readdirSync(world.sessions).find((name) => /^session-.*\.json$/.test(name))
    const { stdout } = await world.run(['auth', 'list'])
    const lines = stdout.trim().split('\n')
    expect(lines.map((line) => line.slice(2).split(' ')[0])).toEqual(['a', 'b', 'p9', 'p10'])
    expect(lines[0]).toMatch(/dev@example\.com at http\S+ \(file\); never expires$/)
    expect(lines[1]).toMatch(/; the sign-in of mfa@example\.com waits for its MFA code$/)
    expect(lines[2]).toMatch(/; expires \d+ \w+ 20\d\d.* \(in 1 hour\)$/)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 7_200_000 })
    onTestFinished(() => void vi.useRealTimers())
    writeFileSync(join(world.sessions, String(record)), 'garbled')
    const { document } = await world.json(['auth', 'list'])
    const states = document.profiles.map((one: { status: string }) => one.status).sort()
    expect(states).toContain('unknown')
    expect((await world.run(['auth', 'list'])).stdout).toMatch(/needs a new sign-in/)
  })

  it('name the profiles if one is unknown', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'home'])
    const { code, stderr } = await world.run(['auth', 'switch', 'hom'])
    expect(code).toBe(3)
    expect(stderr).toContain('There is no profile "hom".\nProfiles: home.')
  })

  it.each([
    [['auth', 'status']],
    [['auth', 'token']],
    [['api', '/v1/user']],
    [['auth', 'mfa', 'status']],
    [['auth', 'logout']],
  ])('have names, which %j prints if a flag or the environment names another one', async (args) => {
    const world = await World.open()
    await world.signIn(['-p', 'first'])
    const env = { PARTICLE_GRANTS_PROFILE: 'firts' }
    for (const run of [await world.run([...args, '-p', 'firts']), await world.run(args, { env })]) {
      expect(run).toMatchObject({ code: 3, stdout: '' })
      expect(run.stderr).toContain('There is no profile "firts".\nProfiles: first.')
    }
  })

  it('say which profile is active after a sign-in, a sign-out and a switch', async () => {
    const world = await World.open()
    expect((await world.signIn(['-p', 'one'])).stdout).toContain('Profile: one (active)')
    expect((await world.signIn(['-p', 'two'])).stdout).toContain('Profile: two (active)')
    const logout = await world.run(['auth', 'logout'])
    expect(logout.stdout).toContain(`The active profile is now one (${developer.username}).`)
    await world.signIn(['-p', 'two'])
    const env = { PARTICLE_GRANTS_PROFILE: 'two' }
    const { stdout, stderr } = await world.run(['auth', 'switch', 'one'], { env })
    expect(stdout).toContain('The active profile is one')
    expect(stderr).toContain('PARTICLE_GRANTS_PROFILE is set: commands use profile two.')
    expect((await world.run(['auth', 'switch', 'two'])).stderr).toBe('')
  })

  it('make the newest profile active after the active one signed out', async () => {
    const world = await World.open()
    for (const name of ['a', 'b', 'default']) await world.signIn(['-p', name])
    const { stdout } = await world.run(['auth', 'logout'])
    expect(stdout).toContain(`The active profile is now b (${developer.username}).`)
    expect((await world.run(['auth', 'token'])).code).toBe(0)
    expect((await world.run(['auth', 'status', '-p', 'b'])).stdout).toContain('Profile: b (active)')
  })

  it('name the account that waits for its code beside the one that is signed in', async () => {
    const world = await World.open()
    await world.signIn()
    const login = ['auth', 'login', '-p', 'default', '-u', withMfa.username, '--password-stdin']
    await world.run(login, { stdin: withMfa.password })
    expect((await world.run(['auth', 'list'])).stdout).toMatch(
      new RegExp(
        `${developer.username} at .* \\(file\\); expires .*; the sign-in of ${withMfa.username} waits for its MFA code`,
      ),
    )
  })

  it("keep each profile's session at its base URL", async () => {
    const world = await World.open()
    await world.signIn()
    const other = await World.open()
    const env = { PARTICLE_GRANTS_BASE_URL: other.server.url }
    const { code } = await world.run(['auth', 'token'], { env })
    expect(code).toBe(3)
  })

  it('lose nothing when several processes write at once', async () => {
    const world = await World.open({ usesProcesses: true })
    const names = ['a', 'b', 'c', 'd']
    await Promise.all(names.map((name) => world.signIn(['-p', name])))
    const { document } = await world.json(['auth', 'list'])
    expect(document.profiles.map((one: { name: string }) => one.name).sort()).toEqual(names)
  })
})
