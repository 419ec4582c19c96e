import { describe, expect, it, vi } from 'vitest'
import { createWorld, getErrorCode, holdTokenRequests, jane } from '../test/worlds.ts'
import { customer } from './subject.ts'

/** Particle serves the refresh, and its response is lost. */
const lost = { drop: 'before', after: true } as const
const tokenPattern = /^[0-9a-f]{40}$/

/** A customer who signed in with a password for an hour, and whose token has expired. */
async function createExpiredCustomer() {
  const world = createWorld()
  const session = await world.signInCustomer(3600)
  const before = await world.loadRecord()
  world.clock.advance('1h')
  return { ...world, session, before }
}

describe('before a refresh is sent', () => {
  it('the intent is saved, so that the next process knows of it if this one crashes', async () => {
    const { options, openProfile, loadRecord, before, clock } = await createExpiredCustomer()
    const seen: unknown[] = []
    const fetch: typeof options.fetch = async (url, init) => {
      seen.push(await loadRecord())
      return options.fetch(url, init)
    }
    expect(before.tokens.pendingRefresh).toBeUndefined()
    await openProfile({ fetch }).getAccessToken()
    const pendingRefresh = { sentAt: clock.now(), isClientRefused: false }
    expect(seen).toEqual([{ ...before, tokens: { ...before.tokens, pendingRefresh } }])
    const after = await loadRecord()
    expect(after.tokens.pendingRefresh).toBeUndefined()
    expect(after.tokens.refreshToken).not.toBe(before.tokens.refreshToken)
  })

  it('nothing is sent if the intent cannot be saved, and nothing changes', async () => {
    const { store, session, loadRecord, before, tokenRequests } = await createExpiredCustomer()
    const save = vi.spyOn(store, 'save').mockRejectedValue(new Error('disk is full'))
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'store_unavailable',
      cause: { message: 'message omitted: it may quote the record' },
    })
    expect(session.state.status).toBe('signed_in')
    expect(await loadRecord()).toEqual(before)
    expect(tokenRequests()).toHaveLength(1)
    save.mockRestore()
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests().at(-1)).toMatchObject({ grant_type: 'refresh_token', status: 200 })
  })

  it("no intent is saved for a request with the client's own credentials", async () => {
    const { createProductSession, options, clock, loadRecord } = createWorld()
    const seen: unknown[] = []
    const fetch: typeof options.fetch = async (url, init) => {
      seen.push(await loadRecord())
      return options.fetch(url, init)
    }
    await createProductSession().requestClientToken({ expiresIn: 3600 })
    const before = await loadRecord()
    clock.advance('1h')
    await createProductSession({ fetch }).getAccessToken()
    expect(seen).toEqual([before])
  })
})

describe('after a refresh whose response was lost', () => {
  it("the error says so, and the next request uses the client's credentials for this customer", async () => {
    const { session, sandbox, clock, loadRecord, before, tokenRequests } = await createExpiredCustomer()
    sandbox.failNext(lost)
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'network_error',
      details: { grantType: 'refresh_token', mayBeSpent: true },
      message: expect.stringContaining('may have been used'),
    })
    expect((await loadRecord()).tokens).toMatchObject({
      refreshToken: before.tokens.refreshToken,
      pendingRefresh: { sentAt: clock.now(), isClientRefused: false },
    })

    clock.advance('1s')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests().map(({ form }) => form)).toMatchObject([
      { grant_type: 'password' },
      { grant_type: 'refresh_token', expires_in: '3600' },
      { grant_type: 'client_credentials', scope: `customer=${jane}`, expires_in: '3600' },
    ])
    const { tokens } = await loadRecord()
    expect(tokens).toMatchObject({ grantType: 'client_credentials', scope: `customer=${jane}` })
    expect(tokens).not.toHaveProperty('refreshToken')
    expect(tokens).not.toHaveProperty('pendingRefresh')

    clock.advance('1h')
    await session.getAccessToken()
    expect(tokenRequests().at(-1)).toMatchObject({ grant_type: 'client_credentials' })
  })

  it('the refresh token is tried once more if the credentials are refused', async () => {
    const { session, sandbox, clock, grantTypes, loadRecord } = await createExpiredCustomer()
    sandbox.failNext({ drop: 'before' })
    await getErrorCode(session.getAccessToken())
    clock.advance('1s')
    sandbox.failNext({ status: 400, error: 'invalid_request', match: { grant_type: 'client_credentials' } })
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'oauth_error',
      details: { grantType: 'client_credentials', error: 'invalid_request' },
    })
    expect((await loadRecord()).tokens.pendingRefresh).toMatchObject({ isClientRefused: true })
    // It was not used after all.
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    clock.advance('1h')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials', 'refresh_token', 'refresh_token'])
    expect((await loadRecord()).tokens.pendingRefresh).toBeUndefined()
  })

  it('a client that was refused is tried with the refresh token once the guard permits it', async () => {
    const { session, sandbox, clock, grantTypes } = await createExpiredCustomer()
    sandbox.failNext({ drop: 'before' })
    await getErrorCode(session.getAccessToken())
    clock.advance('1s')
    sandbox.failNext({ status: 400, error: 'invalid_client', match: { grant_type: 'client_credentials' } })
    expect(await getErrorCode(session.getAccessToken())).toBe('oauth_error')
    expect(await getErrorCode(session.getAccessToken())).toBe('backing_off')
    clock.advance('30m')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials', 'refresh_token'])
  })

  it('a refresh token that was used is dropped, and the credentials are requested again', async () => {
    const { session, sandbox, clock, grantTypes, loadRecord } = await createExpiredCustomer()
    sandbox.failNext(lost)
    await getErrorCode(session.getAccessToken())
    clock.advance('1s')
    sandbox.failNext({ status: 400, error: 'invalid_request', match: { grant_type: 'client_credentials' } })
    await getErrorCode(session.getAccessToken())
    clock.advance('31m')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual([
      'password',
      'refresh_token',
      'client_credentials',
      'refresh_token',
      'client_credentials',
    ])
    expect((await loadRecord()).tokens).not.toHaveProperty('refreshToken')
  })

  it('the session returns to signed_out if the customer is unknown', async () => {
    const { session, sandbox, clock, loadRecord } = await createExpiredCustomer()
    sandbox.failNext(lost)
    await getErrorCode(session.getAccessToken())
    clock.advance('1s')
    sandbox.failNext({ error: 'invalid_scope', match: { grant_type: 'client_credentials' } })
    expect(await getErrorCode(session.getAccessToken())).toBe('unknown_customer')
    expect(await loadRecord()).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
    expect(await loadRecord()).not.toHaveProperty('tokens')
  })

  it('the credentials are used again if their response is lost too', async () => {
    const { session, sandbox, clock, grantTypes, loadRecord } = await createExpiredCustomer()
    sandbox.failNext(lost)
    await getErrorCode(session.getAccessToken())
    const { pendingRefresh } = (await loadRecord()).tokens
    clock.advance('1s')
    sandbox.failNext({ status: 503, error: 'server_error' })
    expect(await getErrorCode(session.getAccessToken())).toBe('temporarily_unavailable')
    expect((await loadRecord()).tokens.pendingRefresh).toEqual(pendingRefresh)
    clock.advance('2s')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials', 'client_credentials'])
  })

  it('the current token is returned while it is valid, and renewed in the background', async () => {
    const { signInCustomer, sandbox, clock, grantTypes } = createWorld()
    const session = await signInCustomer(3600)
    const token = session.peekAccessToken()
    clock.advance('58m')
    sandbox.failNext(lost)
    expect(await session.getAccessToken()).toBe(token)
    await session.idle()
    clock.advance('1s')
    expect(await session.getAccessToken()).toBe(token)
    await session.idle()
    expect(await session.getAccessToken()).not.toBe(token)
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials'])
  })

  it('the credentials are used once the guard permits it, if the customer was refused before', async () => {
    const { createCustomerSession, signIn, sandbox, clock, grantTypes } = createWorld()
    const session = createCustomerSession()
    await signIn(session, 3600)
    clock.advance('1h')
    sandbox.failNext({ status: 400, error: 'invalid_scope', times: 3 })
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await getErrorCode(session.requestClientToken())).toBe('unknown_customer')
    }
    sandbox.failNext({ drop: 'before' })
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    clock.advance('1s')
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'unknown_customer',
      retryAt: clock.now() - 1000 + 30 * 60_000,
    })
    clock.advance('30m')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes().slice(-2)).toEqual(['refresh_token', 'client_credentials'])
  })
})

describe('a process that crashed between the saved intent and the response', () => {
  it('leaves a record from which the next one never sends the refresh token', async () => {
    const { options, openProfile, sandbox, grantTypes, store, sessionKeys } = await createExpiredCustomer()
    const held = holdTokenRequests(options.fetch)
    void openProfile({ fetch: held.fetch }).getAccessToken()
    await expect.poll(held.countWaiting).toBe(1)

    // Its lock ends with it. What it saved is all that the next process finds.
    const [key = ''] = sessionKeys()
    const value = String((await store.load(key))?.value)
    const next = createWorld()
    await next.store.save(key, value, null)
    next.clock.set(options.clock.now())
    const session = next.openProfile({ fetch: sandbox.fetch })
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['password', 'client_credentials'])
    expect((await next.loadRecord()).tokens).not.toHaveProperty('pendingRefresh')
    expect(JSON.parse(value).tokens.pendingRefresh).toMatchObject({ isClientRefused: false })
  })

  it('leaves nothing for the session of another customer', async () => {
    const { createCustomerSession, signIn, sandbox, clock } = createWorld()
    const session = createCustomerSession()
    await signIn(session, 3600)
    clock.advance('1h')
    sandbox.failNext(lost)
    await getErrorCode(session.getAccessToken())
    const other = createCustomerSession({ subject: customer('bob@example.com') })
    expect(await other.load()).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
  })
})

describe('a refresh is not pending', () => {
  it.each([
    ['429', { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '5' } }],
    ['an unknown error code', { status: 400, error: 'out_of_cheese' }],
  ])('after %s: it was not served, and the refresh token is sent again', async (_, fault) => {
    const { session, sandbox, clock, grantTypes, loadRecord, before } = await createExpiredCustomer()
    sandbox.failNext(fault)
    await getErrorCode(session.getAccessToken())
    expect((await loadRecord()).tokens).toEqual(before.tokens)
    clock.advance('5s')
    await session.getAccessToken()
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'refresh_token'])
  })

  it('if the lockout guard held it back: it was never sent', async () => {
    const { session, createProductSession, openProfile, sandbox, clock, loadRecord, before, ...world } =
      await createExpiredCustomer()
    // A 429 to another session concerns the whole address.
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '60' } })
    expect(await getErrorCode(createProductSession().requestClientToken())).toBe('rate_limited')
    expect(await getErrorCode(session.getAccessToken())).toBe('rate_limited')
    expect(await loadRecord()).toEqual(before)
    expect(world.tokenRequests()).toHaveLength(2)
    clock.advance('1m')
    expect(await openProfile().getAccessToken()).toMatch(tokenPattern)
    expect(world.tokenRequests().at(-1)).toMatchObject({ grant_type: 'refresh_token', status: 200 })
  })

  it('after a refusal of the client: everything is kept until the secret is corrected', async () => {
    const { session, openProfile, sandbox, grantTypes, loadRecord, before } = await createExpiredCustomer()
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await getErrorCode(session.getAccessToken())).toBe('oauth_error')
    expect((await loadRecord()).tokens).toEqual(before.tokens)
    expect(await getErrorCode(session.getAccessToken())).toBe('backing_off')
    expect(await getErrorCode(openProfile().getAccessToken())).toBe('backing_off')
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
  })
})
