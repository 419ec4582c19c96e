import { describe, expect, it } from 'vitest'
import { dev, product, startSandbox } from '../test/sandboxed.ts'
import { jane } from '../test/worlds.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { Secret } from './secret.ts'
import type { LoginCredentials } from './session.ts'
import { newSignInId } from './session-record.ts'
import { account, customer } from './subject.ts'

/** An object that has only the marker of a secret. */
const fakeSecret = { [Symbol.for('@particle-grants/core/Secret')]: true }
const day = 86_400_000

async function start() {
  const world = await startSandbox()
  const { baseUrl, clock } = world
  return { ...world, session: createSession({ client: developerClient(), baseUrl, clock }) }
}

describe('login', () => {
  it('signs a developer in with a token that the API accepts', async () => {
    const { session, baseUrl, clock } = await start()
    const state = await session.login(dev)
    expect(state).toEqual({
      status: 'signed_in',
      subject: account(dev.username),
      tokens: { accessToken: expect.any(Secret), expiresAt: clock.now() + 90 * day },
    })
    expect(session.state).toEqual(state)
    const authorization = `Bearer ${await session.getAccessToken()}`
    expect((await fetch(`${baseUrl}/v1/devices`, { headers: { authorization } })).status).toBe(200)
  })

  it("drops the refresh token in a developer's response", async () => {
    const { session } = await start()
    expect(await session.login(dev)).not.toHaveProperty('tokens.refreshToken')
  })

  it('keeps the refresh token of a customer', async () => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const session = createSession({ client: productClient(product), baseUrl, clock, signInId: newSignInId() })
    const password = sandbox.accounts.find(({ username }) => username === jane)?.password
    expect(await session.login({ username: jane, password: String(password) })).toMatchObject({
      status: 'signed_in',
      subject: customer(jane),
      tokens: { refreshToken: expect.any(Secret) },
    })
  })

  it('requests a lifetime in seconds and counts it from the request', async () => {
    const { session, clock } = await start()
    expect(await session.login({ ...dev, expiresIn: 3600 })).toMatchObject({
      tokens: { expiresAt: clock.now() + 3_600_000 },
    })
  })

  it('requests a token that never expires with a lifetime of 0 seconds', async () => {
    const { session, clock } = await start()
    expect(await session.login({ ...dev, expiresIn: 0 })).toMatchObject({ tokens: { expiresAt: null } })
    clock.advance('3650d')
    expect(session.peekAccessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('believes the lifetime in the response, not the requested one', async () => {
    const { session, clock, sandbox } = await start()
    sandbox.failNext({
      status: 200,
      body: { token_type: 'bearer', access_token: 'a'.repeat(40), expires_in: 7_776_000 },
    })
    expect(await session.login({ ...dev, expiresIn: 0 })).toMatchObject({
      tokens: { expiresAt: clock.now() + 90 * day },
    })
  })

  it('resolves signed in although the token has expired by the next millisecond', async () => {
    const { session, clock, sandbox } = await start()
    const body = { token_type: 'bearer', access_token: 'a'.repeat(40), expires_in: 0.001 }
    sandbox.failNext({ status: 200, body })
    expect(await session.login(dev)).toMatchObject({
      status: 'signed_in',
      tokens: { expiresAt: clock.now() + 1 },
    })
    clock.advance(1)
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'expired' })
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it('leaves the session signed out after a wrong password, and is not repeated', async () => {
    const { session, tokenRequests } = await start()
    await expect(session.login({ ...dev, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
      retry: 'after_sign_in',
      details: { status: 400, description: 'User credentials are invalid' },
      message: expect.stringContaining('username or the password'),
    })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('keeps the current token when a second login is refused', async () => {
    const { session } = await start()
    await session.login(dev)
    const token = session.peekAccessToken()
    await expect(session.login({ ...dev, password: 'wrong' })).rejects.toMatchObject({ code: 'invalid_credentials' })
    expect(session.peekAccessToken()).toBe(token)
  })

  it('tells an SSO account where to sign in instead', async () => {
    const { session } = await start()
    await expect(session.login({ username: 'sso@example.com', password: 'x' })).rejects.toMatchObject({
      code: 'sso_required',
      retry: 'after_sign_in',
      message: expect.stringContaining('setToken()'),
    })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
  })

  it("names Particle's error code for a refused scope and a refused client", async () => {
    const { session, baseUrl } = await start()
    await expect(session.login({ ...dev, scope: 'bogus' })).rejects.toMatchObject({
      code: 'oauth_error',
      details: { error: 'invalid_scope' },
    })
    const refused = [
      { id: 'no-password-client', secret: 's3cret-s3cret' },
      { ...product, secret: 'wrong' },
    ]
    for (const credentials of refused) {
      const client = productClient(credentials)
      const customers = createSession({ client, baseUrl, signInId: newSignInId() })
      await expect(customers.login({ username: jane, password: 'x' })).rejects.toMatchObject({
        code: 'oauth_error',
        details: { error: 'invalid_client' },
      })
    }
  })

  it("sends the client's id and secret as form fields with client_secret_post", async () => {
    const { baseUrl, tokenRequests } = await startSandbox()
    const clientAuthentication = 'client_secret_post'
    await createSession({ client: developerClient(), baseUrl, clientAuthentication }).login(dev)
    expect(tokenRequests()[0]).toMatchObject({
      client_id: 'particle',
      status: 200,
      form: { client_id: 'particle' },
    })
  })

  // biome-ignore format: one line per case, to be read as a table
  const invalid = [
    ['an empty password', { ...dev, password: '' }, 'password'],
    ['an empty username', { ...dev, username: '' }, 'username'],
    ['a username with a space', { ...dev, username: 'dev @example.com' }, 'username'],
    ['a negative lifetime', { ...dev, expiresIn: -1 }, 'expiresIn'],
    ['half a second', { ...dev, expiresIn: 0.5 }, 'expiresIn'],
    ['a lifetime that is not a number', { ...dev, expiresIn: '3600' as unknown as number }, 'expiresIn'],
    ['an empty scope', { ...dev, scope: '' }, 'scope'],
    ['no credentials', undefined, 'username'],
    ['null', null, 'username'],
    ['a username that is a secret', { ...dev, username: new Secret('dev@example.com') }, 'username'],
    ['a password that only looks like a secret', { ...dev, password: fakeSecret }, 'password'],
    ['a scope that is a secret', { ...dev, scope: new Secret('devices') }, 'scope'],
    ['a lifetime that is a secret', { ...dev, expiresIn: new Secret(60) }, 'expiresIn'],
    ['a customer in the scope', { ...dev, scope: 'devices:list customer=bob@example.com' }, 'scope'],
  ] as const
  it.each(invalid)('rejects %s before anything is sent', async (_, credentials, parameter) => {
    const { session, tokenRequests } = await start()
    await expect(session.login(credentials as unknown as LoginCredentials)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
    expect(tokenRequests()).toEqual([])
    expect(session.state.status).toBe('signed_out')
  })

  it('waits for another login of the same session', async () => {
    const { session, tokenRequests } = await start()
    const results = await Promise.allSettled([session.login({ ...dev, password: 'wrong' }), session.login(dev)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(tokenRequests()).toHaveLength(2)
  })
})
