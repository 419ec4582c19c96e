import { describe, expect, it } from 'vitest'
import { dev, product, sandboxed } from '../../test/sandboxed.ts'
import { developerClient, productClient, userClient } from '../clients.ts'
import { customer } from '../subject.ts'
import { createSession } from './create-session.ts'
import type { ProductSession } from './session.ts'

const jane = 'jane@example.com'

/** A customer's password sign-in on a product's client: the one that refreshes. */
async function signedInCustomer() {
  const world = await sandboxed()
  const { baseUrl, clock, sandbox } = world
  const session = createSession({ client: productClient(product), baseUrl, clock, subject: customer(jane) })
  const password = String(sandbox.accounts.find(({ username }) => username === jane)?.password)
  await session.login({ username: jane, password })
  return { ...world, session, password }
}

describe("a product's own token", () => {
  it('is asked for with the client alone, and is the owner’s by default', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    expect(await session.authorize()).toMatchObject({
      status: 'signed_in',
      identity: { subject: 'owner' },
      tokens: { grant: 'client_credentials', refreshToken: undefined },
    })
    expect(tokenRequests()[0]?.form).toEqual({ grant_type: 'client_credentials' })
  })

  it('is asked for again when it has run out, with the lifetime that was asked for, and without a refresh token', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize({ expiresIn: 3600 })
    const first = await session.accessToken()
    expect(await session.accessToken()).toBe(first)
    clock.advance('1h')
    expect(session.peekToken()).toBeUndefined()
    expect(await session.accessToken()).not.toBe(first)
    expect(tokenRequests().map(({ form }) => form)).toEqual([
      { grant_type: 'client_credentials', expires_in: '3600' },
      { grant_type: 'client_credentials', expires_in: '3600' },
    ])
  })

  it('is renewed once for everyone who waits for it', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize()
    clock.advance('90d')
    const tokens = await Promise.all(Array.from({ length: 50 }, () => session.accessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is renewed once when one caller asks for a token and another for a renewal', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize()
    clock.advance('90d')
    const [token, state] = await Promise.all([session.accessToken(), session.renew(), session.restore()])
    expect(state.tokens.accessToken.reveal()).toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is not waited for any longer by who gives up; the others get it', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize()
    clock.advance('90d')
    sandbox.failNext({ delay: 50, status: 200, body: { token_type: 'bearer', access_token: 'f'.repeat(40) } })
    const giver = new AbortController()
    const given = session.accessToken({ signal: giver.signal })
    const kept = session.accessToken()
    giver.abort(new Error('changed my mind'))
    await expect(given).rejects.toThrow('changed my mind')
    expect(await kept).toBe('f'.repeat(40))
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is kept while it is good when renewing is refused, and renewing is not tried again by itself', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize()
    const token = session.peekToken()
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    await expect(session.renew()).rejects.toMatchObject({
      code: 'grant_refused',
      details: { error: 'invalid_client' },
    })
    expect(await session.accessToken()).toBe(token)
    clock.advance('90d')
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'renewal_stopped' },
    })
    expect(tokenRequests()).toHaveLength(2)
    expect(await session.renew()).toMatchObject({ status: 'signed_in' })
  })

  it.each([
    ['a lost connection', { drop: 'before' }, 'no_answer', '1s'],
    ['half an answer', { drop: 'during' }, 'no_answer', '1s'],
    ['a proxy’s page', { status: 502, body: '<html>' }, 'unexpected_answer', '1s'],
    ['a server that fails', { status: 503, error: 'server_error' }, 'temporarily_unavailable', '1s'],
    ['too many requests', { status: 429, error: 'rate_limit_exceeded' }, 'rate_limited', '30m'],
    ['a refusal with a 5xx status', { status: 500, error: 'invalid_grant' }, 'temporarily_unavailable', '1s'],
  ] as const)('is renewed after %s, but not at once', async (...[, fault, code, later]) => {
    const { baseUrl, clock, sandbox, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize()
    clock.advance('90d')
    sandbox.failNext(fault)
    await expect(session.accessToken()).rejects.toMatchObject({ code })
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'renewal_postponed',
      details: { failures: 1, because: code, retryAt: clock.now() + 1000 },
    })
    expect(session.state.status).toBe('signed_in')
    expect(tokenRequests()).toHaveLength(2)
    clock.advance(later)
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('is refused a challenge, which this grant never has', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl })
    sandbox.failNext({ status: 403, body: { error: 'mfa_required', mfa_token: 'x' } })
    await expect(session.authorize()).rejects.toMatchObject({
      code: 'grant_refused',
      details: { error: 'mfa_required' },
    })
  })
})

describe("a customer's token", () => {
  it('is asked for with the scope of that customer', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({
      client: productClient(product),
      baseUrl,
      subject: customer('Jane@Example.com'),
    })
    expect(await session.authorize({ scope: 'devices:list' })).toMatchObject({
      identity: { subject: 'customer:jane@example.com' },
    })
    expect(tokenRequests()[0]?.form).toMatchObject({ scope: 'customer=jane@example.com devices:list' })
  })

  it.each([
    ['somebody else', 'customer=bob@example.com', 'scope_mismatch'],
    ['nobody, though one was asked for', 'devices:list', 'scope_mismatch'],
    ['somebody else besides', 'customer=jane@example.com customer=bob@example.com', 'scope_mismatch'],
  ])('is refused when its scope names %s', async (_, scope, code) => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, subject: customer(jane) })
    sandbox.failNext({ status: 200, body: { token_type: 'bearer', access_token: 'f'.repeat(40), scope } })
    await expect(session.authorize()).rejects.toMatchObject({
      code,
      details: { expected: 'customer:jane@example.com' },
    })
    expect(session.peekToken()).toBeUndefined()
  })

  it('can’t be asked for by a scope on somebody else’s session', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const owner = createSession({ client: productClient(product), baseUrl })
    await expect(owner.authorize({ scope: 'customer=jane@example.com' })).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'scope' },
    })
    expect(tokenRequests()).toEqual([])
  })

  it('is not taken for the owner', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl })
    sandbox.failNext({
      status: 200,
      body: { token_type: 'bearer', access_token: 'f'.repeat(40), scope: 'customer=jane@example.com' },
    })
    await expect(session.authorize()).rejects.toMatchObject({
      code: 'scope_mismatch',
      details: { expected: 'owner' },
    })
  })

  it('is refreshed after a password sign-in, each refresh token once', async () => {
    const { session, clock, tokenRequests } = await signedInCustomer()
    for (let round = 0; round < 3; round += 1) {
      clock.advance('90d')
      expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    }
    expect(tokenRequests().map(({ grant_type, status }) => [grant_type, status])).toEqual([
      ['password', 200],
      ['refresh_token', 200],
      ['refresh_token', 200],
      ['refresh_token', 200],
    ])
  })

  it('needs its owner again when the refresh token is dead and the access token too', async () => {
    const { session, clock, tokenRequests } = await signedInCustomer()
    clock.advance('120d')
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'renewal_refused' },
    })
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'reauthentication_required' })
    await expect(session.renew()).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(tokenRequests()).toHaveLength(2)
  })

  it('stays in use when its refresh token is refused while it is good', async () => {
    const { session, sandbox, clock } = await signedInCustomer()
    const token = session.peekToken()
    sandbox.failNext({ status: 400, error: 'invalid_grant' })
    await expect(session.renew()).rejects.toMatchObject({
      code: 'grant_refused',
      details: { error: 'invalid_grant' },
    })
    expect(await session.accessToken()).toBe(token)
    await expect(session.renew()).rejects.toMatchObject({ details: { reason: 'no_refresh_token' } })
    clock.advance('90d')
    await expect(session.accessToken()).rejects.toMatchObject({ details: { reason: 'renewal_refused' } })
  })

  it('keeps the old refresh token when an answer brings no new one', async () => {
    const { session, sandbox, tokenRequests, clock } = await signedInCustomer()
    clock.advance('90d')
    sandbox.failNext({
      status: 200,
      body: { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 60 },
    })
    await session.accessToken()
    clock.advance('1m')
    await session.accessToken()
    expect(tokenRequests().map(({ grant_type }) => grant_type)).toEqual([
      'password',
      'refresh_token',
      'refresh_token',
    ])
  })

  it('is dropped when a renewal answers for somebody else', async () => {
    const { session, sandbox } = await signedInCustomer()
    const token = session.peekToken()
    sandbox.failNext({
      status: 200,
      body: { token_type: 'bearer', access_token: 'f'.repeat(40), scope: 'customer=bob@example.com' },
    })
    await expect(session.renew()).rejects.toMatchObject({ code: 'scope_mismatch' })
    expect(session.peekToken()).toBe(token)
  })
})

describe('a token that nobody can renew', () => {
  it("is a developer's: no refresh token of his is ever sent", async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    await session.login(dev)
    // At run time a caller without types can ask all the same.
    const untyped = session as unknown as ProductSession
    await expect(untyped.renew()).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'developer_token' },
      remedy: expect.stringContaining('sign in again'),
    })
    clock.advance('90d')
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'expired' })
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it("asks with its own credentials for nobody, when it is a developer's client", async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await expect((session as unknown as ProductSession).authorize()).rejects.toMatchObject({
      code: 'grant_not_allowed',
      details: { grant_type: 'client_credentials', clientKind: 'developer' },
    })
    expect(tokenRequests()).toEqual([])
  })

  it("is a user client's password sign-in; its own credentials ask again", async () => {
    const { baseUrl, clock, sandbox } = await sandboxed()
    const found = sandbox.clients.find(({ kind }) => kind === 'user')
    const client = userClient({ id: String(found?.id), secret: String(found?.secret) })
    const signedIn = createSession({ client, baseUrl, clock })
    await signedIn.login(dev)
    await expect(signedIn.renew()).rejects.toMatchObject({ details: { reason: 'user_token' } })
    await expect(signedIn.authorize()).rejects.toMatchObject({ code: 'subject_mismatch' })
    const authorized = createSession({ client, baseUrl, clock })
    await authorized.authorize()
    clock.advance('90d')
    expect(await authorized.renew()).toMatchObject({ status: 'signed_in', identity: { subject: 'owner' } })
  })

  it('is one that never expires: there is nothing to renew', async () => {
    const { baseUrl, clock } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.authorize({ expiresIn: 0 })
    await expect(session.renew()).rejects.toMatchObject({
      details: { reason: 'never_expires', expiresAt: null },
    })
  })
})
