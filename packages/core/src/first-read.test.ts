import { describe, expect, it } from 'vitest'
import { dev, mfa } from '../test/sandboxed.ts'
import { createWorld, getErrorCode } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { Store } from './store.ts'
import { account } from './subject.ts'

/** The same records; each of its operations is noted, and takes as long as `delay` says. */
function watch(store: Store, delay: () => Promise<void> = async () => {}) {
  const calls: string[] = []
  const note = async (name: string, key: string) => {
    if (key.startsWith('session-')) calls.push(name)
    await delay()
  }
  const watched: Store = {
    singleUser: true,
    load: (key) => note('load', key).then(() => store.load(key)),
    save: (key, ...rest) => note('save', key).then(() => store.save(key, ...rest)),
    remove: (key, ...rest) => note('remove', key).then(() => store.remove(key, ...rest)),
    withLock: (key, task) => note('lock', key).then(() => store.withLock(key, task)),
  }
  return { store: watched, calls }
}

/** A product whose token is stored, and whose record's lock another process holds until `release`. */
async function createLockedWorld(expiresIn = 90 * 86_400) {
  const world = createWorld()
  await world.createProductSession().requestClientToken({ expiresIn })
  const token = (await world.loadRecord()).tokens.accessToken as string
  let release: () => void = () => {}
  const [key] = world.sessionKeys()
  const held = new Promise<void>((resolve) => (release = resolve))
  const isHeld = new Promise<void>((resolve) => {
    void world.store.withLock(String(key), async () => {
      resolve()
      await held
    })
  })
  await isHeld
  return { ...world, token, key: String(key), release, ...watch(world.store) }
}

describe('the first read of a session', () => {
  it('returns a valid token with one load, while another process holds the lock for ever', async () => {
    const { createProductSession, store, calls, token, tokenRequests } = await createLockedWorld()
    const session = createProductSession({ store })
    expect(await session.getAccessToken()).toBe(token)
    expect(calls).toEqual(['load'])
    const other = createProductSession({ store })
    expect(await other.load()).toMatchObject({ status: 'signed_in' })
    expect(calls).toEqual(['load', 'load'])
    await Promise.all([session.idle(), other.idle()])
    expect(tokenRequests()).toHaveLength(1)
  })

  it('takes one operation of a store on which each takes five seconds', async () => {
    const { createProductSession, clock, store: given, token } = await createLockedWorld()
    const startedAt = clock.now()
    const { store } = watch(given, async () => void clock.advance('5s'))
    expect(await createProductSession({ store }).getAccessToken()).toBe(token)
    expect(clock.now() - startedAt).toBe(5000)
  })

  it('is shared by concurrent calls, and separate for each session', async () => {
    const { createProductSession, store, calls, token } = await createLockedWorld()
    const sessions = [createProductSession({ store }), createProductSession({ store })]
    const tokens = await Promise.all([...sessions, ...sessions].map((session) => session.getAccessToken()))
    expect(tokens).toEqual([token, token, token, token])
    expect(calls).toEqual(['load', 'load'])
  })

  it('notifies listeners of the state that it found', async () => {
    const { createProductSession, store } = await createLockedWorld()
    const session = createProductSession({ store })
    const statuses: string[] = []
    session.subscribe(({ status }) => statuses.push(status))
    await session.getAccessToken()
    expect(statuses).toEqual(['signed_in'])
  })

  it('continues to the lock if the token is not valid, for long enough, or forced', async () => {
    const { createProductSession, clock, store, calls, release, tokenRequests } = await createLockedWorld(3600)
    release()
    await createProductSession({ store }).getAccessToken({ minValidityMs: 2 * 3_600_000 })
    expect(calls).toEqual(['load'])
    await createProductSession({ store }).getAccessToken({ forceRefresh: true })
    expect(calls.slice(1, 3)).toEqual(['lock', 'load'])
    clock.advance('91d')
    calls.length = 0
    await createProductSession({ store }).getAccessToken()
    expect(calls).toEqual(['load', 'lock', 'load', 'save'])
    expect(tokenRequests()).toHaveLength(3)
  })

  it('returns a token in its renewal window, and renews it in the background', async () => {
    const { createProductSession, clock, store, token, calls, release } = await createLockedWorld(3600)
    clock.advance('59m')
    const session = createProductSession({ store })
    expect(await session.getAccessToken()).toBe(token)
    await expect.poll(() => calls).toEqual(['load', 'lock'])
    release()
    await session.idle()
    expect(session.peekAccessToken()).not.toBe(token)
  })

  it('happens once: the next load takes the lock', async () => {
    const { createProductSession, store, calls, release } = await createLockedWorld()
    const session = createProductSession({ store })
    await session.load()
    release()
    await session.load()
    expect(calls).toEqual(['load', 'lock', 'load'])
  })

  it('lets a renewal and a logout continue from the version that it read', async () => {
    const { createProductSession, store, token, release, loadRecord } = await createLockedWorld()
    const session = createProductSession({ store })
    await session.getAccessToken()
    release()
    const renewed = await session.getAccessToken({ forceRefresh: true })
    expect(renewed).not.toBe(token)
    expect((await loadRecord()).tokens.accessToken).toBe(renewed)
    const other = createProductSession({ store })
    expect(await other.getAccessToken()).toBe(renewed)
    expect(await other.logout()).toMatchObject({ accessToken: 'revoked' })
    expect(await loadRecord()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('marks the token that it found as rejected in the store', async () => {
    const { createProductSession, store, token, release, loadRecord } = await createLockedWorld()
    const session = createProductSession({ store })
    session.invalidateToken(await session.getAccessToken())
    release()
    await session.idle()
    expect((await loadRecord()).tokens).toMatchObject({ accessToken: token, isRejected: true })
  })

  it('ends at once for an aborted call, and serves the next one', async () => {
    const { createProductSession, store: given, token } = await createLockedWorld()
    let open: () => void = () => {}
    const opened = new Promise<void>((resolve) => (open = resolve))
    const { store } = watch(given, () => opened)
    const session = createProductSession({ store })
    const controller = new AbortController()
    const aborted = session.getAccessToken({ signal: controller.signal })
    controller.abort(new Error('gone'))
    await expect(aborted).rejects.toThrow('gone')
    const next = session.getAccessToken()
    open()
    expect(await next).toBe(token)
  })

  it.each([
    ['invalid_state', async (): Promise<unknown> => ({ version: '9', value: '{' })],
    ['store_unavailable', () => Promise.reject(new Error('disk is gone'))],
  ])('rejects with %s as the locked read does', async (code, load) => {
    const { createProductSession, store: given, token } = await createLockedWorld()
    const session = createProductSession({ store: { ...given, load: load as Store['load'] } })
    expect(await getErrorCode(session.getAccessToken())).toBe(code)
    expect(await getErrorCode(createProductSession({ store: { ...given, load: load as Store['load'] } }).load())).toBe(
      code,
    )
    expect(await createProductSession({ store: given }).getAccessToken()).toBe(token)
  })

  it('reads again without the lock after the store has failed', async () => {
    const { createProductSession, store: given, token } = await createLockedWorld()
    let isBroken = true
    const load: Store['load'] = (key) => (isBroken ? Promise.reject(new Error('disk is gone')) : given.load(key))
    const session = createProductSession({ store: { ...given, load } })
    expect(await getErrorCode(session.getAccessToken())).toBe('store_unavailable')
    isBroken = false
    expect(await session.getAccessToken()).toBe(token)
  })

  it('rejects the record of another subject, client or server', async () => {
    const { options, createProductSession, createCustomerSession, store, key, token } = await createLockedWorld()
    expect(await createProductSession({ store }).getAccessToken()).toBe(token)
    const record = await store.load(key)
    const swapped: Store = {
      ...store,
      load: async () => record,
      withLock: (_, task) => task(new AbortController().signal),
    }
    const others = [
      createCustomerSession({ store: swapped }),
      createProductSession({ store: swapped, baseUrl: 'https://other.example' }),
      createSession({ ...options, client: developerClient(), subject: account(dev.username), store: swapped }),
    ]
    for (const session of others) {
      expect(await getErrorCode(session.getAccessToken())).toBe('invalid_state')
      expect(session.peekAccessToken()).toBeUndefined()
    }
  })
})

describe('the first read of a developer', () => {
  it("takes over a profile's sign-in, whatever account it is", async () => {
    const world = createWorld()
    const { store, calls } = watch(world.store)
    const options = { ...world.options, client: developerClient(), profile: 'work', store }
    await createSession(options).login(dev)
    calls.length = 0
    const session = createSession(options)
    expect(await session.load()).toMatchObject({ status: 'signed_in', subject: account(dev.username) })
    expect(await createSession(options).getAccessToken()).toBe(session.peekAccessToken())
    expect(calls).toEqual(['load', 'load'])
  })

  it('takes no earlier token of a record that waits for a code, and nothing of a session that signed in itself', async () => {
    const world = createWorld()
    const { store, calls } = watch(world.store)
    const options = { ...world.options, client: developerClient(), subject: account(mfa.username), store }
    const first = createSession(options)
    await first.login(mfa)
    await first.submitOtp(String(world.sandbox.otp(mfa.username)))
    const second = createSession(options)
    expect((await second.login(mfa)).status).toBe('mfa_required')
    calls.length = 0
    expect(await getErrorCode(second.getAccessToken())).toBe('mfa_required')
    expect(calls[0]).toBe('lock')
    calls.length = 0
    // The locked read still returns it: that record has an earlier token.
    await createSession(options).getAccessToken()
    expect(calls).toEqual(['load', 'lock', 'load'])
  })
})
