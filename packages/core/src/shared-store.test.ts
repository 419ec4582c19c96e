import { describe, expect, it } from 'vitest'
import { dev, mfa, toWrongCode } from '../test/sandboxed.ts'
import { createWorld, getErrorCode, holdTokenRequests } from '../test/worlds.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { Store } from './store.ts'
import { account } from './subject.ts'

const tokenPattern = /^[0-9a-f]{40}$/

/** The same records, without locks: every lock on it counts as lost, like a lease that ended. */
function withoutLocks(store: Store, lockLost: AbortSignal = new AbortController().signal): Store {
  return {
    singleUser: true,
    load: (key) => store.load(key),
    save: (...call) => store.save(...call),
    remove: (...call) => store.remove(...call),
    withLock: (_, task) => task(lockLost),
  }
}

/** Developer sessions on the store of a back end. Without a subject they are unbound. */
function createBackEnd() {
  const world = createWorld()
  const createDeveloperSession = (subject?: string) =>
    createSession({
      ...world.options,
      client: developerClient(),
      ...(subject && { subject: account(subject) }),
    })
  return { ...world, createDeveloperSession }
}

describe('sessions that share a store', () => {
  it('share what one of them signed in', async () => {
    const { createDeveloperSession, tokenRequests } = createBackEnd()
    await createDeveloperSession(dev.username).login(dev)
    const other = createDeveloperSession(dev.username)
    expect(other.state.status).toBe('signed_out')
    expect(await other.load()).toMatchObject({ status: 'signed_in', subject: account(dev.username) })
    expect(await createDeveloperSession(dev.username).getAccessToken()).toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(1)
  })

  it('renew once between them', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const sessions = Array.from({ length: 5 }, () => createProductSession())
    await sessions[0]?.requestClientToken()
    await Promise.all(sessions.map((session) => session.load()))
    clock.advance('90d')
    const tokens = await Promise.all(sessions.map((session) => session.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('are signed out together, by a record without secrets', async () => {
    const { createDeveloperSession, loadRecord } = createBackEnd()
    const [first, second] = [createDeveloperSession(dev.username), createDeveloperSession(dev.username)]
    await first.login(dev)
    await second.load()
    await first.logout()
    expect(await second.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(second.peekAccessToken()).toBeUndefined()
    const record = await loadRecord()
    expect(record).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(JSON.stringify(record)).not.toContain('oken')
  })

  it('tell a listener of the logout of another process, and not that a sign-in is required first', async () => {
    const { createDeveloperSession } = createBackEnd()
    const first = createDeveloperSession(dev.username)
    await first.login(dev)
    const second = createDeveloperSession(dev.username)
    await second.load()
    const heard: string[] = []
    second.subscribe(({ status }) => heard.push(status))
    await first.logout()
    await second.fetch('/v1/devices').catch(() => {})
    await second.idle()
    expect(heard).toEqual(['signed_out'])
  })

  it('tell a listener of a rejected token that a sign-in is required, once', async () => {
    const { createDeveloperSession, sandbox } = createBackEnd()
    const session = createDeveloperSession(dev.username)
    await session.login(dev)
    const heard: string[] = []
    session.subscribe(({ status }) => heard.push(status))
    sandbox.revoke()
    await session.fetch('/v1/devices').catch(() => {})
    await session.idle()
    expect(heard).toEqual(['reauthentication_required'])
  })

  it('share nothing with other servers, clients and accounts', async () => {
    const { options, createDeveloperSession, sandbox, sessionKeys } = createBackEnd()
    await createDeveloperSession().login(dev)
    const subject = account(dev.username)
    const others = [
      createSession({ ...options, client: developerClient('particle-api'), subject }),
      createSession({ ...options, client: developerClient(), subject, baseUrl: 'https://other.example' }),
      createDeveloperSession(mfa.username),
    ]
    for (const other of others) expect(await other.load()).toMatchObject({ status: 'signed_out' })
    const session = createDeveloperSession()
    await session.login(mfa)
    await session.submitOtp(sandbox.otp(mfa.username))
    expect(sessionKeys()).toEqual([
      expect.stringMatching(/^session-[0-9a-f]{64}$/),
      expect.stringMatching(/^session-[0-9a-f]{64}$/),
    ])
  })

  it('share a failed renewal: those that waited for the lock do not repeat it', async () => {
    const { createProductSession, options, sandbox, clock, tokenRequests } = createWorld()
    await createProductSession().requestClientToken({ expiresIn: 3600 })
    const held = holdTokenRequests(options.fetch)
    const sessions = Array.from({ length: 8 }, () => createProductSession({ fetch: held.fetch }))
    await Promise.all(sessions.map((session) => session.load()))
    clock.advance('1h')
    sandbox.failNext({ status: 503, error: 'server_error', times: 100 })
    const codes = sessions.map((session) => getErrorCode(session.getAccessToken({ timeoutMs: 999 })))
    await expect.poll(held.countWaiting).toBe(1)
    held.release()
    expect((await Promise.all(codes)).sort()).toEqual([...Array(7).fill('renewal_backoff'), 'temporarily_unavailable'])
    expect(tokenRequests()).toHaveLength(2)
  })

  it('share a refusal through the lockout guard', async () => {
    const { createProductSession, options, sandbox, clock, tokenRequests } = createWorld()
    await createProductSession().requestClientToken({ expiresIn: 3600 })
    const held = holdTokenRequests(options.fetch)
    const sessions = Array.from({ length: 8 }, () => createProductSession({ fetch: held.fetch }))
    await Promise.all(sessions.map((session) => session.load()))
    clock.advance('1h')
    sandbox.failNext({ status: 400, error: 'invalid_client', times: 100 })
    const codes = sessions.map((session) => getErrorCode(session.getAccessToken()))
    await expect.poll(held.countWaiting).toBe(1)
    held.release()
    expect((await Promise.all(codes)).sort()).toEqual([...Array(7).fill('backing_off'), 'oauth_error'])
    expect(tokenRequests()).toHaveLength(2)
  })

  it('do not share the refusal of a wrong secret with a session whose secret is correct', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    await createProductSession().requestClientToken({ expiresIn: 3600 })
    clock.advance('1h')
    const wrong = createProductSession({ client: productClient({ id: 'my-product-1234', secret: 'wrong' }) })
    expect(await getErrorCode(wrong.getAccessToken())).toBe('oauth_error')
    expect(await getErrorCode(wrong.getAccessToken())).toBe('backing_off')
    expect(await createProductSession().getAccessToken()).toMatch(tokenPattern)
    expect(tokenRequests()).toHaveLength(3)
  })
})

describe('a session that is bound to no account', () => {
  it('gets nothing of an account that it only names', async () => {
    const { createDeveloperSession } = createBackEnd()
    await createDeveloperSession().login(dev)
    const stranger = createDeveloperSession()
    expect(await getErrorCode(stranger.login({ ...dev, password: 'wrong' }))).toBe('invalid_credentials')
    expect(stranger.state).toMatchObject({ status: 'signed_out' })
    expect(stranger.state.subject).toBeUndefined()
    expect(stranger.peekAccessToken()).toBeUndefined()
    expect(await getErrorCode(stranger.getAccessToken())).toBe('not_signed_in')
    expect(await stranger.login(mfa)).toMatchObject({ status: 'mfa_required' })
  })

  it('gets no token by a password without the second factor', async () => {
    const { createDeveloperSession, sandbox, clock } = createBackEnd()
    const signedIn = createDeveloperSession()
    await signedIn.login(mfa)
    await signedIn.submitOtp(sandbox.otp(mfa.username))
    const token = signedIn.peekAccessToken()
    const stranger = createDeveloperSession()
    await stranger.login(mfa)
    clock.advance('1m')
    expect(await getErrorCode(stranger.getAccessToken())).toBe('mfa_required')
    for (let tries = 0; tries < 3; tries += 1) {
      await getErrorCode(stranger.submitOtp(toWrongCode(sandbox.otp(mfa.username))))
    }
    expect(await getErrorCode(stranger.getAccessToken())).toBe('not_signed_in')
    expect(stranger.peekAccessToken()).toBeUndefined()
    // The account's own session keeps its token.
    await signedIn.load()
    expect(signedIn.peekAccessToken()).toBe(token)
  })

  it('takes over the record when it signs in with the correct password', async () => {
    const { createDeveloperSession, sessionKeys } = createBackEnd()
    const first = createDeveloperSession()
    await first.login(dev)
    const second = createDeveloperSession()
    await second.login(dev)
    expect(sessionKeys()).toHaveLength(1)
    await first.load()
    expect(first.peekAccessToken()).toBe(second.peekAccessToken())
  })
})

describe('the challenge of another process', () => {
  it("does not end this process's tokens, and its tokens replace them", async () => {
    const { createDeveloperSession, sandbox, clock } = createBackEnd()
    const [first, second] = [createDeveloperSession(mfa.username), createDeveloperSession(mfa.username)]
    await first.login(mfa)
    await first.submitOtp(sandbox.otp(mfa.username))
    const token = await first.getAccessToken()
    clock.advance('1m')
    await second.login(mfa)
    expect(await first.load()).toMatchObject({ status: 'mfa_required' })
    expect(first.peekAccessToken()).toBe(token)
    expect(await first.getAccessToken()).toBe(token)
    await second.submitOtp(sandbox.otp(mfa.username))
    await first.load()
    expect(first.peekAccessToken()).toBe(second.peekAccessToken())
    expect(first.peekAccessToken()).not.toBe(token)
  })

  it("does not end this process's tokens although the store lost them before", async () => {
    const { createDeveloperSession, sandbox, store, sessionKeys, clock } = createBackEnd()
    const [first, second] = [createDeveloperSession(mfa.username), createDeveloperSession(mfa.username)]
    await first.login(mfa)
    await first.submitOtp(sandbox.otp(mfa.username))
    const token = await first.getAccessToken()
    await removeRecord(store, sessionKeys()[0])
    clock.advance('1m')
    await second.login(mfa)
    expect(await first.load()).toMatchObject({ status: 'mfa_required' })
    expect(await first.getAccessToken()).toBe(token)
    // Both processes can answer the challenge.
    expect(await first.submitOtp(sandbox.otp(mfa.username))).toMatchObject({ status: 'signed_in' })
    // The second one's own sign-in was not completed.
    expect(await second.load()).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    expect(second.peekAccessToken()).toBeUndefined()
  })
})

async function removeRecord(store: Store, key = ''): Promise<void> {
  await store.remove(key, String((await store.load(key))?.version))
}

describe('a store that was emptied', () => {
  it('does not sign out a process with a valid token, which saves it again', async () => {
    const { createProductSession, store, sessionKeys, tokenRequests } = createWorld()
    const session = createProductSession()
    const token = await session.getAccessToken()
    await removeRecord(store, sessionKeys()[0])
    expect(await session.load()).toMatchObject({ status: 'signed_in' })
    expect(session.peekAccessToken()).toBe(token)
    expect(await createProductSession().getAccessToken()).toBe(token)
    expect(tokenRequests()).toHaveLength(1)
  })

  it("does not sign out a developer's process either", async () => {
    const { createDeveloperSession, store, sessionKeys } = createBackEnd()
    const session = createDeveloperSession()
    await session.login(dev)
    await removeRecord(store, sessionKeys()[0])
    await session.load()
    const other = createDeveloperSession(dev.username)
    expect(await other.getAccessToken()).toBe(session.peekAccessToken())
  })

  it('does not stop the renewal of an expired token', async () => {
    const { createCustomerSession, signIn, store, sessionKeys, clock, grantTypes, loadRecord } = createWorld()
    const session = createCustomerSession()
    await signIn(session, 3600)
    clock.advance('1h')
    await removeRecord(store, sessionKeys()[0])
    expect(await session.getAccessToken()).toMatch(tokenPattern)
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
    expect((await loadRecord()).tokens.accessToken).toBe(session.peekAccessToken())
  })

  it('is reported by idle() if the token cannot be saved again', async () => {
    const { createProductSession, store, sessionKeys, loadRecord } = createWorld()
    const session = createProductSession()
    await session.getAccessToken()
    await removeRecord(store, sessionKeys()[0])
    const save = store.save.bind(store)
    store.save = () => Promise.reject(new Error('disk is full'))
    await session.load()
    expect(await getErrorCode(session.idle())).toBe('store_unavailable')
    store.save = save
    await session.idle()
    expect((await loadRecord()).tokens.accessToken).toBe(session.peekAccessToken())
  })
})

/** A session whose lock does not hold, another one that renews meanwhile, and an expired token of both. */
async function createRace(signIn: 'client_credentials' | 'password', lockLost?: AbortSignal) {
  const world = createWorld()
  const create = signIn === 'password' ? world.createCustomerSession : world.createProductSession
  const other = create()
  if (signIn === 'password') await world.signIn(other, 3600)
  else await other.requestClientToken({ expiresIn: 3600 })
  const held = holdTokenRequests(world.options.fetch)
  const store = withoutLocks(world.store, lockLost)
  const session = create({ store, fetch: held.fetch, lockoutGuard: false })
  await session.load()
  world.clock.advance('1h')
  return { ...world, other, held, session, sharedStore: world.store, store }
}

describe('a session whose lock was lost', () => {
  it('takes the valid token that another process saved during its request, for all callers', async () => {
    const { session, other, held, loadRecord, tokenRequests } = await createRace('client_credentials')
    const calls = [session.getAccessToken(), session.getAccessToken()]
    await expect.poll(held.countWaiting).toBe(1)
    await other.getAccessToken()
    calls.push(session.getAccessToken())
    held.release()
    expect(new Set(await Promise.all(calls))).toEqual(new Set([other.peekAccessToken()]))
    expect((await loadRecord()).tokens.accessToken).toBe(other.peekAccessToken())
    await session.idle()
    expect(tokenRequests()).toHaveLength(3)
  })

  it('sends nothing if it knows so before its request, and takes the token of the other process', async () => {
    const { session, other, store, tokenRequests } = await createRace('client_credentials', AbortSignal.abort())
    const load = store.load.bind(store)
    let loads = 0
    store.load = async (key) => {
      const record = await load(key)
      loads += 1
      if (loads === 1) await other.getAccessToken()
      return record
    }
    expect(await session.getAccessToken()).toBe(other.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('takes the token of the other process if the intent of its refresh conflicts', async () => {
    const { session, other, store, grantTypes } = await createRace('password')
    const load = store.load.bind(store)
    let loads = 0
    store.load = async (key) => {
      const record = await load(key)
      loads += 1
      if (loads === 1) await other.getAccessToken()
      return record
    }
    expect(await session.getAccessToken()).toBe(other.peekAccessToken())
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
  })

  it('is signed out by a logout of another process during its renewal', async () => {
    const { session, other, held, loadRecord } = await createRace('client_credentials')
    const code = getErrorCode(session.getAccessToken())
    await expect.poll(held.countWaiting).toBe(1)
    await other.logout()
    held.release()
    expect(await code).toBe('not_signed_in')
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(await loadRecord()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('is signed out by that logout also if the application forced the renewal', async () => {
    const { session, other, held, loadRecord } = await createRace('client_credentials')
    const code = getErrorCode(session.getAccessToken({ forceRefresh: true }))
    await expect.poll(held.countWaiting).toBe(1)
    await other.logout()
    held.release()
    expect(await code).toBe('not_signed_in')
    expect(await loadRecord()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('saves the token that the application requested explicitly', async () => {
    const { session, other, held, loadRecord } = await createRace('client_credentials')
    const call = session.requestClientToken()
    await expect.poll(held.countWaiting).toBe(1)
    await other.getAccessToken()
    held.release()
    await call
    expect(session.peekAccessToken()).not.toBe(other.peekAccessToken())
    expect((await loadRecord()).tokens.accessToken).toBe(session.peekAccessToken())
    await other.load()
    expect(other.peekAccessToken()).toBe(session.peekAccessToken())
  })

  it('rejects if no other process has renewed', async () => {
    const { session, tokenRequests } = await createRace('client_credentials', AbortSignal.abort())
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'store_conflict',
      message: 'The lock of the session was lost, so nothing was sent. Try again.',
    })
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('a session that waits for the lock', () => {
  it('gets the token that the session before it saved after a conflict', async () => {
    const { session, other, held, createProductSession, tokenRequests } = await createRace('client_credentials')
    const call = session.getAccessToken()
    await expect.poll(held.countWaiting).toBe(1)
    const waiter = createProductSession()
    const calls = [call, other.getAccessToken(), waiter.getAccessToken()]
    held.release()
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(tokenRequests().length).toBeLessThanOrEqual(3)
  })
})
