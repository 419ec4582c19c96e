import { describe, expect, it, vi } from 'vitest'
import { dev, mfa } from '../test/sandboxed.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { createWorld, getErrorCode, holdTokenRequests, jane } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { GrantsError } from './errors.ts'
import type { Store } from './store.ts'
import { account, customer } from './subject.ts'

useSyncDigest()

const tokenPattern = /^[0-9a-f]{40}$/
const minuteMs = 60_000

/** Developer sessions that share a store. */
function createDevelopers() {
  const world = createWorld()
  const options = { ...world.options, client: developerClient() }
  return {
    ...world,
    options,
    createDeveloperSession: (more: object = {}) => createSession({ ...options, ...more }),
  }
}

describe('a call that waits for another one of its session', () => {
  it('sends nothing if its caller gives up meanwhile', async () => {
    const { options, createDeveloperSession, tokenRequests } = createDevelopers()
    const held = holdTokenRequests(options.fetch)
    const session = createDeveloperSession({ fetch: held.fetch })
    const first = session.login(dev)
    await expect.poll(held.countWaiting).toBe(1)
    const controller = new AbortController()
    const second = session.login({ ...dev, signal: controller.signal })
    controller.abort(new Error('gone'))
    // At once: the first one is still in progress.
    await expect(second).rejects.toThrow('gone')
    held.release()
    expect(await first).toMatchObject({ status: 'signed_in' })
    await session.idle()
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is processed in the order of the calls', async () => {
    const { createProductSession, options } = createWorld()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    const first = session.requestClientToken()
    const logout = session.logout()
    const last = session.requestClientToken()
    await expect.poll(held.countWaiting).toBe(1)
    held.release()
    const tokens = [await first, await last].map((state) => state.tokens.accessToken.reveal())
    expect(await logout).toMatchObject({ accessToken: 'revoked' })
    expect(session.peekAccessToken()).toBe(tokens[1])
  })
})

describe("a call that waits for the store's lock", () => {
  it('sends nothing if its caller gives up meanwhile', async () => {
    const { createProductSession, options, tokenRequests } = createWorld()
    const held = holdTokenRequests(options.fetch)
    const first = createProductSession({ fetch: held.fetch }).getAccessToken()
    await expect.poll(held.countWaiting).toBe(1)
    const session = createProductSession()
    const controller = new AbortController()
    const second = session.requestClientToken({ signal: controller.signal })
    controller.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    held.release()
    await first
    await session.idle()
    expect(tokenRequests()).toHaveLength(1)
  })

  it("rejects with the store's own error if the lock stays taken", async () => {
    const { createDeveloperSession, store, tokenRequests } = createDevelopers()
    const error = new GrantsError('lock_timeout', 'The lock is taken.', { key: 'session-…', waitedMs: 5000 })
    store.withLock = () => Promise.reject(error)
    const thrown = await createDeveloperSession({ subject: account(dev.username) })
      .login(dev)
      .catch((caught: unknown) => caught)
    expect(thrown).toBe(error)
    expect(tokenRequests()).toEqual([])
  })
})

/**
 * A product that has sent as many requests as the rate limit permits, ten seconds before there is room again. Sleeps end
 * when the test says so.
 */
async function createFullWindow() {
  const world = createWorld()
  const sleeping: { ms: number; wake: () => void }[] = []
  const clock = {
    now: () => world.clock.now(),
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((wake) => {
        sleeping.push({ ms, wake })
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const filler = world.createProductSession({ clock })
  for (let requests = 0; requests < 98; requests += 1) await filler.requestClientToken()
  world.clock.advance('290s')
  return {
    ...world,
    sleeping,
    createCustomerSession: (more: object = {}) => world.createCustomerSession({ clock, ...more }),
    /** Lets ten seconds pass, and wakes those that sleep. */
    wakeAll() {
      world.clock.advance('10s')
      for (const { wake } of sleeping.splice(0)) wake()
    },
  }
}

describe('a call that waits for the rate limit', () => {
  it('sends its request as soon as there is room', async () => {
    const { createCustomerSession, sleeping, wakeAll, tokenRequests } = await createFullWindow()
    const call = createCustomerSession().getAccessToken()
    await expect.poll(() => sleeping.map(({ ms }) => ms)).toEqual([10_000])
    expect(tokenRequests()).toHaveLength(98)
    wakeAll()
    expect(await call).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(99)
  })

  it('holds no lock: other calls for the same record proceed, and their token is taken', async () => {
    const { createCustomerSession, sleeping, wakeAll, tokenRequests } = await createFullWindow()
    const session = createCustomerSession()
    const call = session.getAccessToken()
    await expect.poll(() => sleeping.length).toBe(1)
    expect(await session.load()).toMatchObject({ status: 'signed_out' })
    const other = createCustomerSession()
    const token = { accessToken: 'a'.repeat(40), subject: customer(jane) }
    expect(await other.setToken(token)).toMatchObject({ status: 'signed_in' })
    wakeAll()
    expect(await call).toBe('a'.repeat(40))
    expect(tokenRequests()).toHaveLength(98)
  })

  it('changes no state meanwhile', async () => {
    const { createCustomerSession, sleeping, wakeAll } = await createFullWindow()
    const session = createCustomerSession()
    const statuses: string[] = []
    session.subscribe(({ status }) => statuses.push(status))
    const call = session.getAccessToken()
    await expect.poll(() => sleeping.length).toBe(1)
    expect(statuses).toEqual([])
    wakeAll()
    await call
    expect(statuses).toEqual(['requesting', 'signed_in'])
  })

  it('sends nothing if its caller gives up meanwhile', async () => {
    const { createCustomerSession, sleeping, wakeAll, tokenRequests } = await createFullWindow()
    const session = createCustomerSession()
    const controller = new AbortController()
    const call = session.requestClientToken({ signal: controller.signal })
    await expect.poll(() => sleeping.length).toBe(1)
    controller.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
    expect(session.state.status).toBe('signed_out')
    wakeAll()
    await session.idle()
    expect(tokenRequests()).toHaveLength(98)
  })

  it('waits no longer than its own time-out; idle() waits for the request, which continues', async () => {
    const { createCustomerSession, sleeping, wakeAll, tokenRequests } = await createFullWindow()
    const session = createCustomerSession()
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 10 }))).toBe('wait_timeout')
    expect(sleeping).toHaveLength(1)
    wakeAll()
    await session.idle()
    expect(session.peekAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(99)
  })

  it('is rejected at once if there is no room within maxWaitMs', async () => {
    const { createCustomerSession, sleeping, clock, tokenRequests } = await createFullWindow()
    const session = createCustomerSession({ lockoutGuard: { maxWaitMs: 9_999 } })
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'rate_limited',
      retry: 'later',
      retryAt: clock.now() + 10_000,
    })
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
    expect(sleeping).toEqual([])
    expect(tokenRequests()).toHaveLength(98)
  })
})

/** Lets one method fail for the records of sessions. */
function breakStore(store: Store, method: 'load' | 'save' | 'withLock'): () => void {
  const works = store[method].bind(store) as (...call: unknown[]) => Promise<never>
  const spy = vi.spyOn(store, method).mockImplementation(async (key: string, ...rest: unknown[]) => {
    if (key.startsWith('session-')) throw new Error('disk is full')
    return works(key, ...rest)
  })
  return () => spy.mockRestore()
}

describe('a sign-out or sign-in that could not be saved', () => {
  const other = { username: 'owner@example.com', password: 'owner of products' }

  it('is not followed by another account under the same key', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const session = createDeveloperSession()
    await session.login(dev)
    const repair = breakStore(store, 'save')
    await getErrorCode(session.logout())
    repair()
    await session.login(other)
    const first = createDeveloperSession({ subject: account(dev.username) })
    await first.load()
    expect(first.peekAccessToken()).not.toBe(session.peekAccessToken())
    const second = createDeveloperSession({ subject: account(other.username) })
    await second.load()
    expect(second.peekAccessToken()).toBe(session.peekAccessToken())
  })

  it('wins over a renewal of another process that it could not read', async () => {
    const { createCustomerSession, signIn, store } = createWorld()
    const [session, process] = [createCustomerSession(), createCustomerSession()]
    await signIn(session)
    await process.load()
    await process.getAccessToken({ forceRefresh: true })
    const repair = breakStore(store, 'load')
    const loggedOut = session.logout().catch(() => {})
    await loggedOut
    repair()
    await session.idle()
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(await createCustomerSession().load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('keeps the new token although the store has an older sign-out of the account', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const earlier = createDeveloperSession()
    await earlier.login(dev)
    await earlier.logout()
    const session = createDeveloperSession()
    const repair = breakStore(store, 'load')
    expect(await getErrorCode(session.login(dev))).toBe('store_unavailable')
    repair()
    await session.idle()
    expect(session.state.status).toBe('signed_in')
    expect((await createDeveloperSession({ subject: account(dev.username) }).load()).status).toBe('signed_in')
  })
})

describe('a store that fails', () => {
  it.each([
    ['load', 'message omitted: it may quote the record'],
    ['save', 'message omitted: it may quote the record'],
    ['withLock', 'disk is full'],
  ] as const)('in %s leads to store_unavailable, whose cause quotes no record', async (method, message) => {
    const { createDeveloperSession, store } = createDevelopers()
    breakStore(store, method)
    await expect(createDeveloperSession().login(dev)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { store: 'session' },
      cause: { message },
    })
  })

  it('for a reason of the system quotes that reason', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const cause = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    vi.spyOn(store, 'load').mockRejectedValue(cause)
    await expect(createDeveloperSession({ subject: account(dev.username) }).load()).rejects.toMatchObject({
      code: 'store_unavailable',
      cause: { message: cause.message },
    })
  })

  it('loses no token: the session continues in memory', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    breakStore(store, 'save')
    const session = createDeveloperSession()
    expect(await getErrorCode(session.login(dev))).toBe('store_unavailable')
    expect(session.state.status).toBe('signed_in')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
  })

  it('sends no code whose attempt could not be counted', async () => {
    const { createDeveloperSession, store, sandbox, tokenRequests } = createDevelopers()
    const session = createDeveloperSession({ subject: account(mfa.username) })
    await session.login(mfa)
    breakStore(store, 'save')
    expect(await getErrorCode(session.submitOtp(sandbox.otp(mfa.username)))).toBe('store_unavailable')
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
    expect(tokenRequests()).toHaveLength(1)
  })

  it("uses none of the rate limit's room for a code that was not sent", async () => {
    const { createDeveloperSession, store, sandbox, tokenRequests } = createDevelopers()
    const session = createDeveloperSession({ subject: account(mfa.username) })
    await session.login(mfa)
    const repair = breakStore(store, 'save')
    for (let tries = 0; tries < 100; tries += 1) {
      expect(await getErrorCode(session.submitOtp(sandbox.otp(mfa.username)))).toBe('store_unavailable')
    }
    repair()
    expect(await session.submitOtp(sandbox.otp(mfa.username))).toMatchObject({ status: 'signed_in' })
    expect(tokenRequests()).toHaveLength(2)
  })

  it('does not keep the tokens of a session in memory that logs out', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const session = createDeveloperSession()
    await session.login(dev)
    breakStore(store, 'save')
    expect(await getErrorCode(session.logout())).toBe('store_unavailable')
    expect(session.state.status).toBe('signed_out')
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it.each(['load', 'withLock'] as const)('in %s does not stop a logout from revoking', async (method) => {
    const { createCustomerSession, store, sandbox } = createWorld()
    const session = createCustomerSession()
    await session.getAccessToken()
    vi.spyOn(store, method).mockRejectedValue(new Error('gone'))
    await getErrorCode(session.logout())
    expect(session.state.status).toBe('signed_out')
    expect(session.peekAccessToken()).toBeUndefined()
    expect(sandbox.requests().at(-1)).toMatchObject({ method: 'DELETE', status: 200 })
  })

  it('to unlock after the task does not change what the task did', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const withLock = store.withLock.bind(store)
    vi.spyOn(store, 'withLock').mockImplementation(async (key, task) => {
      const result = await withLock(key, task)
      if (key.startsWith('session-')) throw new Error('the lock was lost')
      return result
    })
    expect(await createDeveloperSession().login(dev)).toMatchObject({ status: 'signed_in' })
  })

  it('to keep its lock sends nothing: another process may send the same', async () => {
    const { createDeveloperSession, store, tokenRequests } = createDevelopers()
    const withLock = store.withLock.bind(store)
    vi.spyOn(store, 'withLock').mockImplementation((key, task) => withLock(key, () => task(AbortSignal.abort())))
    const session = createDeveloperSession({ subject: account(dev.username) })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'store_conflict',
      message: 'The lock of the session was lost, so nothing was sent. Try again.',
    })
    expect(session.state.status).toBe('signed_out')
    expect(tokenRequests()).toEqual([])
  })

  it('rejects with a typed error as it is', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const conflict = new GrantsError('store_conflict', 'The record has changed.', { key: 'k' })
    vi.spyOn(store, 'save').mockRejectedValue(conflict)
    const thrown = await createDeveloperSession()
      .login(dev)
      .catch((caught: unknown) => caught)
    expect(thrown).toBe(conflict)
  })
})

describe('a record that another process changes, because the lock was lost', () => {
  /** Changes a session's record just before it is saved, so often. */
  function changeRecords(store: Store, times: number): void {
    const save = store.save.bind(store)
    let left = times
    vi.spyOn(store, 'save').mockImplementation(async (key, value, version) => {
      if (key.startsWith('session-') && version !== null && left > 0) {
        left -= 1
        await save(key, String((await store.load(key))?.value), version)
      }
      return save(key, value, version)
    })
  }

  it.each([1, 2, 3])('before the response is saved: a forced renewal saves it (%i times)', async (times) => {
    const { createProductSession, store, sandbox } = createWorld()
    const session = createProductSession()
    const before = await session.getAccessToken()
    changeRecords(store, times)
    const token = await session.getAccessToken({ forceRefresh: true })
    expect(token).not.toBe(before)
    expect(await createProductSession().getAccessToken()).toBe(token)
    expect(sandbox.requests()).toHaveLength(2)
  })

  it('before a refresh is sent: a forced renewal starts again, and sends one refresh', async () => {
    const { createCustomerSession, signIn, store, sandbox } = createWorld()
    const session = createCustomerSession()
    await signIn(session)
    const before = await session.getAccessToken()
    changeRecords(store, 1)
    expect(await session.getAccessToken({ forceRefresh: true })).not.toBe(before)
    expect(sandbox.requests().map(({ status }) => status)).toEqual([200, 200])
  })
})

describe('a request that cannot be encoded', () => {
  it('is not sent, and the attempt at the code is given back', async () => {
    const { createDeveloperSession, store, sessionKeys, sandbox, tokenRequests } = createDevelopers()
    const subject = account(mfa.username)
    await createDeveloperSession({ subject }).login(mfa)
    const [key = ''] = sessionKeys()
    const record = await store.load(key)
    const value = String(record?.value).replace('"requested":{}', '"requested":{"expires_in":-1}')
    await store.save(key, value, String(record?.version))
    const session = createDeveloperSession({ subject })
    await expect(session.submitOtp(sandbox.otp(mfa.username))).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'expires_in' },
    })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('a listener', () => {
  it('that is unsubscribed twice does not affect the others', async () => {
    const session = createDevelopers().createDeveloperSession()
    const seen: string[] = []
    const unsubscribe = session.subscribe(() => seen.push('first'))
    session.subscribe(() => seen.push('second'))
    unsubscribe()
    unsubscribe()
    await session.login(dev)
    expect(new Set(seen)).toEqual(new Set(['second']))
  })
})

describe('idle()', () => {
  it('resolves at once when nothing is pending', async () => {
    const session = createWorld().createProductSession()
    await session.idle()
    await session.getAccessToken()
    await session.idle()
  })

  it('waits for sign-ins and logouts that are in progress', async () => {
    const { options, createProductSession } = createWorld()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    let isIdle = false
    void session.requestClientToken()
    void session.logout()
    const idle = session.idle().then(() => {
      isIdle = true
    })
    await expect.poll(held.countWaiting).toBe(1)
    expect(isIdle).toBe(false)
    held.release()
    await idle
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('rejects while a token is not saved, and tries again each time', async () => {
    const { createProductSession, store, loadRecord, clock } = createWorld()
    const session = createProductSession()
    const repair = breakStore(store, 'save')
    expect(await getErrorCode(session.getAccessToken())).toBe('store_unavailable')
    expect(session.peekAccessToken()).toMatch(tokenPattern)
    clock.advance(minuteMs)
    expect(await getErrorCode(session.idle())).toBe('store_unavailable')
    expect(await getErrorCode(session.idle())).toBe('store_unavailable')
    repair()
    await session.idle()
    expect((await loadRecord()).tokens.accessToken).toBe(session.peekAccessToken())
  })

  it('rejects while a challenge is not saved, and saves it later', async () => {
    const { createDeveloperSession, store, loadRecord } = createDevelopers()
    const session = createDeveloperSession({ subject: account(mfa.username) })
    const repair = breakStore(store, 'save')
    expect(await getErrorCode(session.login(mfa))).toBe('store_unavailable')
    expect(session.state.status).toBe('mfa_required')
    expect(await getErrorCode(session.idle())).toBe('store_unavailable')
    repair()
    await session.idle()
    expect(await loadRecord()).toMatchObject({ status: 'mfa_required' })
  })
})
