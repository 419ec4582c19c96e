import { describe, expect, it, vi } from 'vitest'
import { codeOf, gated, jane, withoutSockets } from '../../test/worlds.ts'
import { productClient } from '../clients.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { SettledState } from '../machine/state.ts'
import { customer } from '../subject.ts'
import type { Fetch } from './http.ts'

/** A refresh that the server serves, and whose answer is lost on the way. */
const lost = { drop: 'before', after: true } as const
const secondsPast = (clock: { advance(by: string): number }, by = '1s') => clock.advance(by)

/** A customer who signed in with a password for an hour, and whose token has run out. */
async function expiredCustomer(settings: Parameters<typeof withoutSockets>[0] = {}) {
  const world = withoutSockets(settings)
  const session = world.customers()
  await world.signIn(session, 3600)
  const { record, clock } = world
  const before = await record()
  clock.advance('1h')
  return { ...world, session, before }
}

describe('before a refresh is sent', () => {
  it('the store knows that it will be: a process that dies now leaves that behind', async () => {
    const { options, customers, record, before, clock } = await expiredCustomer()
    const seen: unknown[] = []
    const watching: Fetch = async (url, init) => {
      seen.push(await record())
      return options.fetch(url, init)
    }
    const session = customers({ fetch: watching })
    expect(before.tokens.refreshInDoubt).toBeUndefined()
    await session.accessToken()
    expect(seen).toEqual([
      {
        ...before,
        tokens: { ...before.tokens, refreshInDoubt: { since: clock.now(), askAgainRefused: false } },
      },
    ])
    const after = await record()
    expect(after.tokens.refreshInDoubt).toBeUndefined()
    expect(after.tokens.refreshToken).not.toBe(before.tokens.refreshToken)
  })

  it('nothing is sent when that can’t be written down, and everything is as before', async () => {
    const { store, session, record, before, tokenRequests } = await expiredCustomer()
    const save = store.save.bind(store)
    const spy = vi.spyOn(store, 'save').mockImplementation(async (key, ...rest) => {
      if (key.startsWith('session-')) throw new Error('disk is full')
      return save(key, ...rest)
    })
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'store_failed',
      details: { operation: 'save' },
      cause: { message: 'disk is full' },
    })
    expect(session.state).toMatchObject({ status: 'signed_in', tokens: { refreshInDoubt: undefined } })
    expect(await record()).toEqual(before)
    expect(tokenRequests()).toHaveLength(1)
    spy.mockRestore()
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests().at(-1)).toMatchObject({ grant_type: 'refresh_token', status: 200 })
  })

  it('asking again with the client’s own credentials needs no such note', async () => {
    const { owner, options, clock, record } = withoutSockets()
    const seen: { tokens?: { refreshInDoubt?: unknown } }[] = []
    const watching: Fetch = async (url, init) => {
      seen.push(await record())
      return options.fetch(url, init)
    }
    await owner().authorize({ expiresIn: 3600 })
    const before = await record()
    clock.advance('1h')
    await owner({ fetch: watching }).accessToken()
    expect(seen).toEqual([before])
  })
})

describe('after a refresh whose answer was lost', () => {
  it('says so, keeps the refresh token in doubt, and asks with the client’s credentials for that customer', async () => {
    const { session, sandbox, clock, record, before, tokenRequests } = await expiredCustomer()
    sandbox.failNext(lost)
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'no_answer',
      details: { grant_type: 'refresh_token', spent: true },
      message: expect.stringContaining('may be spent'),
    })
    expect((await record()).tokens).toMatchObject({
      refreshToken: before.tokens.refreshToken,
      refreshInDoubt: { since: clock.now(), askAgainRefused: false },
    })

    secondsPast(clock)
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests().map(({ form }) => form)).toMatchObject([
      { grant_type: 'password' },
      { grant_type: 'refresh_token', expires_in: '3600' },
      { grant_type: 'client_credentials', scope: `customer=${jane}`, expires_in: '3600' },
    ])
    expect((await record()).tokens).toMatchObject({ grant: 'client_credentials', scope: `customer=${jane}` })
    expect((await record()).tokens).not.toHaveProperty('refreshToken')
  })

  it('goes on by asking with the client’s credentials from then on', async () => {
    const { session, sandbox, clock, grantTypes } = await expiredCustomer()
    sandbox.failNext(lost)
    await codeOf(session.accessToken())
    secondsPast(clock)
    await session.accessToken()
    clock.advance('1h')
    await session.accessToken()
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials', 'client_credentials'])
  })

  it('tries the refresh token once more where those are refused, and then needs the customer', async () => {
    const { session, sandbox, clock, grantTypes, record } = await expiredCustomer()
    sandbox.failNext(lost)
    await codeOf(session.accessToken())
    secondsPast(clock)
    sandbox.failNext({ error: 'invalid_scope', match: { grant_type: 'client_credentials' } })
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'grant_refused',
      details: { grant_type: 'client_credentials', error: 'invalid_scope' },
    })
    expect((await record()).tokens.refreshInDoubt).toMatchObject({ askAgainRefused: true })

    // The server did spend it: the sandbox has served the request whose answer was lost.
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'refresh_answer_lost' },
      message: expect.stringContaining('the answer to a refresh was lost'),
    })
    expect(await record()).toMatchObject({
      status: 'reauthentication_required',
      reason: 'refresh_answer_lost',
    })
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials', 'refresh_token'])
  })

  it.each([['invalid_scope'], ['invalid_grant'], ['invalid_client'], ['invalid_request']])(
    'goes on with the refresh token when those are refused with %s and it was not spent after all',
    async (error) => {
      const { session, sandbox, clock, grantTypes, record } = await expiredCustomer()
      sandbox.failNext({ drop: 'before' })
      await codeOf(session.accessToken())
      secondsPast(clock)
      sandbox.failNext({ status: 400, error, match: { grant_type: 'client_credentials' } })
      await codeOf(session.accessToken())
      expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
      clock.advance('1h')
      expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
      expect(grantTypes()).toEqual([
        'password',
        'refresh_token',
        'client_credentials',
        'refresh_token',
        'refresh_token',
      ])
      expect((await record()).tokens.refreshInDoubt).toBeUndefined()
    },
  )

  it('asks with the client’s credentials again when no answer came to that either', async () => {
    const { session, sandbox, clock, grantTypes, record } = await expiredCustomer()
    sandbox.failNext(lost)
    await codeOf(session.accessToken())
    const { since } = (await record()).tokens.refreshInDoubt
    secondsPast(clock)
    sandbox.failNext({ status: 503, error: 'server_error' })
    await codeOf(session.accessToken())
    expect((await record()).tokens.refreshInDoubt).toEqual({ since, askAgainRefused: false })
    secondsPast(clock, '2s')
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials', 'client_credentials'])
  })

  it('goes on giving the old token while it is good, and finds the way out in the background', async () => {
    const world = withoutSockets()
    const { customers, signIn, sandbox, clock, grantTypes } = world
    const session = customers()
    await signIn(session, 3600)
    const token = session.peekToken()
    clock.advance('58m')
    sandbox.failNext(lost)
    expect(await session.accessToken()).toBe(token)
    await session.settled()
    secondsPast(clock)
    expect(await session.accessToken()).toBe(token)
    await session.settled()
    expect(await session.accessToken()).not.toBe(token)
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'client_credentials'])
  })
})

describe('a process that died between its note and the answer', () => {
  it('leaves the way out to the next one, which never sends the refresh token', async () => {
    const { options, customers, sandbox, grantTypes, store } = await expiredCustomer()
    const gate = gated(options.fetch)
    const dying = customers({ fetch: gate.fetch })
    void dying.accessToken()
    await expect.poll(gate.waiting).toBe(1)

    // Its lock dies with it: what it wrote down is all that the next process finds.
    const copied = await Promise.all(
      (await store.list()).map(async (key) => [key, String((await store.load(key))?.value)] as const),
    )
    const next = withoutSockets()
    for (const [key, value] of copied) await next.store.save(key, value, null)
    next.clock.set(options.clock.now())
    const session = next.customers({ fetch: sandbox.fetch as Fetch })
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(grantTypes()).toEqual(['password', 'client_credentials'])
    expect(session.state).toMatchObject({
      tokens: { grant: 'client_credentials', refreshInDoubt: undefined },
    })
  })

  it('hands the doubt on with its state as well', async () => {
    const { session, sandbox, clock, customers, grantTypes } = await expiredCustomer()
    sandbox.failNext(lost)
    await codeOf(session.accessToken())
    const state = parseState(serializeState(session.state as SettledState))
    secondsPast(clock)
    const elsewhere = customers({ state, store: withoutSockets().store })
    expect(await elsewhere.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(grantTypes().at(-1)).toBe('client_credentials')
  })
})

describe('a way out that was refused before', () => {
  it('is none: the refresh token is tried next, and is good', async () => {
    const { owner, customers, signIn, sandbox, clock, grantTypes } = withoutSockets()
    await owner().authorize()
    sandbox.failNext({ status: 400, error: 'invalid_scope' })
    await codeOf(customers().authorize())
    const session = customers()
    await signIn(session, 3600)
    clock.advance('1h')
    // Lost on the way there: the refresh token was not spent.
    sandbox.failNext({ drop: 'before' })
    expect(await codeOf(session.accessToken())).toBe('no_answer')
    secondsPast(clock)
    expect(await codeOf(session.accessToken())).toBe('refused_before')
    clock.advance('1h')
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(grantTypes().at(-1)).toBe('refresh_token')
  })
})

describe('what leaves no doubt', () => {
  it.each([
    ['429', { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '5' } }],
    ['429 with a page', { status: 429, body: '<html>', headers: { 'retry-after': '5' } }],
  ])('%s: the request was not served, and the refresh token is sent again', async (_, fault) => {
    const { session, sandbox, clock, grantTypes, record, before } = await expiredCustomer()
    sandbox.failNext(fault)
    expect(await codeOf(session.accessToken())).toBe('rate_limited')
    expect((await record()).tokens).toEqual(before.tokens)
    secondsPast(clock, '5s')
    await session.accessToken()
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'refresh_token'])
  })

  it('a request that the failure budget held back: it was never sent', async () => {
    const { session, owner, customers, sandbox, clock, tokenRequests, record, before } =
      await expiredCustomer()
    // A 429 that somebody else got blocks the whole address.
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '60' } })
    expect(await codeOf(owner().authorize())).toBe('rate_limited')
    expect(await codeOf(session.accessToken())).toBe('rate_limited')
    expect((await record()).tokens).toEqual(before.tokens)
    expect(tokenRequests()).toHaveLength(2)
    secondsPast(clock, '1m')
    expect(await customers().accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests().at(-1)).toMatchObject({ grant_type: 'refresh_token', status: 200 })
  })

  it('a refusal: the refresh token was judged, and that is what is said', async () => {
    const { session, sandbox } = await expiredCustomer()
    sandbox.revoke({ username: jane, refreshTokens: true })
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'renewal_refused' },
    })
  })

  it('a client whose secret is wrong: everything is kept until that is mended', async () => {
    const { session, customers, sandbox, grantTypes, record, before } = await expiredCustomer()
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await codeOf(session.accessToken())).toBe('grant_refused')
    expect((await record()).tokens).toEqual(before.tokens)
    expect(await codeOf(session.accessToken())).toBe('not_renewable')
    expect(await codeOf(customers().accessToken())).toBe('refused_before')
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
    expect(await customers().renew()).toMatchObject({ status: 'signed_in' })
    expect(grantTypes()).toEqual(['password', 'refresh_token', 'refresh_token'])
  })

  it('is not handed from one customer to another', async () => {
    const { session, sandbox, customers, options } = await expiredCustomer()
    sandbox.failNext(lost)
    await codeOf(session.accessToken())
    const other = customers({ subject: customer('bob@example.com'), client: productClient(options.client) })
    expect(await other.restore()).toMatchObject({ status: 'signed_out' })
  })
})
