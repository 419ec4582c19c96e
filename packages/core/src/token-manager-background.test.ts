import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createWorld, getErrorCode, holdTokenRequests } from '../test/worlds.ts'
import type { MachineTokens } from './machine/state.ts'
import { getRenewalTime } from './renewal.ts'

const minuteMs = 60_000

/** A product's session with a token that is valid for an hour. Its next token requests are held. */
async function createHeldSession(expiresIn = 3600) {
  const world = createWorld()
  await world.createProductSession().requestClientToken({ expiresIn })
  const held = holdTokenRequests(world.options.fetch)
  const promises: Promise<unknown>[] = []
  const session = world.createProductSession({
    fetch: held.fetch,
    waitUntil: (promise) => void promises.push(promise),
  })
  await session.load()
  return { ...world, held, session, promises, token: String(session.peekAccessToken()) }
}

/** Collects unhandled rejections until the test ends. */
function collectUnhandledRejections(): unknown[] {
  const collected: unknown[] = []
  const listeners = process.listeners('unhandledRejection')
  const collect = (reason: unknown) => void collected.push(reason)
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', collect)
  onTestFinished(() => {
    process.off('unhandledRejection', collect)
    for (const listener of listeners) process.on('unhandledRejection', listener)
  })
  return collected
}

describe('the background renewal', () => {
  it.each([
    ['60 seconds', 60, 6_000],
    ['ten minutes', 600, minuteMs],
    ['50 minutes', 3000, 5 * minuteMs],
    ['an hour', 3600, 5 * minuteMs],
    ['90 days', 7_776_000, 5 * minuteMs],
  ])(
    'of a token of %s starts in the first half of its last tenth, or of its last five minutes',
    async (...[, lifetime, window]) => {
      const { session, clock, held, token } = await createHeldSession(lifetime)
      const expiresAt = clock.now() + lifetime * 1000
      clock.set(expiresAt - window - 1)
      expect(await session.getAccessToken()).toBe(token)
      await setImmediate()
      expect(held.countWaiting()).toBe(0)
      clock.set(expiresAt - window / 2)
      expect(await session.getAccessToken()).toBe(token)
      await expect.poll(held.countWaiting).toBe(1)
    },
  )

  it('becomes due at the same moment in every process that holds the token', async () => {
    const { session, createProductSession, held, clock, token, sandbox, tokenRequests } = await createHeldSession()
    const { tokens } = session.state as Extract<typeof session.state, { status: 'signed_in' }>
    const renewAt = getRenewalTime({ ...tokens, requestedAt: clock.now() } as MachineTokens)
    const sessions = [session, createProductSession({ fetch: held.fetch })]
    await sessions[1]?.load()
    clock.set(renewAt - 1)
    for (const one of sessions) one.peekAccessToken()
    await setImmediate()
    expect(held.countWaiting()).toBe(0)
    expect(sandbox.requests()).toHaveLength(1)
    clock.advance(1)
    for (const one of sessions) one.peekAccessToken()
    held.release()
    await Promise.all(sessions.map((one) => one.idle()))
    expect(sessions.map((one) => one.peekAccessToken())).not.toContain(token)
    expect(sessions[0]?.peekAccessToken()).toBe(sessions[1]?.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('happens once, while every caller gets the current token at once', async () => {
    const { session, clock, held, token, tokenRequests } = await createHeldSession()
    clock.advance('58m')
    for (let calls = 0; calls < 100; calls += 1) {
      expect(session.peekAccessToken()).toBe(token)
      expect(await session.getAccessToken()).toBe(token)
    }
    await expect.poll(held.countWaiting).toBe(1)
    expect(session.state).toMatchObject({ status: 'renewing' })
    expect(await session.getAccessToken()).toBe(token)
    held.release()
    await session.idle()
    const renewed = session.peekAccessToken()
    expect(renewed).not.toBe(token)
    expect(await session.getAccessToken()).toBe(renewed)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is passed to waitUntil once, and idle() waits for it', async () => {
    const { session, clock, held, promises, token } = await createHeldSession()
    clock.advance('58m')
    await session.idle()
    expect(promises).toEqual([])
    session.peekAccessToken()
    session.peekAccessToken()
    expect(promises).toHaveLength(1)
    const done: string[] = []
    const idle = session.idle().then(() => done.push('idle'))
    const waited = promises[0]?.then(() => done.push('waitUntil'))
    await expect.poll(held.countWaiting).toBe(1)
    await setImmediate()
    expect(done).toEqual([])
    held.release()
    await Promise.all([idle, waited])
    expect(done.sort()).toEqual(['idle', 'waitUntil'])
    expect(session.peekAccessToken()).not.toBe(token)
  })

  it('that fails changes nothing for callers, backs off, and shows in the state until one succeeds', async () => {
    const rejections = collectUnhandledRejections()
    const { session, clock, sandbox, held, promises, token, tokenRequests, loadRecord } = await createHeldSession()
    held.release()
    clock.advance('58m')
    sandbox.failNext({ drop: 'before' })
    expect(await session.getAccessToken()).toBe(token)
    await session.idle()
    await Promise.all(promises)
    expect((await loadRecord()).backoff).toMatchObject({ failures: 1, retryAt: clock.now() + 1000 })
    expect(session.state).toMatchObject({
      status: 'signed_in',
      renewalFailure: { cause: 'network_error', failures: 1, retryAt: clock.now() + 1000 },
    })
    for (let calls = 0; calls < 10; calls += 1) {
      expect(session.peekAccessToken()).toBe(token)
      expect(await session.getAccessToken()).toBe(token)
      await session.idle()
    }
    expect(tokenRequests()).toHaveLength(2)

    clock.advance('1s')
    expect(await session.getAccessToken()).toBe(token)
    await session.idle()
    expect(await session.getAccessToken()).not.toBe(token)
    expect(session.state).not.toHaveProperty('renewalFailure')
    expect(tokenRequests()).toHaveLength(3)
    await setImmediate()
    expect(rejections).toEqual([])
  })

  it.each(['invalid_client', 'invalid_scope', 'out_of_cheese'])(
    'that is refused with %s leaves the token in use and sends no request at each call',
    async (error) => {
      const { session, clock, sandbox, held, token, tokenRequests } = await createHeldSession()
      held.release()
      clock.advance('58m')
      sandbox.failNext({ status: 400, error, times: 100 })
      for (let calls = 0; calls < 10; calls += 1) {
        expect(await session.getAccessToken()).toBe(token)
        await session.idle()
        clock.advance('100ms')
      }
      expect(tokenRequests()).toHaveLength(2)
    },
  )

  it('that the lockout guard holds back takes no lock until then', async () => {
    const { session, createProductSession, clock, sandbox, held, token, store, tokenRequests } =
      await createHeldSession()
    held.release()
    sandbox.failNext({ status: 400, error: 'invalid_client', times: 3 })
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await getErrorCode(createProductSession().requestClientToken())).toBe('oauth_error')
    }
    await session.load()
    clock.advance('58m')
    // The wait after these refusals ended 28 minutes ago. One more refusal starts the next wait.
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    session.peekAccessToken()
    await session.idle()
    clock.advance('1s')
    session.peekAccessToken()
    await session.idle()
    let locks = 0
    const withLock = store.withLock.bind(store)
    store.withLock = (...call) => {
      locks += 1
      return withLock(...call)
    }
    for (let calls = 0; calls < 50; calls += 1) {
      expect(session.peekAccessToken()).toBe(token)
      await session.idle()
      clock.advance('1s')
    }
    expect(locks).toBe(0)
    expect(tokenRequests()).toHaveLength(5)
  })

  it('that cannot lock the store starts again after a second, not at each call', async () => {
    const { session, clock, store, token, tokenRequests } = await createHeldSession()
    clock.advance('58m')
    let locks = 0
    store.withLock = async () => {
      locks += 1
      throw new Error('gone')
    }
    for (let calls = 0; calls < 20; calls += 1) {
      expect(session.peekAccessToken()).toBe(token)
      await session.idle()
      clock.advance('100ms')
    }
    expect(locks).toBe(2)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('of one process is enough for all: the others take over the token that it saved', async () => {
    const { session, createProductSession, clock, held, token, tokenRequests } = await createHeldSession()
    const others = Array.from({ length: 4 }, () => createProductSession({ fetch: held.fetch }))
    const sessions = [session, ...others]
    await Promise.all(sessions.map((one) => one.load()))
    clock.advance('58m')
    expect(sessions.map((one) => one.peekAccessToken())).toEqual(Array(5).fill(token))
    held.release()
    await Promise.all(sessions.map((one) => one.idle()))
    expect(new Set(sessions.map((one) => one.peekAccessToken())).size).toBe(1)
    expect(session.peekAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is the one that callers wait for if the token expires meanwhile', async () => {
    const { session, clock, held, token, tokenRequests } = await createHeldSession()
    clock.advance('58m')
    session.peekAccessToken()
    await expect.poll(held.countWaiting).toBe(1)
    clock.advance('2m')
    expect(session.peekAccessToken()).toBeUndefined()
    const calls = Array.from({ length: 20 }, () => session.getAccessToken())
    held.release()
    const tokens = new Set(await Promise.all(calls))
    expect(tokens.size).toBe(1)
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })
})

describe('the renewal after expiry', () => {
  it('is passed to waitUntil once, and all callers wait for it', async () => {
    const { session, clock, held, promises, token, tokenRequests } = await createHeldSession()
    clock.advance('1h')
    const calls = Array.from({ length: 100 }, () => session.getAccessToken())
    await expect.poll(held.countWaiting).toBe(1)
    expect(promises).toHaveLength(1)
    held.release()
    const tokens = new Set(await Promise.all(calls))
    expect(tokens.size).toBe(1)
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('rejects for every caller when it fails, and leaves no unhandled rejection', async () => {
    const rejections = collectUnhandledRejections()
    const { session, clock, held, sandbox, promises, tokenRequests } = await createHeldSession()
    clock.advance('1h')
    sandbox.failNext({ status: 503, error: 'server_error' })
    const codes = Array.from({ length: 10 }, () => getErrorCode(session.getAccessToken()))
    await expect.poll(held.countWaiting).toBe(1)
    held.release()
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['temporarily_unavailable']))
    await Promise.all(promises)
    await setImmediate()
    expect(rejections).toEqual([])
    expect(tokenRequests()).toHaveLength(2)
  })

  it('leaves no unhandled rejection for a caller that stopped waiting before it failed', async () => {
    const rejections = collectUnhandledRejections()
    const { createProductSession, clock, sandbox, store, loadRecord } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 3600 })
    clock.advance('1h')
    sandbox.failNext({ drop: 'before' })
    const controllers = [new AbortController(), new AbortController()]
    const calls = [session.getAccessToken({ signal: controllers[0]?.signal, forceRefresh: true })]
    controllers[0]?.abort(new Error('gone'))
    await expect(calls[0]).rejects.toThrow('gone')
    await expect.poll(async () => (await loadRecord()).backoff).toMatchObject({ failures: 1 })
    let tries = 0
    store.load = async () => {
      tries += 1
      throw new Error('disk is gone')
    }
    calls.push(createProductSession().getAccessToken({ signal: controllers[1]?.signal }))
    controllers[1]?.abort(new Error('gone'))
    await expect(calls[1]).rejects.toThrow('gone')
    await expect.poll(() => tries).toBe(1)
    await setImmediate()
    expect(rejections).toEqual([])
  })
})
