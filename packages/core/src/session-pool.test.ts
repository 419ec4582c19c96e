import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { product } from '../test/sandboxed.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { client, createWorld, getErrorCode, holdTokenRequests, jane } from '../test/worlds.ts'
import { developerClient, type ProductClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { ProductSession } from './session.ts'
import { createSessionPool, type SessionPoolOptions } from './session-pool.ts'
import { newSignInId } from './session-record.ts'
import { memoryStore } from './store.ts'
import { customer } from './subject.ts'

useSyncDigest()

const tokenPattern = /^[0-9a-f]{40}$/
const minuteMs = 60_000

/** A sandbox whose product has this many customers, and a clock whose sleeps end when the test moves it. */
async function createWorldWithCustomers(count: number) {
  const world = createWorld()
  const { sandbox, options, clock } = world
  const names = Array.from({ length: count }, (_, index) => `customer-${index}@example.com`)
  /** Creates a customer as another system does. */
  const createElsewhere = (email: string) =>
    sandbox.fetch(`${options.baseUrl}/v1/products/1234/customers`, {
      method: 'POST',
      body: new URLSearchParams({
        email,
        no_password: 'true',
        client_id: product.id,
        client_secret: product.secret,
        grant_type: 'client_credentials',
      }),
    })
  for (const email of names) await createElsewhere(email)
  /** Deletes a customer at Particle, with the product's own token. */
  const deleteElsewhere = async (email: string) => {
    const session = createSession({ ...options, store: memoryStore() })
    const response = await session.fetch(`/v1/products/1234/customers/${email}`, { method: 'DELETE' })
    expect(response.status).toBe(200)
  }
  const sleeping: { dueAt: number; wake: () => void }[] = []
  const sleepingClock = {
    now: () => clock.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake) => {
        sleeping.push({ dueAt: clock.now() + ms, wake })
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const createPool = (more: Partial<SessionPoolOptions> = {}) =>
    createSessionPool({ ...options, clock: sleepingClock, ...more })
  const advance = (by: string) => {
    clock.advance(by)
    for (const { dueAt, wake } of sleeping) if (dueAt <= clock.now()) wake()
  }
  return { ...world, names, createPool, advance, createElsewhere, deleteElsewhere }
}

/** A pool with room for two sessions, and a server that grants everything as soon as it is released. */
function createSmallPool(maxSessions = 2) {
  const { options } = createWorld()
  let sent = 0
  const fetch = async () => {
    sent += 1
    return Response.json({ token_type: 'bearer', access_token: `token-${sent}`, expires_in: 3600 })
  }
  const held = holdTokenRequests(fetch)
  const pool = createSessionPool({ ...options, fetch: held.fetch, lockoutGuard: false, maxSessions })
  return { pool, held, countSent: () => sent }
}

describe('a pool', () => {
  it("requests each customer's own token on first use, whatever the case of the email", async () => {
    const { names, createPool, tokenRequests } = await createWorldWithCustomers(3)
    const pool = createPool()
    const spellings = names.flatMap((name) => [name, name.toUpperCase(), `C${name.slice(1)}`])
    const tokens = await Promise.all(spellings.map((name) => pool.customer(name).getAccessToken()))
    expect(new Set(tokens).size).toBe(3)
    expect(pool.customer('JANE@example.com')).toBe(pool.customer(jane))
    expect(pool.customer('JANE@example.com').state.subject).toEqual(customer(jane))
    const scopes = tokenRequests().map(({ form }) => form?.scope)
    expect(scopes.sort()).toEqual(names.map((name) => `customer=${name}`))
  })

  it('shares the tokens with every process that shares the store', async () => {
    const { names, createPool, sessionKeys, tokenRequests } = await createWorldWithCustomers(2)
    const [first, second] = [createPool(), createPool()]
    for (const name of names) {
      const token = await first.customer(name).getAccessToken()
      expect(await second.customer(name).getAccessToken()).toBe(token)
    }
    expect(tokenRequests()).toHaveLength(2)
    expect(sessionKeys()).toHaveLength(2)
  })

  it("renews each customer's token after expiry", async () => {
    const { names, createPool, clock, tokenRequests } = await createWorldWithCustomers(2)
    const pool = createPool()
    const getTokens = () => Promise.all(names.map((name) => pool.customer(name).getAccessToken()))
    const before = await getTokens()
    clock.advance('90d')
    expect(new Set([...before, ...(await getTokens())]).size).toBe(4)
    expect(tokenRequests()).toHaveLength(4)
  })

  it('queues for the rate limit, and never exceeds it', async () => {
    const { names, createPool, advance, tokenRequests } = await createWorldWithCustomers(200)
    const pool = createPool({ lockoutGuard: { maxWaitMs: 15 * minuteMs } })
    const all = Promise.all(names.map((name) => pool.customer(name).getAccessToken()))
    all.catch(() => {})
    for (const sent of [98, 196]) {
      await expect.poll(() => tokenRequests().length).toBe(sent)
      advance('4m')
      await setImmediate()
      expect(tokenRequests()).toHaveLength(sent)
      advance('1m')
    }
    expect(new Set(await all).size).toBe(200)
    expect(tokenRequests().every(({ status }) => status === 200)).toBe(true)
  })

  it('rejects the calls that would wait longer than maxWaitMs, with the time when there is room', async () => {
    const { names, createPool, clock, tokenRequests } = await createWorldWithCustomers(108)
    const pool = createPool()
    const results = await Promise.allSettled(names.map((name) => pool.customer(name).getAccessToken()))
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    expect(errors).toHaveLength(10)
    for (const error of errors) expect(error).toMatchObject({ code: 'rate_limited', retry: 'later' })
    expect(tokenRequests()).toHaveLength(98)
    clock.advance('5m')
    expect(new Set(await Promise.all(names.map((name) => pool.customer(name).getAccessToken()))).size).toBe(108)
  })

  it('keeps the sessions of 2,000 customers in the store, and 1,000 in memory', async () => {
    const { options } = createWorld()
    let sent = 0
    const fetch = async () => {
      sent += 1
      return Response.json({ token_type: 'bearer', access_token: `token-${sent}`, expires_in: 3600 })
    }
    const pool = createSessionPool({ ...options, fetch, lockoutGuard: false })
    const names = Array.from({ length: 2000 }, (_, index) => `customer-${index}`)
    const sessions: ProductSession[] = []
    const tokens: string[] = []
    for (const name of names) {
      const session = pool.customer(name)
      sessions.push(session)
      tokens.push(await session.getAccessToken())
    }
    expect(new Set(tokens).size).toBe(2000)
    expect(pool.customer('customer-1001')).toBe(sessions[1001])
    expect(pool.customer('customer-999')).not.toBe(sessions[999])
    expect(await Promise.all(names.map((name) => pool.customer(name).getAccessToken()))).toEqual(tokens)
    expect(sent).toBe(2000)
  })

  it('waits for background renewals in idle()', async () => {
    const { names, createPool, clock, tokenRequests } = await createWorldWithCustomers(1)
    const pool = createPool()
    const session = pool.customer(String(names[0]))
    const token = await session.getAccessToken()
    clock.advance(90 * 86_400_000 - 1000)
    expect(await session.getAccessToken()).toBe(token)
    await pool.idle()
    expect(session.peekAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('rejects in idle() if a token could not be saved', async () => {
    const { createPool, store } = await createWorldWithCustomers(0)
    const save = store.save.bind(store)
    store.save = () => Promise.reject(new Error('disk is full'))
    const pool = createPool()
    expect(await getErrorCode(pool.customer(jane).getAccessToken())).toBe('store_unavailable')
    expect(await getErrorCode(pool.idle())).toBe('store_unavailable')
    store.save = save
    await pool.idle()
  })

  it.each<[string, unknown, string]>([
    ['another kind of client', { client: developerClient() as unknown as ProductClient }, 'client'],
    ['no options', undefined, 'client'],
    ['a maximum of 0', { client, maxSessions: 0 }, 'maxSessions'],
    ['a maximum that is no integer', { client, maxSessions: 1.5 }, 'maxSessions'],
  ])('rejects %s', (_, options, parameter) => {
    expect(() => createSessionPool(options as SessionPoolOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', details: expect.objectContaining({ parameter }) }),
    )
  })

  it('rejects a name with spaces, which would change the scope', () => {
    const { pool } = createSmallPool()
    expect(() => pool.customer('jane@example.com devices:list')).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

describe('the sessions in memory', () => {
  const names = Array.from({ length: 24 }, (_, index) => `customer-${index}`)

  it('include those that are busy: a second call for the same customer joins its request', async () => {
    const { pool, held, countSent } = createSmallPool()
    const six = names.slice(0, 6)
    const sessions = six.map((name) => pool.customer(name))
    const calls = sessions.map((session) => session.getAccessToken())
    await expect.poll(held.countWaiting).toBe(6)
    expect(six.map((name) => pool.customer(name))).toEqual(sessions)
    const again = six.map((name) => pool.customer(name).getAccessToken())
    held.release()
    expect(await Promise.all(again)).toEqual(await Promise.all(calls))
    expect(countSent()).toBe(6)
  })

  it('include those with a listener, which would see no change of a second session', () => {
    const { pool } = createSmallPool()
    const session = pool.customer('one')
    const unsubscribe = session.subscribe(() => {})
    for (const name of names) pool.customer(name)
    expect(pool.customer('one')).toBe(session)
    unsubscribe()
    for (const name of names) pool.customer(name)
    expect(pool.customer('one')).not.toBe(session)
  })

  it('leave it as soon as they are no longer busy', async () => {
    const { pool, held } = createSmallPool()
    const sessions = names.map((name) => pool.customer(name))
    const calls = sessions.map((session) => session.getAccessToken())
    expect(names.map((name) => pool.customer(name))).toEqual(sessions)
    held.release()
    await Promise.all(calls)
    pool.customer('one')
    // A call looks at 16 sessions, so that no call takes long.
    pool.customer('two')
    expect(pool.customer(String(names[0]))).not.toBe(sessions[0])
    expect(pool.customer(String(names[23]))).not.toBe(sessions[23])
  })

  it('leave it in the order in which they were last used', () => {
    const { pool } = createSmallPool()
    const [first, second] = [pool.customer('one'), pool.customer('two')]
    expect(pool.customer('one')).toBe(first)
    const third = pool.customer('three')
    expect(pool.customer('one')).toBe(first)
    expect(pool.customer('three')).toBe(third)
    expect(pool.customer('two')).not.toBe(second)
  })

  it('include the one that is asked for, even if there is room for one only', () => {
    const { pool } = createSmallPool(1)
    for (const name of names) expect(pool.customer(name)).toBe(pool.customer(name))
  })

  it('include one whose token could not be saved', async () => {
    const { createPool, store, sessionKeys, tokenRequests } = await createWorldWithCustomers(0)
    const pool = createPool({ maxSessions: 1 })
    const save = store.save.bind(store)
    store.save = () => Promise.reject(new Error('disk is full'))
    await getErrorCode(pool.customer(jane).getAccessToken())
    pool.customer('other@example.com')
    store.save = save
    await pool.idle()
    expect(sessionKeys()).toHaveLength(1)
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('a customer that Particle does not know', () => {
  it('is not requested again for 30 minutes, then for an hour, by any process, and does not stop others', async () => {
    const { names, createPool, clock, tokenRequests } = await createWorldWithCustomers(3)
    const request = () => createPool().customer('unknown@example.com').getAccessToken()
    await expect(request()).rejects.toMatchObject({
      code: 'unknown_customer',
      details: { customer: 'unknown@example.com' },
    })
    for (const minutes of [30, 60]) {
      const retryAt = clock.now() + minutes * minuteMs
      await expect(request()).rejects.toMatchObject({ code: 'unknown_customer', retryAt })
      clock.set(retryAt - 1)
      const sent = tokenRequests().length
      await expect(request()).rejects.toMatchObject({ code: 'unknown_customer', retryAt })
      expect(tokenRequests()).toHaveLength(sent)
      clock.advance(1)
      expect(await getErrorCode(request())).toBe('unknown_customer')
      expect(tokenRequests()).toHaveLength(sent + 1)
    }
    const others = createPool()
    const tokens = await Promise.all(names.map((name) => others.customer(name).getAccessToken()))
    expect(new Set(tokens).size).toBe(3)
  })

  it('works as soon as createCustomer() has created it', async () => {
    const { createPool, tokenRequests, sessionKeys } = await createWorldWithCustomers(0)
    const pool = createPool()
    const before = pool.customer('new@example.com')
    expect(await getErrorCode(before.getAccessToken())).toBe('unknown_customer')
    const session = await pool.createCustomer({ product: 1234, email: 'New@example.com' })
    expect(session).toBe(before)
    expect(session.state).toMatchObject({ status: 'signed_in', subject: customer('new@example.com') })
    // The tokens come with the response, so that no token request is sent.
    const token = await before.getAccessToken()
    expect(token).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(1)
    expect(sessionKeys()).toHaveLength(1)
    expect(await createPool().customer('new@example.com').getAccessToken()).toBe(token)
    expect(await session.getAccessToken({ forceRefresh: true })).not.toBe(token)
  })
})

describe('createCustomer()', () => {
  it("sends the product's credentials once, and no password if none is given", async () => {
    const { createPool, sandbox } = await createWorldWithCustomers(0)
    await createPool().createCustomer({ product: 'my-product', email: 'new@example.com' })
    expect(sandbox.requests().at(-1)).toMatchObject({
      method: 'POST',
      path: '/v1/products/my-product/customers',
      form: { email: 'new@example.com', no_password: 'true', grant_type: 'client_credentials' },
    })
  })

  it('creates a customer who can sign in with the password', async () => {
    const { createPool, options } = await createWorldWithCustomers(0)
    const pool = createPool()
    const password = 'correct horse'
    await pool.createCustomer({ product: 1234, email: 'new@example.com', password })
    const session = createSession({ ...options, signInId: newSignInId() })
    const credentials = { username: 'new@example.com', password }
    expect(await session.login(credentials)).toMatchObject({
      status: 'signed_in',
      subject: customer('new@example.com'),
    })
  })

  it('rejects with customer_exists if a token shows that the customer exists, and keeps that token', async () => {
    const { names, createPool, tokenRequests } = await createWorldWithCustomers(1)
    const pool = createPool()
    const email = String(names[0])
    await expect(pool.createCustomer({ product: 1234, email })).rejects.toMatchObject({
      code: 'customer_exists',
      retry: 'never',
      details: { customer: email },
      cause: { code: 'oauth_error', details: { status: 400 } },
    })
    expect(await pool.customer(email).getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(1)
    // It is no refusal of the customer: nothing backs off.
    expect(await pool.customer(email).getAccessToken({ forceRefresh: true })).toMatch(tokenPattern)
  })

  it('rejects with customer_exists during the wait after unknown_customer, and ends it', async () => {
    const { createPool, createElsewhere, tokenRequests } = await createWorldWithCustomers(0)
    const pool = createPool()
    const email = 'new@example.com'
    expect(await getErrorCode(pool.customer(email).getAccessToken())).toBe('unknown_customer')
    await createElsewhere(email)
    expect(await getErrorCode(pool.customer(email).getAccessToken())).toBe('unknown_customer')
    expect(await getErrorCode(pool.createCustomer({ product: 1234, email }))).toBe('customer_exists')
    expect(tokenRequests()).toHaveLength(2)
    expect(await createPool().customer(email).getAccessToken({ forceRefresh: true })).toMatch(tokenPattern)
  })

  it('rejects with the refusal if no token shows that the customer exists', async () => {
    const { createPool } = await createWorldWithCustomers(0)
    const creation = createPool().createCustomer({ product: 999, email: 'new@example.com' })
    await expect(creation).rejects.toMatchObject({ code: 'oauth_error', details: { status: 404 } })
  })

  it.each([
    ['a malformed email', { product: 1234, email: 'jane doe' }],
    ['an empty password', { product: 1234, email: 'new@example.com', password: '' }],
    ['a malformed product', { product: '../1', email: 'new@example.com' }],
  ])('rejects %s before it sends anything', async (_, request) => {
    const { createPool, sandbox } = await createWorldWithCustomers(0)
    expect(await getErrorCode(createPool().createCustomer(request))).toBe('invalid_argument')
    expect(sandbox.requests()).toEqual([])
  })

  it('can be aborted', async () => {
    const { createPool, sandbox } = await createWorldWithCustomers(0)
    const signal = AbortSignal.abort(new Error('gone'))
    const call = createPool().createCustomer({ product: 1234, email: 'new@example.com', signal })
    await expect(call).rejects.toThrow('gone')
    expect(sandbox.requests()).toEqual([])
  })
})

describe('ensureCustomer()', () => {
  const request = { product: 1234, email: 'new@example.com' }
  const isCreation = (url: unknown) => String(url).endsWith('/customers')

  function countCreations({ sandbox }: Pick<ReturnType<typeof createWorld>, 'sandbox'>) {
    return sandbox.requests().filter(({ path, status }) => isCreation(path) && status === 200).length
  }

  it('creates a customer once for three concurrent calls', async () => {
    const world = await createWorldWithCustomers(0)
    const pool = world.createPool()
    const sessions = await Promise.all([1, 2, 3].map(() => pool.ensureCustomer(request)))
    expect(new Set(sessions)).toEqual(new Set([pool.customer('New@example.com')]))
    expect(sessions[0]?.peekAccessToken()).toMatch(tokenPattern)
    expect(countCreations(world)).toBe(1)
    expect(world.tokenRequests().map(({ status }) => status)).toEqual([400, 200])
  })

  it('succeeds for three processes at the same time, also without a shared store', async () => {
    for (const isShared of [true, false]) {
      const world = await createWorldWithCustomers(0)
      const pools = [1, 2, 3].map(() => world.createPool(isShared ? {} : { store: memoryStore() }))
      const sessions = await Promise.all(pools.map((pool) => pool.ensureCustomer(request)))
      for (const session of sessions) expect((await session.fetch('/v1/devices')).status).toBe(200)
      expect(countCreations(world)).toBe(1)
    }
  })

  it('creates thirty customers at the same time, and locks nothing out', async () => {
    const world = await createWorldWithCustomers(0)
    const pool = world.createPool()
    const emails = Array.from({ length: 30 }, (_, index) => `new-${index}@example.com`)
    await Promise.all(emails.map((email) => pool.ensureCustomer({ product: 1234, email })))
    expect(countCreations(world)).toBe(30)
  })

  it('stops at nine refusals in a row if no customer can be created', async () => {
    const { createPool, tokenRequests } = await createWorldWithCustomers(0)
    const pool = createPool()
    const emails = Array.from({ length: 20 }, (_, index) => `new-${index}@example.com`)
    const calls = emails.map((email) => getErrorCode(pool.ensureCustomer({ product: 999, email })))
    const codes = await Promise.all(calls)
    expect([...new Set(codes)]).toEqual(['oauth_error', 'backing_off'])
    expect(tokenRequests()).toHaveLength(9)
  })

  it('sends nothing for a customer with a valid token, also of another process', async () => {
    const { createPool, sandbox } = await createWorldWithCustomers(0)
    await createPool().ensureCustomer(request)
    const sent = sandbox.requests().length
    const pool = createPool()
    await pool.ensureCustomer(request)
    await pool.ensureCustomer(request)
    expect(sandbox.requests()).toHaveLength(sent)
  })

  it('finds a customer who was created elsewhere during the wait, and ends the wait', async () => {
    const { createPool, createElsewhere, tokenRequests } = await createWorldWithCustomers(0)
    const pool = createPool()
    expect(await getErrorCode(pool.customer(request.email).getAccessToken())).toBe('unknown_customer')
    await createElsewhere(request.email)
    await expect(pool.customer(request.email).getAccessToken()).rejects.toThrow('Call ensureCustomer()')
    const session = await pool.ensureCustomer(request)
    expect(tokenRequests()).toHaveLength(2)
    expect(await session.getAccessToken({ forceRefresh: true })).toMatch(tokenPattern)
  })

  it('creates a customer again who was deleted', async () => {
    const { createPool, deleteElsewhere } = await createWorldWithCustomers(0)
    const pool = createPool()
    const session = await pool.ensureCustomer(request)
    await deleteElsewhere(request.email)
    expect(await getErrorCode(session.fetch('/v1/devices'))).toBe('unknown_customer')
    await pool.ensureCustomer(request)
    expect((await session.fetch('/v1/devices')).status).toBe(200)
  })

  it.each<[string, number, string]>([
    ['an unknown error', 400, '{"error":"no_capacity"}'],
    ['other JSON', 400, '{"ok":false}'],
    ['a page', 409, '<html>'],
  ])('rejects with the refusal after %s, if the customer does not exist', async (_, status, body) => {
    const { createPool, options } = await createWorldWithCustomers(0)
    const fetch = async (url: string | URL | Request, init?: RequestInit) =>
      isCreation(url) ? new Response(body, { status }) : options.fetch(url, init)
    const call = createPool({ fetch }).ensureCustomer(request)
    await expect(call).rejects.toMatchObject({ code: 'oauth_error', details: { status } })
  })

  it('succeeds if the response to the creation is lost', async () => {
    const world = await createWorldWithCustomers(0)
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      const response = await world.options.fetch(url, init)
      if (isCreation(url)) throw new TypeError('fetch failed')
      return response
    }
    const session = await world.createPool({ fetch }).ensureCustomer(request)
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(countCreations(world)).toBe(1)
  })

  it('rejects with the network error if nothing was created', async () => {
    const { createPool, options } = await createWorldWithCustomers(0)
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      if (isCreation(url)) throw new TypeError('fetch failed')
      return options.fetch(url, init)
    }
    expect(await getErrorCode(createPool({ fetch }).ensureCustomer(request))).toBe('network_error')
  })

  it("rejects with the signal's reason, before and during the requests and while it waits for another call", async () => {
    const { createPool, options, sandbox } = await createWorldWithCustomers(0)
    const reason = { by: 'user' }
    await expect(createPool().ensureCustomer({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(sandbox.requests()).toEqual([])

    const held = holdTokenRequests(options.fetch)
    const pool = createPool({ fetch: held.fetch })
    const [first, second] = [new AbortController(), new AbortController()]
    const calls = [first, second].map(({ signal }) => pool.ensureCustomer({ ...request, signal }))
    const rejections = Promise.all(calls.map((call) => expect(call).rejects.toBe(reason)))
    await expect.poll(held.countWaiting).toBe(1)
    second.abort(reason)
    first.abort(reason)
    await rejections
    held.release()
    await pool.ensureCustomer(request)
  })

  it('rejects malformed customers before it sends anything', async () => {
    const { createPool, sandbox } = await createWorldWithCustomers(0)
    expect(await getErrorCode(createPool().ensureCustomer({ product: '../1', email: jane }))).toBe('invalid_argument')
    expect(sandbox.requests()).toEqual([])
  })
})

describe('remove()', () => {
  const request = { product: 1234, email: 'new@example.com' }

  it('drops the session and its record, and sends nothing', async () => {
    const { createPool, sandbox, store, sessionKeys } = await createWorldWithCustomers(0)
    const pool = createPool()
    const session = await pool.createCustomer(request)
    const sent = sandbox.requests().length
    await pool.remove('New@example.com')
    expect(await store.load(String(sessionKeys()[0]))).toBeUndefined()
    expect(pool.customer(request.email)).not.toBe(session)
    expect(sandbox.requests()).toHaveLength(sent)
  })

  it('makes a session object that is still held as new', async () => {
    const { createPool, deleteElsewhere, createElsewhere, store, sessionKeys } = await createWorldWithCustomers(0)
    const pool = createPool()
    const held = await pool.createCustomer(request)
    const states: unknown[] = []
    held.subscribe((state) => states.push(state.status))
    await deleteElsewhere(request.email)
    await pool.remove(request.email)
    expect(held.state).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
    expect(held.peekAccessToken()).toBeUndefined()
    expect(states).toEqual(['signed_out'])
    expect(await getErrorCode(held.fetch('/v1/devices'))).toBe('unknown_customer')
    expect(await store.load(String(sessionKeys()[0]))).toBeUndefined()
    await createElsewhere(request.email)
    await pool.ensureCustomer(request)
    expect((await held.fetch('/v1/devices')).status).toBe(200)
  })

  it('lets calls work after the customer was created again', async () => {
    const { createPool, deleteElsewhere } = await createWorldWithCustomers(0)
    const pool = createPool()
    await pool.createCustomer(request)
    await deleteElsewhere(request.email)
    await pool.remove(request.email)
    await pool.createCustomer(request)
    expect((await pool.customer(request.email).fetch('/v1/devices')).status).toBe(200)
  })

  it('removes a record that cannot be read, and a customer that was never used', async () => {
    const { createPool, store, sessionKeys } = await createWorldWithCustomers(0)
    await createPool().createCustomer(request)
    const key = String(sessionKeys()[0])
    await store.save(key, 'damaged', (await store.load(key))?.version ?? null)
    await createPool().remove(request.email)
    expect(await store.load(key)).toBeUndefined()
    await createPool().remove('other@example.com')
  })

  it('rejects if the store fails, and keeps the session', async () => {
    const { createPool, store } = await createWorldWithCustomers(0)
    const pool = createPool()
    const session = await pool.createCustomer(request)
    store.remove = () => Promise.reject(new Error('disk is full'))
    expect(await getErrorCode(pool.remove(request.email))).toBe('store_unavailable')
    expect(pool.customer(request.email)).toBe(session)
  })
})

describe('subscribe() of a pool', () => {
  it("calls the listener with each customer's name and state, and keeps no session in memory", async () => {
    const { names, createPool } = await createWorldWithCustomers(3)
    const pool = createPool({ maxSessions: 1 })
    const seen: [string, string][] = []
    const unsubscribe = pool.subscribe((name, { status }) => seen.push([name, status]))
    const [first, second, third] = names.map((name) => pool.customer(name))
    expect(pool.customer(String(names[0]))).not.toBe(first)
    await second?.getAccessToken()
    await third?.getAccessToken()
    unsubscribe()
    await third?.logout()
    expect(seen).toEqual(names.slice(1).flatMap((name) => ['requesting', 'signed_in'].map((status) => [name, status])))
  })

  it('calls a listener that subscribes twice twice, and rejects what is no function', async () => {
    const { createPool } = await createWorldWithCustomers(0)
    const pool = createPool()
    let calls = 0
    const listener = () => {
      calls += 1
    }
    for (let count = 0; count < 2; count += 1) pool.subscribe(listener)
    await pool.customer(jane).getAccessToken()
    expect(calls).toBe(4)
    expect(() => pool.subscribe(undefined as unknown as () => void)).toThrow('listener must be a function')
  })
})

describe('a refused client secret', () => {
  it('is not sent again automatically for any customer, and a correct one is', async () => {
    const { names, createPool, tokenRequests } = await createWorldWithCustomers(3)
    const pool = createPool({ client: productClient({ ...product, secret: 'wrong' }) })
    const codes = await Promise.all(names.map((name) => getErrorCode(pool.customer(name).getAccessToken())))
    expect(codes).toContain('oauth_error')
    const sent = tokenRequests().length
    expect(sent).toBeLessThanOrEqual(3)
    await expect(pool.customer('one-more@example.com').getAccessToken()).rejects.toMatchObject({
      code: 'backing_off',
      details: { account: product.id },
    })
    expect(tokenRequests()).toHaveLength(sent)
    expect(await createPool().customer(String(names[0])).getAccessToken()).toMatch(tokenPattern)
  })
})
