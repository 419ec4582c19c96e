import { describe, expect, it } from 'vitest'
import { developer, product, scripts, World, withMfa } from '../test/cli.ts'

const tokenOf = async (world: World, profile: string) =>
  (await world.run(['auth', 'token', '-p', profile])).stdout.trim()

/** Whether Particle accepts a token. */
async function isValid(world: World, token: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${world.server.url}/v1/user`, { headers })).status === 200
}

describe('profiles of one account', () => {
  it('have separate tokens and lifetimes', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'ci', '--expires-in', 'never'])
    const before = await tokenOf(world, 'ci')
    await world.signIn(['-p', 'tmp', '--expires-in', '1h'])

    expect(await tokenOf(world, 'ci')).toBe(before)
    expect(await tokenOf(world, 'tmp')).not.toBe(before)
    const { document } = await world.json(['auth', 'status', '-p', 'ci'])
    expect(document).toMatchObject({ expiresAt: null, neverExpires: true })
  })

  it('end separately', async () => {
    const world = await World.open()
    for (const name of ['a', 'b', 'c']) await world.signIn(['-p', name])
    const token = await tokenOf(world, 'a')
    await world.run(['auth', 'logout', '--no-revoke', '-p', 'c'])
    expect(await world.run(['auth', 'logout', '-p', 'b'])).toMatchObject({ code: 0 })

    expect(await tokenOf(world, 'a')).toBe(token)
    expect(await isValid(world, token)).toBe(true)
    expect(world.filesWithSecrets()).toHaveLength(1)
  })

  it('have separate MFA challenges', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '-u', withMfa.username, '--password-stdin']
    for (const name of ['a', 'b']) await world.run([...login, '-p', name], { stdin: withMfa.password })
    const answer = ['auth', 'login', '--otp-stdin', '-p']
    expect((await world.run([...answer, 'a'], { stdin: world.sandbox.otp(withMfa.username) })).code).toBe(0)

    expect((await world.run(['auth', 'status', '-p', 'b'])).code).toBe(4)
    world.sandbox.clock.advance('1m')
    expect((await world.run([...answer, 'b'], { stdin: world.sandbox.otp(withMfa.username) })).code).toBe(0)
    expect(await tokenOf(world, 'a')).not.toBe(await tokenOf(world, 'b'))
  })

  it('share the lockout guard', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '-u', developer.username, '--password-stdin', '-p']
    const codes: (number | null)[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
      codes.push((await world.run([...login, name], { stdin: 'wrong' })).code)
    // After three refusals the same password is not sent again, whichever profile it is for.
    expect(codes).toEqual([1, 1, 1, 5, 5, 5])
  })

  it('share the session and secret of a product client, which requests a new token after one signed out', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '--client-id', product.id, '--client-secret-stdin', '-p']
    for (const name of ['a', 'b']) await world.run([...login, name], { stdin: product.secret })
    expect(await world.run(['auth', 'logout', '-p', 'a'])).toMatchObject({ code: 0, stderr: '' })
    expect((await world.run(['auth', 'status', '-p', 'b'])).code).toBe(0)
    expect(await isValid(world, await tokenOf(world, 'b'))).toBe(true)
    expect((await world.run(['auth', 'refresh', '-p', 'b'])).code).toBe(0)
    await world.run(['auth', 'logout', '-p', 'b'])
    expect(world.filesWithSecrets()).toEqual([])
  })
})

describe('a client of another type', () => {
  const login = ['auth', 'login', '--client-id', scripts.id, '--client-secret-stdin']

  it('signs in under another profile and under the same one', async () => {
    const world = await World.open()
    const stdin = scripts.secret
    expect((await world.run([...login, '--client-kind', 'user', '-p', 'usr'], { stdin })).code).toBe(0)
    expect((await world.run([...login, '-p', 'usr2'], { stdin })).code).toBe(0)
    expect((await world.run([...login, '--client-kind', 'product', '-p', 'usr'], { stdin })).code).toBe(0)
    expect((await world.run(['auth', 'token', '-p', 'usr'])).code).toBe(0)
    // The secret of the client, and the session that both profiles use by now.
    expect(world.filesWithSecrets()).toHaveLength(2)
  })

  it('keeps the type that its profile has', async () => {
    const world = await World.open()
    const stdin = scripts.secret
    await world.run([...login, '--client-kind', 'user'], { stdin })
    const { document } = await world.json(login, { stdin })
    expect(document.client).toEqual({ id: scripts.id, kind: 'user' })
  })
})

describe('signing in again', () => {
  it('revokes the earlier token, whose only copy it deletes', async () => {
    const world = await World.open()
    await world.signIn()
    const token = await tokenOf(world, 'default')
    const { stderr } = await world.signIn()
    expect(stderr).toContain('Replaced the sign-in of dev@example.com, and revoked its token.')
    expect(await isValid(world, token)).toBe(false)
    expect(await isValid(world, await tokenOf(world, 'default'))).toBe(true)
  })

  it('says how long the earlier token remains valid if it cannot be revoked, and how to revoke it', async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '1h'])
    world.sandbox.failNext({ status: 500, body: 'down', match: { method: 'DELETE' } })
    const { stderr } = await world.signIn()
    expect(stderr).toMatch(/Its token could not be revoked\. It is valid until .*in 1 hour.*particle token revoke/)
  })

  it('keeps an earlier token that another program requested', async () => {
    const world = await World.open()
    await world.signIn(['-p', 'other'])
    const token = await tokenOf(world, 'other')
    await world.run(['auth', 'login', '--with-token', '-p', 'default'], { stdin: token })
    const { stderr } = await world.signIn(['-p', 'default'])
    expect(stderr).toContain('was not revoked, because it was requested elsewhere')
    expect(await isValid(world, token)).toBe(true)
  })

  it('prints nothing about an expired token', async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '1'])
    await expect.poll(async () => (await world.run(['auth', 'status'])).code, { timeout: 20_000 }).toBe(3)
    expect((await world.signIn()).stderr).not.toContain('still valid')
  })
})

describe("another base URL than the profile's", () => {
  it("is named in the error, with the profile's", async () => {
    const world = await World.open()
    await world.signIn()
    const args = ['auth', 'token', '--base-url', 'http://127.0.0.1:9']
    const { code, stderr } = await world.run(args)
    expect(code).toBe(3)
    expect(stderr).toContain(`Profile default is signed in at ${world.server.url}, not at http://127.0.0.1:9.`)
    expect(stderr).not.toContain('The token comes from')
  })

  it('is recognized if only its spelling differs', async () => {
    const world = await World.open()
    await world.signIn()
    const args = ['auth', 'token', '--base-url', `${world.server.url}/`]
    expect((await world.run(args)).code).toBe(0)
  })
})
