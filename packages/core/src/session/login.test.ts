import { describe, expect, it } from 'vitest'
import { dev, product, sandboxed } from '../../test/sandboxed.ts'
import { developerClient, productClient } from '../clients.ts'
import { Secret } from '../secret.ts'
import { createSession } from './create-session.ts'
import type { LoginOptions } from './session.ts'

/** What only bears the mark of a secret. */
const mark = { [Symbol.for('@particle-grants/core/Secret')]: true }
const days = 86_400_000

describe('signing in with username and password', () => {
  it('gives a developer a token that the API takes', async () => {
    const { baseUrl, clock } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    const state = await session.login(dev)
    expect(state).toMatchObject({
      status: 'signed_in',
      identity: {
        baseUrl,
        clientId: 'particle',
        clientKind: 'developer',
        subject: 'account:dev@example.com',
      },
      tokens: {
        grant: 'password',
        issuedAt: clock.now(),
        expiresAt: clock.now() + 90 * days,
        lifetimeAsAsked: true,
      },
    })
    const devices = await fetch(`${baseUrl}/v1/devices`, {
      headers: { authorization: `Bearer ${await session.accessToken()}` },
    })
    expect(devices.status).toBe(200)
  })

  it("drops the refresh token that comes with a developer's answer", async () => {
    const { baseUrl, clock } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    expect(await session.login(dev)).toMatchObject({ tokens: { refreshToken: undefined } })
  })

  it('asks for a lifetime in seconds and counts it from the request', async () => {
    const { baseUrl, clock } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    expect(await session.login({ ...dev, expiresIn: 3600 })).toMatchObject({
      tokens: { expiresAt: clock.now() + 3_600_000, lifetimeAsAsked: true },
    })
  })

  it('takes 0 seconds for a token that never expires', async () => {
    const { baseUrl, clock } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    expect(await session.login({ ...dev, expiresIn: 0 })).toMatchObject({
      tokens: { expiresAt: null, lifetimeAsAsked: true },
    })
    clock.advance('3650d')
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('says when the server gave another lifetime than was asked for', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    sandbox.failNext({
      status: 200,
      body: { token_type: 'bearer', access_token: 'a'.repeat(40), expires_in: 7_776_000 },
    })
    const session = createSession({ client: developerClient(), baseUrl })
    expect(await session.login({ ...dev, expiresIn: 0 })).toMatchObject({
      tokens: { lifetimeAsAsked: false },
    })
  })

  it('stays signed out after a wrong password, and says not to repeat it', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await expect(session.login({ ...dev, password: 'wrong' })).rejects.toMatchObject({
      code: 'grant_refused',
      details: {
        grant_type: 'password',
        error: 'invalid_grant',
        status: 400,
        description: 'User credentials are invalid',
      },
      remedy: expect.stringContaining('never repeat the same ones'),
    })
    expect(session.state).toMatchObject({ status: 'signed_out', identity: { subject: undefined } })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('keeps the token from before when a second sign-in is refused', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.login(dev)
    const token = session.peekToken()
    await expect(session.login({ ...dev, password: 'wrong' })).rejects.toMatchObject({
      code: 'grant_refused',
    })
    expect(session.peekToken()).toBe(token)
  })

  it('tells an SSO account where to sign in instead', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await expect(session.login({ username: 'sso@example.com', password: 'x' })).rejects.toMatchObject({
      code: 'sso_user',
      remedy: expect.stringContaining('session.adopt()'),
    })
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'sso_user' })
  })

  it('names a refused scope, a client that may not, and a wrong client secret by their codes', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await expect(session.login({ ...dev, scope: 'bogus' })).rejects.toMatchObject({
      details: { error: 'invalid_scope' },
    })
    const refusals = [
      { id: 'no-password-client', secret: 's3cret-s3cret' },
      { ...product, secret: 'wrong' },
    ]
    for (const credentials of refusals) {
      const client = productClient(credentials)
      const customers = createSession({ client, baseUrl, subject: 'customer:jane@example.com' })
      await expect(customers.login({ username: 'jane@example.com', password: 'x' })).rejects.toMatchObject({
        details: { error: 'invalid_client' },
      })
    }
  })

  it('sends id and secret as form fields when told to', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clientAuthentication: 'body' })
    await session.login(dev)
    expect(tokenRequests()[0]).toMatchObject({
      client_id: 'particle',
      status: 200,
      form: { client_id: 'particle' },
    })
  })

  const unsent = [
    ['an empty password', { ...dev, password: '' }, 'password'],
    ['an empty username', { ...dev, username: '' }, 'username'],
    ['a username with a blank', { ...dev, username: 'dev @example.com' }, 'username'],
    ['a negative lifetime', { ...dev, expiresIn: -1 }, 'expiresIn'],
    ['half a second', { ...dev, expiresIn: 0.5 }, 'expiresIn'],
    ['a lifetime that is no number', { ...dev, expiresIn: '3600' as unknown as number }, 'expiresIn'],
    ['an empty scope', { ...dev, scope: '' }, 'scope'],
    ['nothing', undefined, 'username'],
    ['null', null, 'username'],
    ['a username that is a secret', { ...dev, username: new Secret('dev@example.com') }, 'username'],
    ['a password that only looks like a secret', { ...dev, password: mark }, 'password'],
    ['a scope that is a secret', { ...dev, scope: new Secret('devices') }, 'scope'],
    ['a lifetime that is a secret', { ...dev, expiresIn: new Secret(60) }, 'expiresIn'],
    ['a customer in the scope', { ...dev, scope: 'devices:list customer=bob@example.com' }, 'scope'],
  ] as const
  it.each(unsent)('refuses %s before anything is sent', async (_, options, parameter) => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await expect(session.login(options as unknown as LoginOptions)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
    expect(tokenRequests()).toEqual([])
    expect(session.state.status).toBe('signed_out')
  })
})

describe('a session belongs to one subject', () => {
  it('is bound by the first sign-in, whatever case the name is written in', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.login(dev)
    await session.login({ ...dev, username: dev.username })
    await expect(session.login({ username: 'mfa@example.com', password: 'x' })).rejects.toMatchObject({
      code: 'subject_mismatch',
      details: { expected: 'account:dev@example.com', given: 'account:mfa@example.com' },
    })
    expect(tokenRequests()).toHaveLength(2)
  })

  it("refuses a customer's sign-in on a product owner's session", async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl })
    await expect(session.login({ username: 'jane@example.com', password: 'x' })).rejects.toMatchObject({
      code: 'subject_mismatch',
      details: { expected: 'owner', given: 'customer:jane@example.com' },
    })
    expect(tokenRequests()).toEqual([])
  })
})
