import { describe, expect, it } from 'vitest'
import { dev, mfa, toWrongCode } from '../test/sandboxed.ts'
import { createWorld, getErrorCode } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { GrantsError } from './errors.ts'
import type { Identity } from './machine/state.ts'
import { getSessionKey } from './session-record.ts'
import type { Store } from './store.ts'
import { account, customer, owner, type TokenSubject } from './subject.ts'

const tokenPattern = /^[0-9a-f]{40}$/

describe('the key of a record', () => {
  const identity: Identity = {
    baseUrl: 'https://api.particle.io',
    clientId: 'my-product-1234',
    clientKind: 'product',
    subject: undefined,
    profile: undefined,
  }

  const unnamed = { subject: undefined, signInId: undefined }

  it('differs by base URL, client, and subject, profile or sign-in id', async () => {
    const sessions: [Partial<Identity>, TokenSubject | undefined, signInId?: string][] = [
      [{}, owner],
      [{}, customer('jane@example.com')],
      [{}, customer('owner')],
      [{}, account('jane@example.com')],
      [{ baseUrl: 'https://other.example' }, owner],
      [{ clientId: 'other' }, owner],
      [{ profile: 'owner' }, undefined],
      [{ profile: 'customer:jane@example.com' }, undefined],
      [{ profile: 'work' }, undefined],
      [{ isOneSignIn: true }, undefined, 'owner'],
      [{ isOneSignIn: true }, undefined, 'another-sign-in-id-of-a-user'],
    ]
    const keys = await Promise.all(
      sessions.map(([changes, subject, signInId]) => getSessionKey({ ...identity, ...changes }, { subject, signInId })),
    )
    expect(new Set(keys).size).toBe(sessions.length)
    for (const key of keys) expect(key).toMatch(/^session-[0-9a-f]{64}$/)
  })

  it('is the same for every account of a profile', async () => {
    const work = { ...identity, profile: 'work' }
    const names = [{ subject: account('a'), signInId: undefined }, unnamed]
    const [one, other] = await Promise.all(names.map((name) => getSessionKey(work, name)))
    expect(one).toBe(other)
  })

  it('does not exist for an unbound session', async () => {
    expect(await getSessionKey(identity, unnamed)).toBeUndefined()
  })
})

/** A product's session, saved, whose record is then changed. */
async function createChangedRecord(change: (value: string) => string) {
  const world = createWorld()
  await world.createProductSession().requestClientToken()
  const [key = ''] = world.sessionKeys()
  const record = await world.store.load(key)
  const value = change(String(record?.value))
  await world.store.save(key, value, String(record?.version))
  return { ...world, key, value, loadValue: async () => (await world.store.load(key))?.value }
}

const toLaterRelease = (value: string) => value.replace(/"version":\d+/, '"version":99')

describe('a record that cannot be read', () => {
  it.each([
    ['damaged', (value: string) => value.slice(0, -1)],
    ['of another subject', (value: string) => value.replace('"owner"', '"customer:jane@example.com"')],
    ['of another client', (value: string) => value.replace('my-product-1234', 'my-product-9999')],
    ['of a later release', toLaterRelease],
  ])('is rejected at each call if it is %s, and no renewal replaces it', async (_, change) => {
    const { createProductSession, value, loadValue, tokenRequests } = await createChangedRecord(change)
    const session = createProductSession()
    for (let calls = 0; calls < 3; calls += 1) {
      expect(await getErrorCode(session.load())).toBe('invalid_state')
      expect(await getErrorCode(session.getAccessToken())).toBe('invalid_state')
      expect(await getErrorCode(session.getAccessToken({ forceRefresh: true }))).toBe('invalid_state')
    }
    expect(await loadValue()).toBe(value)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is replaced by an explicit sign-in', async () => {
    const { createProductSession } = await createChangedRecord(toLaterRelease)
    const session = createProductSession()
    expect(await session.requestClientToken()).toMatchObject({ status: 'signed_in' })
    expect(await createProductSession().getAccessToken()).toBe(session.peekAccessToken())
  })

  const damaged = new GrantsError('store_damaged', 'The file was cut off.', {
    place: '/somewhere',
    problem: 'it is cut off',
    keptAt: undefined,
  })
  const ofLaterRelease = new GrantsError('invalid_state', 'The state is unreadable.', {
    problem: 'its version is 99',
  })

  function damageStore(store: Store, error: GrantsError): () => void {
    const load = store.load.bind(store)
    store.load = async (key) => {
      if (key.startsWith('session-')) throw error
      return load(key)
    }
    return () => {
      store.load = load
    }
  }

  function createDevelopers() {
    const world = createWorld()
    const options = { ...world.options, client: developerClient(), subject: account(dev.username) }
    return { ...world, createDeveloperSession: () => createSession(options) }
  }

  it('in a damaged store does not stop a sign-in, which replaces it', async () => {
    const { createDeveloperSession, store } = createDevelopers()
    const repair = damageStore(store, damaged)
    expect(await createDeveloperSession().login(dev)).toMatchObject({ status: 'signed_in' })
    repair()
    expect(await createDeveloperSession().getAccessToken()).toMatch(tokenPattern)
  })

  it.each([
    ['store_damaged', damaged],
    ['invalid_state', ofLaterRelease],
  ])('(%s) stops those that need it, and no logout', async (code, error) => {
    const { createDeveloperSession, store, loadRecord } = createDevelopers()
    const session = createDeveloperSession()
    await session.login(dev)
    const repair = damageStore(store, error)
    expect(await getErrorCode(createDeveloperSession().getAccessToken())).toBe(code)
    expect(await getErrorCode(createDeveloperSession().load())).toBe(code)
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked' })
    repair()
    expect(await loadRecord()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })
})

describe('the record of an expired challenge', () => {
  it('contains no secret, and a new sign-in replaces it', async () => {
    const { options, sandbox, loadRecord, sessionKeys } = createWorld()
    const session = createSession({ ...options, client: developerClient(), subject: account(mfa.username) })
    await session.login(mfa)
    for (let tries = 0; tries < 3; tries += 1) {
      await getErrorCode(session.submitOtp(toWrongCode(sandbox.otp(mfa.username))))
    }
    const record = await loadRecord()
    expect(record).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    expect(JSON.stringify(record)).not.toContain('oken')
    expect(await session.login(mfa)).toMatchObject({ status: 'mfa_required' })
    expect(sessionKeys()).toHaveLength(1)
  })

  it('tells other processes that the challenge was used', async () => {
    const { options, sandbox, tokenRequests } = createWorld()
    const createDeveloperSession = () =>
      createSession({ ...options, client: developerClient(), subject: account(mfa.username) })
    const [first, second] = [createDeveloperSession(), createDeveloperSession()]
    await first.login(mfa)
    await second.load()
    const wrong = toWrongCode(sandbox.otp(mfa.username))
    for (let tries = 0; tries < 3; tries += 1) await getErrorCode(first.submitOtp(wrong))
    const sent = tokenRequests().length
    expect(['challenge_expired', 'no_challenge']).toContain(await getErrorCode(second.submitOtp(wrong)))
    expect(tokenRequests()).toHaveLength(sent)
  })
})

describe('a token that could not be saved', () => {
  /** A customer whose refreshed token could not be saved: the intent was, and then the disk was full. */
  async function createUnsaved() {
    const world = createWorld()
    const session = world.createCustomerSession()
    await world.signIn(session, 3600)
    world.clock.advance('59m')
    const old = session.peekAccessToken()
    const save = world.store.save.bind(world.store)
    world.store.save = async (key, value, version) => {
      if (!value.includes('pendingRefresh')) throw new Error('disk is full')
      return save(key, value, version)
    }
    await session.idle().catch(() => {})
    expect(session.peekAccessToken()).not.toBe(old)
    return {
      ...world,
      session,
      repair: () => {
        world.store.save = save
      },
    }
  }

  it('is saved by the next call', async () => {
    const { session, repair, loadRecord, createCustomerSession } = await createUnsaved()
    repair()
    await session.load()
    expect((await loadRecord()).tokens.accessToken).toBe(session.peekAccessToken())
    expect(await createCustomerSession().getAccessToken()).toBe(session.peekAccessToken())
  })

  it('is saved by idle(), which rejects until then', async () => {
    const { session, repair, loadRecord } = await createUnsaved()
    expect(await getErrorCode(session.idle())).toBe('store_unavailable')
    repair()
    await session.idle()
    expect((await loadRecord()).tokens.accessToken).toBe(session.peekAccessToken())
  })

  it('is not forgotten when the intent of the next renewal cannot be saved either', async () => {
    const { session, repair, store, loadRecord } = await createUnsaved()
    const renewed = session.peekAccessToken()
    store.save = () => Promise.reject(new Error('disk is full'))
    expect(await getErrorCode(session.getAccessToken({ forceRefresh: true }))).toBe('store_unavailable')
    expect(session.peekAccessToken()).toBe(renewed)
    repair()
    await session.idle()
    expect((await loadRecord()).tokens.accessToken).toBe(renewed)
  })

  it('is dropped if another process has saved one since', async () => {
    const { session, repair, createCustomerSession } = await createUnsaved()
    repair()
    const other = createCustomerSession()
    await other.load()
    await other.getAccessToken({ forceRefresh: true })
    await session.load()
    expect(session.peekAccessToken()).toBe(other.peekAccessToken())
  })
})
