import { describe, expect, it } from 'vitest'
import { dev } from '../test/sandboxed.ts'
import { client, createWorld, getErrorCode, holdTokenRequests, jane } from '../test/worlds.ts'
import { developerClient, userClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { ProductSession } from './session.ts'
import { account, customer } from './subject.ts'

const userCredentials = { id: 'my-scripts-5678', secret: 'user-client-secret' }
/** A response of the token endpoint, for a sandbox's fault. */
const granted = { token_type: 'bearer', access_token: 'f'.repeat(40) }
const tokenPattern = /^[0-9a-f]{40}$/

/** A product's session with a token that is valid for an hour. */
async function signInProduct() {
  const world = createWorld()
  const session = world.createProductSession()
  await session.requestClientToken({ expiresIn: 3600 })
  return { ...world, session, token: await session.getAccessToken() }
}

/** A customer's session that signed in with a password, so that its token is refreshed. */
async function signInCustomer() {
  const world = createWorld()
  const session = world.createCustomerSession()
  await world.signIn(session)
  return { ...world, session }
}

describe('the first use of a session', () => {
  it("requests the product's token once for all callers, and nothing before that", async () => {
    const { options, createProductSession, tokenRequests } = createWorld()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(held.countWaiting()).toBe(0)
    const calls = Array.from({ length: 20 }, () => session.getAccessToken())
    await expect.poll(held.countWaiting).toBe(1)
    held.release()
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(tokenRequests().map(({ form }) => form)).toEqual([{ grant_type: 'client_credentials' }])
    expect(session.state.status).toBe('signed_in')
  })

  it("requests a customer's token with the customer's scope", async () => {
    const { createCustomerSession, tokenRequests } = createWorld()
    const session = createCustomerSession({ subject: customer('Jane@Example.com') })
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(session.state.subject).toEqual(customer(jane))
    expect(tokenRequests()[0]?.form).toEqual({
      grant_type: 'client_credentials',
      scope: 'customer=jane@example.com',
    })
  })

  it("binds a user client's session to the client's owner", async () => {
    const { options, clock } = createWorld()
    const session = createSession({ ...options, client: userClient(userCredentials) })
    const token = await session.getAccessToken()
    expect(await getErrorCode(session.login(dev))).toBe('subject_mismatch')
    clock.advance('90d')
    expect(await session.getAccessToken()).not.toBe(token)
    const other = createSession({ ...options, client: userClient(userCredentials) })
    expect(await other.getAccessToken()).toBe(session.peekAccessToken())
  })

  it('requests nothing for a user client with a named account, nor for a developer client', async () => {
    const { options, tokenRequests } = createWorld()
    const sessions = [
      createSession({ ...options, client: userClient(userCredentials), subject: account(dev.username) }),
      createSession({ ...options, client: developerClient() }),
    ]
    for (const session of sessions) {
      expect(await getErrorCode(session.getAccessToken())).toBe('not_signed_in')
    }
    expect(tokenRequests()).toEqual([])
  })

  it('takes over the token that another process requested', async () => {
    const { createProductSession, tokenRequests } = createWorld()
    const other = createProductSession()
    await other.requestClientToken()
    expect(await createProductSession().getAccessToken()).toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(1)
  })

  it('requests once between processes that share a store', async () => {
    const { createProductSession, tokenRequests } = createWorld()
    const sessions = Array.from({ length: 5 }, () => createProductSession())
    const tokens = await Promise.all(sessions.map((session) => session.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('rejects with the error of its request, and idle() and waitUntil wait for it', async () => {
    const { options, createProductSession, sandbox } = createWorld()
    const promises: Promise<unknown>[] = []
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({
      fetch: held.fetch,
      waitUntil: (promise) => void promises.push(promise),
    })
    sandbox.failNext({ drop: 'before' })
    const code = getErrorCode(session.getAccessToken())
    await expect.poll(held.countWaiting).toBe(1)
    const idle = session.idle()
    held.release()
    await idle
    expect(session.state.status).toBe('signed_out')
    expect(await code).toBe('network_error')
    expect(await Promise.all(promises)).toEqual([undefined])
  })

  it('backs off from one second on when its request failed without a refusal, until one succeeds', async () => {
    const { createProductSession, sandbox, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    for (const [index, seconds] of [1, 2, 4, 8].entries()) {
      sandbox.failNext({ status: 503, error: 'server_error' })
      expect(await getErrorCode(session.getAccessToken())).toBe('temporarily_unavailable')
      clock.advance((seconds - 1) * 1000)
      await expect(session.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
        code: 'renewal_backoff',
        details: { failures: index + 1, cause: 'temporarily_unavailable' },
        retryAt: clock.now() + 1000,
      })
      expect(tokenRequests()).toHaveLength(index + 1)
      clock.advance('1s')
    }
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(5)
  })

  it('backs off for automatic requests only: requestClientToken() sends one at any time', async () => {
    const { createProductSession, sandbox } = createWorld()
    const session = createProductSession()
    sandbox.failNext({ drop: 'before' })
    await getErrorCode(session.getAccessToken())
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
    expect(await session.requestClientToken()).toMatchObject({ status: 'signed_in' })
    expect(await session.getAccessToken()).toBe(session.peekAccessToken())
  })

  it('is held back by the lockout guard for 30 minutes after a refusal', async () => {
    const { createProductSession, sandbox, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await getErrorCode(session.getAccessToken())).toBe('oauth_error')
    clock.advance('29m')
    expect(await getErrorCode(session.getAccessToken())).toBe('backing_off')
    expect(tokenRequests()).toHaveLength(1)
    clock.advance('1m')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
  })

  it('requests nothing after logout() until the application requests a token', async () => {
    const { createProductSession, tokenRequests } = createWorld()
    const session = createProductSession()
    const first = await session.getAccessToken()
    await session.logout()
    expect(await getErrorCode(session.getAccessToken())).toBe('not_signed_in')
    expect(await getErrorCode(session.getAccessToken({ forceRefresh: true }))).toBe('not_signed_in')
    expect(await getErrorCode(createProductSession().getAccessToken())).toBe('not_signed_in')
    expect(tokenRequests()).toHaveLength(1)
    await session.requestClientToken()
    expect(await session.getAccessToken()).not.toBe(first)
  })

  it('rejects a challenge, which client_credentials never returns', async () => {
    const { createProductSession, sandbox } = createWorld()
    sandbox.failNext({ status: 403, body: { error: 'mfa_required', mfa_token: 'x' } })
    await expect(createProductSession().getAccessToken()).rejects.toMatchObject({
      code: 'oauth_error',
      details: { error: 'mfa_required' },
    })
  })
})

describe("the renewal of a product's token", () => {
  it('requests the same lifetime again, without a refresh token', async () => {
    const { session, token, clock, tokenRequests } = await signInProduct()
    expect(await session.getAccessToken()).toBe(token)
    clock.advance('1h')
    expect(session.peekAccessToken()).toBeUndefined()
    expect(await session.getAccessToken()).not.toBe(token)
    expect(tokenRequests().map(({ form }) => form)).toEqual([
      { grant_type: 'client_credentials', expires_in: '3600' },
      { grant_type: 'client_credentials', expires_in: '3600' },
    ])
  })

  it('happens once for all callers after expiry', async () => {
    const { session, clock, tokenRequests } = await signInProduct()
    clock.advance('1h')
    const calls = Array.from({ length: 50 }, () => session.getAccessToken())
    await session.load()
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it.each([
    ['a lost connection', { drop: 'before' }, 'network_error', '1s'],
    ['half a response', { drop: 'during' }, 'network_error', '1s'],
    ["a proxy's page", { status: 502, body: '<html>' }, 'temporarily_unavailable', '1s'],
    ['an HTML page from another server', { status: 200, body: '<html>' }, 'unexpected_response', '1s'],
    ['a server that fails', { status: 503, error: 'server_error' }, 'temporarily_unavailable', '1s'],
    ['too many requests', { status: 429, error: 'rate_limit_exceeded' }, 'rate_limited', '5m'],
    ['a refusal with a 5xx status', { status: 500, error: 'invalid_grant' }, 'temporarily_unavailable', '1s'],
  ] as const)('backs off after %s, and then succeeds', async (...[, fault, code, wait]) => {
    const { session, clock, sandbox, tokenRequests } = await signInProduct()
    clock.advance('1h')
    sandbox.failNext(fault)
    expect(await getErrorCode(session.getAccessToken())).toBe(code)
    await expect(session.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
      code: 'renewal_backoff',
      details: { failures: 1, cause: code, retryAt: clock.now() + (wait === '5m' ? 300_000 : 1000) },
    })
    expect(session.state.status).toBe('signed_in')
    expect(tokenRequests()).toHaveLength(2)
    clock.advance(wait)
    expect(await session.getAccessToken()).toMatch(tokenPattern)
  })

  it('that is refused leaves the valid token in use', async () => {
    const { session, token, sandbox, clock } = await signInProduct()
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    await expect(session.getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: 'oauth_error',
      details: { error: 'invalid_client' },
    })
    expect(await session.getAccessToken()).toBe(token)
    // One explicit refusal is not enough for the guard to hold requests back.
    clock.advance('1h')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
  })

  it('that is refused after expiry is left to the lockout guard', async () => {
    const { session, sandbox, clock, tokenRequests } = await signInProduct()
    clock.advance('1h')
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await getErrorCode(session.getAccessToken())).toBe('oauth_error')
    for (let minutes = 0; minutes < 30; minutes += 10) {
      await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'backing_off' })
      clock.advance('10m')
    }
    expect(tokenRequests()).toHaveLength(2)
    expect(session.state.status).toBe('signed_in')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
  })

  it('never becomes due for a token that never expires', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 0 })
    clock.advance('3650d')
    expect(await session.getAccessToken({ minValidityMs: 1e12 })).toBe(session.peekAccessToken())
    await session.idle()
    expect(tokenRequests()).toHaveLength(1)
    expect(await session.getAccessToken({ forceRefresh: true })).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('starts from the time of the request, so that a token may be expired when it arrives', async () => {
    const { createProductSession, options, clock, tokenRequests } = createWorld()
    const session = createProductSession({
      fetch: async (...call: Parameters<typeof options.fetch>) => {
        const response = await options.fetch(...call)
        clock.advance('10s')
        return response
      },
    })
    await session.requestClientToken({ expiresIn: 5 })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(await getErrorCode(session.getAccessToken())).toBeDefined()
    // One renewal for the call, not a loop of them.
    expect(tokenRequests()).toHaveLength(2)
  })
})

describe("the renewal of a customer's token", () => {
  it.each([
    ['another customer', 'customer=bob@example.com'],
    ['no customer', 'devices:list'],
    ['another customer as well', 'customer=jane@example.com customer=bob@example.com'],
  ])('accepts no token whose scope names %s', async (_, scope) => {
    const { createCustomerSession, sandbox } = createWorld()
    const session = createCustomerSession()
    sandbox.failNext({ status: 200, body: { ...granted, scope } })
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'scope_mismatch',
      details: { expected: 'customer:jane@example.com' },
    })
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it("accepts no customer's token for the product itself", async () => {
    const { createProductSession, sandbox } = createWorld()
    sandbox.failNext({ status: 200, body: { ...granted, scope: 'customer=jane@example.com' } })
    await expect(createProductSession().getAccessToken()).rejects.toMatchObject({
      code: 'scope_mismatch',
      details: { expected: 'owner' },
    })
  })

  it('keeps the current token when the new one is for another customer', async () => {
    const { session, sandbox } = await signInCustomer()
    const token = session.peekAccessToken()
    sandbox.failNext({ status: 200, body: { ...granted, scope: 'customer=bob@example.com' } })
    expect(await getErrorCode(session.getAccessToken({ forceRefresh: true }))).toBe('scope_mismatch')
    expect(session.peekAccessToken()).toBe(token)
  })

  it('uses each refresh token once after a password sign-in', async () => {
    const { session, clock, tokenRequests } = await signInCustomer()
    for (let round = 0; round < 3; round += 1) {
      clock.advance('90d')
      expect(await session.getAccessToken()).toMatch(tokenPattern)
    }
    expect(tokenRequests().map(({ grant_type, status }) => [grant_type, status])).toEqual([
      ['password', 200],
      ['refresh_token', 200],
      ['refresh_token', 200],
      ['refresh_token', 200],
    ])
  })

  it('keeps the old refresh token when the response has none', async () => {
    const { session, sandbox, clock, grantTypes } = await signInCustomer()
    clock.advance('90d')
    sandbox.failNext({ status: 200, body: { ...granted, expires_in: 60 } })
    await session.getAccessToken()
    clock.advance('1m')
    await session.getAccessToken()
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'refresh_token'])
  })

  it("uses the client's credentials in the same call when the refresh token is refused", async () => {
    const { session, clock, tokenRequests } = await signInCustomer()
    // The refresh token has expired too.
    clock.advance('120d')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(session.state.subject).toEqual(customer(jane))
    clock.advance('90d')
    await session.getAccessToken()
    expect(tokenRequests().map(({ form }) => [form?.grant_type, form?.scope])).toEqual([
      ['password', undefined],
      ['refresh_token', undefined],
      ['client_credentials', 'customer=jane@example.com'],
      ['client_credentials', 'customer=jane@example.com'],
    ])
  })

  it('returns to signed_out when the customer is unknown and no token is valid', async () => {
    const { session, sandbox, clock } = await signInCustomer()
    clock.advance('120d')
    sandbox.failNext({ status: 400, error: 'invalid_scope', match: { grant_type: 'client_credentials' } })
    expect(await getErrorCode(session.getAccessToken())).toBe('unknown_customer')
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'unknown_customer',
      retryAt: clock.now() + 30 * 60_000,
    })
  })
})

describe('a token that cannot be renewed', () => {
  it("is a developer's: no refresh token is ever sent", async () => {
    const { options, clock, tokenRequests } = createWorld()
    const session = createSession({ ...options, client: developerClient() })
    await session.login(dev)
    // A caller without types can ask for it.
    const untyped = session as unknown as ProductSession
    await expect(untyped.getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'developer_token' },
    })
    clock.advance('90d')
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'expired' })
    expect(await getErrorCode(session.getAccessToken())).toBe('reauthentication_required')
    expect(tokenRequests()).toHaveLength(1)
  })

  it("is one that a user client's account signed in for", async () => {
    const { options, clock, tokenRequests } = createWorld()
    const session = createSession({ ...options, client: userClient(userCredentials) })
    await session.login(dev)
    await expect(session.getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'account_token' },
    })
    clock.advance('90d')
    expect(await getErrorCode(session.getAccessToken())).toBe('reauthentication_required')
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('forceRefresh', () => {
  it('requests a new token although the current one is valid, once for all callers', async () => {
    const { session, token, tokenRequests } = await signInProduct()
    const calls = Array.from({ length: 10 }, () => session.getAccessToken({ forceRefresh: true }))
    const tokens = new Set(await Promise.all(calls))
    expect([...tokens]).toEqual([session.peekAccessToken()])
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('does not join a renewal that may find nothing to do', async () => {
    const { options, session, createProductSession, clock, tokenRequests } = await signInProduct()
    const held = holdTokenRequests(options.fetch)
    const other = createProductSession({ fetch: held.fetch })
    await other.load()
    clock.advance('58m')
    // Both renew in the background. This session waits for the lock, and will find the token of the other one.
    other.peekAccessToken()
    await expect.poll(held.countWaiting).toBe(1)
    session.peekAccessToken()
    const forced = [1, 2].map(() => session.getAccessToken({ forceRefresh: true }))
    held.release()
    const [token, joined] = await Promise.all(forced)
    expect(joined).toBe(token)
    expect(token).not.toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(3)
  })

  it('returns a token that is newer than the one of another process', async () => {
    const { session, createProductSession, tokenRequests } = await signInProduct()
    const other = createProductSession()
    await other.getAccessToken({ forceRefresh: true })
    const newest = await session.getAccessToken({ forceRefresh: true })
    expect(newest).not.toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(3)
    await other.load()
    expect(other.peekAccessToken()).toBe(newest)
  })

  it('requests the token of a session that has none', async () => {
    const { createProductSession, tokenRequests } = createWorld()
    expect(await createProductSession().getAccessToken({ forceRefresh: true })).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is an explicit request: the back-off of failed renewals does not hold it back', async () => {
    const { session, clock, sandbox } = await signInProduct()
    clock.advance('1h')
    sandbox.failNext({ drop: 'before' })
    await getErrorCode(session.getAccessToken())
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
    expect(await session.getAccessToken({ forceRefresh: true })).toMatch(tokenPattern)
  })
})

describe('minValidityMs', () => {
  it('renews first when the token expires sooner', async () => {
    const { session, token, clock, tokenRequests } = await signInProduct()
    clock.advance('10m')
    expect(await session.getAccessToken({ minValidityMs: 50 * 60_000 - 1 })).toBe(token)
    expect(tokenRequests()).toHaveLength(1)
    const calls = Array.from({ length: 5 }, () => session.getAccessToken({ minValidityMs: 50 * 60_000 }))
    const tokens = new Set(await Promise.all(calls))
    expect(tokens).not.toContain(token)
    expect(tokens.size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
    expect(await session.getAccessToken({ minValidityMs: 50 * 60_000 })).toBe(session.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('takes a token from the store that is valid for long enough', async () => {
    const { session, createProductSession, clock, tokenRequests } = await signInProduct()
    clock.advance('10m')
    const other = createProductSession()
    await other.getAccessToken({ forceRefresh: true })
    expect(await session.getAccessToken({ minValidityMs: 55 * 60_000 })).toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('does not request a token at each call when Particle grants a shorter lifetime', async () => {
    const { session, tokenRequests } = await signInProduct()
    for (let calls = 0; calls < 5; calls += 1) {
      expect(await session.getAccessToken({ minValidityMs: 2 * 3_600_000 })).toMatch(tokenPattern)
    }
    expect(tokenRequests()).toHaveLength(1)
  })

  it.each([
    ['shorter than its lifetime', 3_000_000],
    ['longer than its lifetime', 90 * 86_400_000],
  ])("rejects with not_renewable for a developer's token when it is %s", async (_, minValidityMs) => {
    const { options, clock, tokenRequests } = createWorld()
    const session = createSession({ ...options, client: developerClient() })
    await session.login({ ...dev, expiresIn: 3600 })
    const token = session.peekAccessToken()
    clock.advance('30m')
    await expect(session.getAccessToken({ minValidityMs })).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'developer_token', expiresAt: clock.now() + 1_800_000 },
    })
    // The token itself is still valid.
    expect(await session.getAccessToken()).toBe(token)
    expect(tokenRequests()).toHaveLength(1)
  })

  it.each([Number.NaN, -1])('rejects %s', async (minValidityMs) => {
    const { session } = await signInProduct()
    await expect(session.getAccessToken({ minValidityMs })).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'minValidityMs' },
    })
  })
})

describe('a token that was set', () => {
  it('without a subject is used until it expires, and not renewed', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession({ client })
    await session.setToken({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + 1000 })
    clock.advance(999)
    expect(await session.getAccessToken()).toBe('a'.repeat(40))
    await session.idle()
    expect(tokenRequests()).toEqual([])
  })

  it("of a customer is renewed by the client's credentials", async () => {
    const { createCustomerSession, clock, grantTypes } = createWorld()
    const session = createCustomerSession()
    await session.setToken({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + 1000 })
    clock.advance('1s')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['client_credentials'])
  })

  it('of a customer is refreshed if it has a refresh token', async () => {
    const { createCustomerSession, clock, grantTypes, sandbox } = createWorld()
    const session = createCustomerSession()
    sandbox.failNext({ status: 200, body: granted })
    await session.setToken({
      accessToken: 'a'.repeat(40),
      refreshToken: 'b'.repeat(40),
      expiresAt: clock.now() + 1000,
    })
    clock.advance('1s')
    expect(await session.getAccessToken()).toBe(granted.access_token)
    expect(grantTypes()).toEqual(['refresh_token'])
  })
})
