import { describe, expect, it } from 'vitest'
import { dev, mfa } from '../test/sandboxed.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { createWorld, getErrorCode, holdTokenRequests } from '../test/worlds.ts'
import { developerClient, userClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { SignInSession } from './session.ts'
import { account } from './subject.ts'

useSyncDigest()

const tokenPattern = /^[0-9a-f]{40}$/

/** A product's session with a token that is valid for an hour, and was requested ten minutes ago. */
async function signInProduct() {
  const world = createWorld()
  const session = world.createProductSession()
  await session.requestClientToken({ expiresIn: 3600 })
  const token = await session.getAccessToken()
  world.clock.advance('10m')
  return { ...world, session, token }
}

describe('invalidateToken', () => {
  it('takes effect before it returns, and the next call gets a new token', async () => {
    const { session, token, tokenRequests } = await signInProduct()
    expect(session.invalidateToken(token)).toBeUndefined()
    expect(session.peekAccessToken()).toBeUndefined()
    expect(tokenRequests()).toHaveLength(1)
    expect(await session.getAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('saves the rejection in the background, so that other processes do not use the token', async () => {
    const { session, token, createProductSession, loadRecord } = await signInProduct()
    const promises: Promise<unknown>[] = []
    const other = createProductSession({ waitUntil: (promise) => void promises.push(promise) })
    await other.load()
    other.invalidateToken(token)
    await Promise.all(promises)
    expect(promises).toHaveLength(1)
    expect((await loadRecord()).tokens.isRejected).toBe(true)
    await session.load()
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it('is saved when idle() resolves', async () => {
    const { session, token, loadRecord } = await signInProduct()
    session.invalidateToken(token)
    await session.idle()
    expect((await loadRecord()).tokens.isRejected).toBe(true)
  })

  it('ignores a token that is not the current one', async () => {
    const { session, token, tokenRequests } = await signInProduct()
    const newer = await session.getAccessToken({ forceRefresh: true })
    session.invalidateToken(token)
    session.invalidateToken('f'.repeat(40))
    expect(session.peekAccessToken()).toBe(newer)
    expect(await session.getAccessToken()).toBe(newer)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('ignores every token while there is no session', async () => {
    const { createProductSession, tokenRequests } = createWorld()
    const session = createProductSession()
    session.invalidateToken('f'.repeat(40))
    await session.idle()
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
    expect(tokenRequests()).toEqual([])
  })

  it('requests no token if another process has renewed it already', async () => {
    const { session, token, createProductSession, tokenRequests } = await signInProduct()
    const other = createProductSession()
    await other.load()
    await other.getAccessToken({ forceRefresh: true })
    session.invalidateToken(token)
    expect(await session.getAccessToken()).toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is not undone by a record that another process saves with the same token', async () => {
    const { session, token, createProductSession, sandbox, store, loadRecord } = await signInProduct()
    const other = createProductSession()
    await other.load()
    // The rejection is saved after the other process has saved a back-off beside the token.
    const withLock = store.withLock.bind(store)
    const waiting: (() => void)[] = []
    store.withLock = async (...call) => {
      store.withLock = withLock
      await new Promise<void>((resolve) => waiting.push(resolve))
      return withLock(...call)
    }
    session.invalidateToken(token)
    await expect.poll(() => waiting.length).toBe(1)
    sandbox.failNext({ drop: 'before' })
    expect(await getErrorCode(other.getAccessToken({ forceRefresh: true }))).toBe('network_error')
    expect((await loadRecord()).tokens.isRejected).toBe(false)
    waiting[0]?.()
    await session.idle()
    expect(session.peekAccessToken()).toBeUndefined()
    expect(await loadRecord()).toMatchObject({ tokens: { isRejected: true }, backoff: { failures: 1 } })
    await other.load()
    expect(other.peekAccessToken()).toBeUndefined()
  })

  it('is not undone by loading an older or a newer record with the same token', async () => {
    const { session, token, store, sessionKeys, loadRecord } = await signInProduct()
    const [key = ''] = sessionKeys()
    const before = await store.load(key)
    session.invalidateToken(token)
    await session.idle()
    // A slow writer saves what it read before.
    const after = await store.load(key)
    await store.save(key, String(before?.value), String(after?.version))
    await session.load()
    expect(session.peekAccessToken()).toBeUndefined()
    expect((await loadRecord()).tokens.isRejected).toBe(true)
    expect(await session.getAccessToken()).not.toBe(token)
  })

  it('marks a token while it is being renewed', async () => {
    const { token, options, createProductSession, tokenRequests } = await signInProduct()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    await session.load()
    const call = session.getAccessToken({ forceRefresh: true })
    await expect.poll(held.countWaiting).toBe(1)
    expect(session.peekAccessToken()).toBe(token)
    session.invalidateToken(token)
    expect(session.peekAccessToken()).toBeUndefined()
    held.release()
    expect(await call).toBe(session.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('leaves the token rejected if the renewal in progress fails', async () => {
    const { token, options, createProductSession, sandbox, loadRecord } = await signInProduct()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    await session.load()
    sandbox.failNext({ drop: 'before' })
    const code = getErrorCode(session.getAccessToken({ forceRefresh: true }))
    await expect.poll(held.countWaiting).toBe(1)
    session.invalidateToken(token)
    held.release()
    expect(await code).toBe('network_error')
    expect(session.peekAccessToken()).toBeUndefined()
    expect((await loadRecord()).tokens.isRejected).toBe(true)
  })

  it('leads to one renewal for all who report the token and all who ask for one meanwhile', async () => {
    const { token, options, createProductSession, tokenRequests } = await signInProduct()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    await session.load()
    const calls = Array.from({ length: 50 }, () => {
      session.invalidateToken(token)
      return session.getAccessToken()
    })
    await expect.poll(held.countWaiting).toBe(1)
    expect(session.peekAccessToken()).toBeUndefined()
    held.release()
    const tokens = new Set(await Promise.all(calls))
    expect([...tokens]).toEqual([session.peekAccessToken()])
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it("leads to a refresh for a customer's password sign-in", async () => {
    const { createCustomerSession, signIn, grantTypes } = createWorld()
    const session = createCustomerSession()
    await signIn(session)
    session.invalidateToken(String(session.peekAccessToken()))
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
  })

  it("leads to a new token for a product's token that never expires", async () => {
    const { createProductSession, tokenRequests } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 0 })
    const token = String(session.peekAccessToken())
    session.invalidateToken(token)
    expect(await session.getAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })
})

describe('early rejections', () => {
  it('are renewed at once the first time, and back off from the second on, for five minutes at most', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    session.invalidateToken(await session.getAccessToken())
    session.invalidateToken(await session.getAccessToken())
    expect(tokenRequests()).toHaveLength(2)
    for (const [index, seconds] of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].entries()) {
      const retryAt = clock.now() + seconds * 1000
      await expect(session.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
        code: 'renewal_backoff',
        details: { failures: index + 1, cause: 'token_rejected', retryAt },
      })
      clock.set(retryAt - 1000)
      expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
      expect(tokenRequests()).toHaveLength(index + 2)
      clock.set(retryAt)
      session.invalidateToken(await session.getAccessToken())
    }
    expect(session.state.status).toBe('signed_in')
  })

  it('are counted by other processes too, from the record', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    session.invalidateToken(await session.getAccessToken())
    const second = await session.getAccessToken()
    const other = createProductSession()
    expect(await other.getAccessToken()).toBe(second)
    other.invalidateToken(second)
    await expect(other.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
      code: 'renewal_backoff',
      retryAt: clock.now() + 1000,
    })
    await session.load()
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
    expect(tokenRequests()).toHaveLength(2)
  })

  it('are forgotten once a token is rejected that is older than a minute', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    session.invalidateToken(await session.getAccessToken())
    const second = await session.getAccessToken()
    clock.advance('1m')
    session.invalidateToken(second)
    const third = await session.getAccessToken()
    // This is the first early rejection again.
    session.invalidateToken(third)
    expect(await session.getAccessToken()).not.toBe(third)
    expect(tokenRequests()).toHaveLength(4)
  })

  it('are forgotten when a token is renewed that is older than a minute', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    session.invalidateToken(await session.getAccessToken())
    await session.getAccessToken()
    clock.advance('90d')
    session.invalidateToken(await session.getAccessToken())
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(4)
  })

  it('are not forgotten when the application forces a renewal in between', async () => {
    const { createProductSession } = createWorld()
    const session = createProductSession()
    session.invalidateToken(await session.getAccessToken())
    await session.getAccessToken()
    session.invalidateToken(await session.getAccessToken({ forceRefresh: true }))
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
  })

  it('of an API that rejects every token cost a few requests in an hour', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    for (let second = 0; second < 3600; second += 1) {
      await session.getAccessToken().then(session.invalidateToken, () => {})
      clock.advance('1s')
    }
    // At 0 s twice, then after 1, 2, 4 … 256 s, and then every five minutes.
    const pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256]
    const everyFiveMinutes = Math.floor((3600 - pauses.reduce((sum, pause) => sum + pause)) / 300)
    expect(tokenRequests().length).toBeLessThanOrEqual(2 + pauses.length + everyFiveMinutes)
    expect(tokenRequests().length).toBeGreaterThan(pauses.length)
    expect(session.state.status).toBe('signed_in')
  })
})

describe('a rejected token that cannot be renewed', () => {
  it.each([
    ["a developer's", developerClient(), undefined],
    ["a developer's that never expires", developerClient(), 0],
    ["a user client's from a password", userClient({ id: 'my-scripts-5678', secret: 'user-client-secret' }), 90],
  ])('requires a new sign-in: %s', async (_, client, expiresIn) => {
    const { options, tokenRequests } = createWorld()
    const session = createSession({ ...options, client, subject: account(dev.username) }) as SignInSession
    await session.login({ ...dev, expiresIn })
    session.invalidateToken(await session.getAccessToken())
    expect(session.peekAccessToken()).toBeUndefined()
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
      retry: 'after_sign_in',
    })
    await session.idle()
    const other = createSession({ ...options, client, subject: account(dev.username) })
    expect(await other.load()).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('was set without a subject: the session stays idle, because nothing is to be saved', async () => {
    const { options, sessionKeys } = createWorld()
    const session = createSession({ ...options, client: developerClient() })
    await session.setToken({ accessToken: 'a'.repeat(40) })
    session.invalidateToken('a'.repeat(40))
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    await session.idle()
    expect(sessionKeys()).toEqual([])
  })

  it('was given to a static session, which stays idle as well', async () => {
    const session = createSession({ accessToken: 'a'.repeat(40) })
    session.invalidateToken('a'.repeat(40))
    expect(session.peekAccessToken()).toBeUndefined()
    expect(await getErrorCode(session.getAccessToken())).toBe('reauthentication_required')
    await session.idle()
  })

  it('beside an MFA challenge is dropped, and the challenge stays', async () => {
    const { options, sandbox } = createWorld()
    const session = createSession({ ...options, client: developerClient(), profile: 'work' })
    await session.setToken({ accessToken: 'a'.repeat(40) })
    await session.login(mfa)
    expect(session.peekAccessToken()).toBe('a'.repeat(40))
    session.invalidateToken('a'.repeat(40))
    expect(session.peekAccessToken()).toBeUndefined()
    expect(session.state.status).toBe('mfa_required')
    expect(await session.submitOtp(sandbox.otp(mfa.username))).toMatchObject({ status: 'signed_in' })
  })
})

describe('a renewal that fails after a rejection', () => {
  it('backs off, and no process returns the rejected token', async () => {
    const { session, token, sandbox, clock, createProductSession, tokenRequests } = await signInProduct()
    sandbox.failNext({ drop: 'before' })
    session.invalidateToken(token)
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    const other = createProductSession()
    for (const one of [session, other]) {
      await expect(one.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
        code: 'renewal_backoff',
        details: { failures: 1, cause: 'network_error', retryAt: clock.now() + 1000 },
      })
      expect(one.peekAccessToken()).toBeUndefined()
      one.invalidateToken(token)
      expect(await getErrorCode(one.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
    }
    expect(tokenRequests()).toHaveLength(2)
    clock.advance('1s')
    expect(await session.getAccessToken()).not.toBe(token)
    expect(await other.getAccessToken()).toBe(session.peekAccessToken())
    expect(tokenRequests()).toHaveLength(3)
  })

  it('that was backing off before the rejection is not sent sooner', async () => {
    const { session, token, sandbox, clock, tokenRequests } = await signInProduct()
    sandbox.failNext({ drop: 'before' })
    expect(await getErrorCode(session.getAccessToken({ forceRefresh: true }))).toBe('network_error')
    expect(session.peekAccessToken()).toBe(token)
    session.invalidateToken(token)
    await expect(session.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
      code: 'renewal_backoff',
      details: { retryAt: clock.now() + 1000, cause: 'network_error' },
    })
    expect(tokenRequests()).toHaveLength(2)
    clock.advance('1s')
    expect(await session.getAccessToken()).not.toBe(token)
  })
})

describe('the last second of a back-off', () => {
  it('is waited for by a call whose token was revoked twice within a minute', async () => {
    const { createProductSession, sandbox, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    const before = clock.now()
    for (let revocations = 0; revocations < 2; revocations += 1) {
      expect((await session.fetch('/v1/devices')).status).toBe(200)
      sandbox.revoke()
    }
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(tokenRequests()).toHaveLength(3)
    // Timers may fire a millisecond early.
    expect(clock.now() - before).toBe(1001)
  })

  it('is waited for by all callers, who share the request that follows', async () => {
    const { session, token, sandbox, tokenRequests } = await signInProduct()
    sandbox.failNext({ drop: 'before' })
    session.invalidateToken(token)
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    const tokens = await Promise.all(Array.from({ length: 20 }, () => session.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(3)
  })

  it('is waited for once: what follows rejects', async () => {
    const { session, token, sandbox, tokenRequests } = await signInProduct()
    sandbox.failNext({ drop: 'before', times: 2 })
    session.invalidateToken(token)
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    expect(await getErrorCode(session.getAccessToken())).toBe('renewal_backoff')
    expect(tokenRequests()).toHaveLength(3)
  })

  it('ends for a caller whose signal is aborted, with its reason, and nothing is sent', async () => {
    const { createProductSession, sandbox, clock, tokenRequests } = createWorld()
    let isAsleep = false
    const sleep = (_ms: number, signal?: AbortSignal) => {
      isAsleep = true
      return new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
    }
    const session = createProductSession({ clock: { now: clock.now, sleep } })
    sandbox.failNext({ drop: 'before' })
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    const reason = new Error('The user has left.')
    const controller = new AbortController()
    const call = session.getAccessToken({ signal: controller.signal })
    await expect.poll(() => isAsleep).toBe(true)
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
    await session.idle()
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('the back-off after failed renewals', () => {
  it('doubles from one second to five minutes, and no request is sent meanwhile', async () => {
    const { session, sandbox, clock, tokenRequests, loadRecord } = await signInProduct()
    clock.advance('1h')
    const pauses: number[] = []
    for (let failures = 1; failures <= 11; failures += 1) {
      sandbox.failNext({ drop: 'before' })
      expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
      const { retryAt } = (await loadRecord()).backoff
      pauses.push((retryAt - clock.now()) / 1000)
      const sent = tokenRequests().length
      clock.set(retryAt - 1000)
      expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
      expect(tokenRequests()).toHaveLength(sent)
      clock.advance('1s')
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    sandbox.failNext({ drop: 'before' })
    await getErrorCode(session.getAccessToken({ forceRefresh: true }))
    expect((await loadRecord()).backoff).toMatchObject({ failures: 1 })
  })

  it.each([
    ['429', { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '600' } }, 600],
    ['503', { status: 503, error: 'server_error', headers: { 'retry-after': '600' } }, 600],
    ['503, but not less than the back-off', { status: 503, error: 'server_error', headers: { 'retry-after': '0' } }, 1],
  ])('lasts as long as Retry-After says, with %s', async (_, fault, seconds) => {
    const { session, token, sandbox, clock, tokenRequests } = await signInProduct()
    sandbox.failNext(fault)
    session.invalidateToken(token)
    await getErrorCode(session.getAccessToken())
    clock.advance((seconds - 1) * 1000)
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))).toBe('renewal_backoff')
    expect(tokenRequests()).toHaveLength(2)
    clock.advance('1s')
    expect(await session.getAccessToken()).not.toBe(token)
  })

  it('is all that an outage of an hour costs, and it ends automatically', async () => {
    const { session, sandbox, clock, tokenRequests } = await signInProduct()
    clock.advance('1h')
    const startedAt = clock.now()
    sandbox.failNext({ drop: 'before', times: 1000 })
    const sent: number[] = []
    sandbox.subscribe(({ path }) => path === '/oauth/token' && sent.push((clock.now() - startedAt) / 1000))
    for (let second = 0; second < 3600; second += 1) {
      await getErrorCode(session.getAccessToken({ timeoutMs: 999 }))
      clock.advance('1s')
    }
    const doubling = [0, 1, 3, 7, 15, 31, 63, 127, 255, 511]
    const everyFiveMinutes = Array.from({ length: 10 }, (_, index) => 511 + (index + 1) * 300)
    expect(sent).toEqual([...doubling, ...everyFiveMinutes])
    sandbox.faults.clear()
    clock.advance('5m')
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(1 + sent.length)
  })

  it.each([
    ['cannot be found', 'ENOTFOUND'],
    ['refuses connections', 'ECONNREFUSED'],
    ['has an untrusted certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('does not concern explicit requests to a server that %s', async (_, code) => {
    const { options, clock, tokenRequests, createProductSession } = createWorld()
    let isOffline = true
    const fetch: typeof options.fetch = async (...call) => {
      if (isOffline) throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
      return options.fetch(...call)
    }
    const session = createProductSession({ fetch })
    for (let tries = 0; tries < 30; tries += 1) {
      await expect(session.requestClientToken()).rejects.toMatchObject({
        code: 'network_error',
        details: { systemCode: code },
      })
      clock.advance('1s')
    }
    isOffline = false
    expect(await session.requestClientToken()).toMatchObject({ status: 'signed_in' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('ends when the clock is set back before the failure', async () => {
    const { session, sandbox, clock } = await signInProduct()
    clock.advance('365d')
    sandbox.failNext({ drop: 'before' })
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    clock.set(clock.now() - 364 * 86_400_000)
    expect(await session.getAccessToken()).toMatch(tokenPattern)
  })
})
