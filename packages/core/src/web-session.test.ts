import { describe, expect, it } from 'vitest'
import { toWrongCode } from '../test/sandboxed.ts'
import { createWorld, getErrorCode, holdTokenRequests } from '../test/worlds.ts'
import { developerClient, type OAuthClient, productClient, userClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { WebSession } from './session.ts'
import type { ConnectionOptions } from './session-options.ts'
import { newSignInId } from './session-record.ts'
import { memoryStore, type Store } from './store.ts'
import { account, customer, type Subject } from './subject.ts'

// A sign-in is a gate: without the right password and code there is no token, also after earlier sign-ins.

const secret = 'client-secret'
const password = 'correct horse'
const person = 'mia'
const minuteMs = 60_000

const clients = {
  developer: developerClient(),
  product: productClient({ id: 'my-product', secret }),
  user: userClient({ id: 'my-scripts', secret }),
} as const
type Kind = keyof typeof clients
const kinds = Object.keys(clients) as Kind[]

/** A service with one person, who has MFA: an account of the developer and user clients, a customer of the product. */
function start(kind: Kind) {
  const mfa = { secret: 'JBSWY3DPEHPK3PXP' }
  const world = createWorld({
    accounts: [
      { username: 'owner', password },
      { username: person, password, mfa, ...(kind === 'product' && { customerOf: '1234' }) },
      { username: 'plain', password, ...(kind === 'product' && { customerOf: '1234' }) },
    ],
    clients: [
      { id: 'particle', secret: 'particle', kind: 'developer' },
      { id: 'my-product', secret, kind: 'product', owner: 'owner', product: { id: '1234', slug: 'my-product' } },
      { id: 'my-scripts', secret, kind: 'user', owner: kind === 'user' ? person : 'owner' },
    ],
  })
  const { baseUrl, clock, fetch, store } = world.options
  const client: OAuthClient = clients[kind]
  /** The session that one request of a browser with this id uses. */
  const open = (signInId: string, more: ConnectionOptions & { store?: Store } = {}): WebSession =>
    createSession({ client, baseUrl, clock, fetch, store, ...more, signInId })
  const getCode = () => world.sandbox.otp(person)
  return {
    ...world,
    client,
    open,
    getCode,
    getWrongCode: () => toWrongCode(getCode()),
    /** Lets the person sign in with the second factor in another browser. */
    async signInElsewhere() {
      const session = open(newSignInId())
      await session.login({ username: person, password })
      await session.submitOtp(getCode())
      // Particle accepts no code twice.
      clock.advance('1m')
      return session
    },
    /** Every record that a session saved. */
    listRecords: async () => Promise.all(world.sessionKeys().map(async (key) => (await store.load(key))?.value)),
  }
}

const login = (session: WebSession, given: string = password) => session.login({ username: person, password: given })

/** Tries every way to a token, now and later: none may work, and nothing may be sent with one. */
async function expectNoToken(session: WebSession, code: string): Promise<void> {
  expect(session.peekAccessToken()).toBeUndefined()
  const calls = [
    () => session.getAccessToken(),
    () => session.getAccessToken({ forceRefresh: true }),
    () => session.getAccessToken({ minValidityMs: minuteMs }),
    () => session.fetch('/v1/devices'),
  ]
  for (const call of calls) expect(await getErrorCode(call())).toBe(code)
  for (const state of [session.state, session.getState(), await session.load()])
    expect(state).not.toHaveProperty('tokens')
  expect(session.peekAccessToken()).toBeUndefined()
}

describe.each(kinds)('one sign-in with a %s client', (kind) => {
  it('has no token before its sign-in, although the person is signed in elsewhere', async () => {
    const { signInElsewhere, open, tokenRequests } = start(kind)
    await signInElsewhere()
    const sent = tokenRequests().length
    await expectNoToken(open(newSignInId()), 'not_signed_in')
    expect(tokenRequests()).toHaveLength(sent)
  })

  it('has no token while its second factor is open, in this process and in others', async () => {
    const { signInElsewhere, open } = start(kind)
    const elsewhere = await signInElsewhere()
    const id = newSignInId()
    const session = open(id)
    expect(await login(session)).toMatchObject({ status: 'mfa_required' })
    await expectNoToken(session, 'mfa_required')
    await expectNoToken(open(id), 'mfa_required')
    await expectNoToken(open(newSignInId()), 'not_signed_in')
    // The other browser is not disturbed.
    expect((await elsewhere.fetch('/v1/devices')).status).toBe(200)
  })

  it('has no token after a wrong password', async () => {
    const { signInElsewhere, open, listRecords } = start(kind)
    await signInElsewhere()
    const before = await listRecords()
    const session = open(newSignInId())
    await getErrorCode(login(session, 'wrong'))
    await expectNoToken(session, 'not_signed_in')
    // A refused sign-in leaves no record.
    expect(await listRecords()).toEqual(before)
  })

  it('has no token after a server error', async () => {
    const { signInElsewhere, open, sandbox } = start(kind)
    await signInElsewhere()
    const session = open(newSignInId())
    sandbox.failNext({ status: 503, error: 'server_error' })
    expect(await getErrorCode(login(session))).toBe('temporarily_unavailable')
    await expectNoToken(session, 'not_signed_in')
  })

  it('has no token after three wrong codes', async () => {
    const { signInElsewhere, open, getWrongCode } = start(kind)
    await signInElsewhere()
    const id = newSignInId()
    const session = open(id)
    await login(session)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await getErrorCode(session.submitOtp(getWrongCode()))).toMatch(/invalid_code|challenge_expired/)
      expect(session.peekAccessToken()).toBeUndefined()
    }
    await expectNoToken(session, 'not_signed_in')
    await expectNoToken(open(id), 'not_signed_in')
  })

  it('has no token after its challenge has expired', async () => {
    const { signInElsewhere, open, clock } = start(kind)
    await signInElsewhere()
    const id = newSignInId()
    const session = open(id)
    await login(session)
    clock.advance('11m')
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    await expectNoToken(session, 'not_signed_in')
    await expectNoToken(open(id), 'not_signed_in')
  })

  it('lets callers wait for a login in flight, which then has the last word', async () => {
    const { signInElsewhere, open, options } = start(kind)
    await signInElsewhere()
    const held = holdTokenRequests(options.fetch)
    const session = open(newSignInId(), { fetch: held.fetch })
    const attempt = login(session)
    await expect.poll(held.countWaiting).toBe(1)
    expect(session.peekAccessToken()).toBeUndefined()
    const fetching = getErrorCode(session.fetch('/v1/devices'))
    held.release()
    expect(await attempt).toMatchObject({ status: 'mfa_required' })
    expect(await fetching).toBe('mfa_required')
  })

  it('never uses the client’s own credentials', async () => {
    const { open, grantTypes } = start(kind)
    const session = open(newSignInId()) as WebSession & { requestClientToken: () => Promise<unknown> }
    const call = () => session.requestClientToken()
    await expect(call()).rejects.toMatchObject({ code: 'grant_not_allowed' })
    await login(session)
    await expect(call()).rejects.toMatchObject({ code: expect.stringMatching(/grant_not_allowed|mfa_required/) })
    await expectNoToken(session, 'mfa_required')
    expect(grantTypes()).not.toContain('client_credentials')
  })

  it('has the tokens of its sign-in, under a new id, and the old id opens nothing', async () => {
    const { open, getCode, sandbox, clock } = start(kind)
    const planted = newSignInId()
    const session = open(planted)
    await login(session)
    expect(session.signInId).toBe(planted)
    expect(await session.submitOtp(getCode())).toMatchObject({ status: 'signed_in', subject: { name: person } })
    expect(session.signInId).not.toBe(planted)
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    await expectNoToken(open(planted), 'not_signed_in')
    const next = open(session.signInId)
    expect(await next.load()).toMatchObject({ status: 'signed_in', subject: { name: person } })
    expect(await next.getAccessToken()).toBe(await session.getAccessToken())
    clock.advance('1m')
    sandbox.revoke()
    await expectNoTokenAfterRevocation(next)
  })

  /** A 401 of the API is the first that the session hears of a revocation. */
  async function expectNoTokenAfterRevocation(session: WebSession) {
    await session.fetch('/v1/devices').catch(() => undefined)
    await session.idle()
    if (kind === 'product') return // It still has a refresh token: see below.
    expect(await session.load()).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    await expectNoToken(session, 'reauthentication_required')
  }

  it('continues its own challenge in another process', async () => {
    const { open, getCode, getWrongCode } = start(kind)
    const id = newSignInId()
    await login(open(id))
    const second = open(id)
    expect(await second.load()).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
    await getErrorCode(second.submitOtp(getWrongCode()))
    const third = open(id)
    expect(await third.submitOtp(getCode())).toMatchObject({ status: 'signed_in' })
    for (const late of [second, open(id)]) {
      expect(await getErrorCode(late.submitOtp(getCode()))).toBe('no_challenge')
      await expectNoToken(late, 'not_signed_in')
    }
    expect((await third.fetch('/v1/devices')).status).toBe(200)
  })

  it('signs out everywhere where its id is used, and leaves no record', async () => {
    const { open, getCode, listRecords } = start(kind)
    const session = open(newSignInId())
    await login(session)
    await session.submitOtp(getCode())
    const other = open(session.signInId)
    expect(await other.load()).toMatchObject({ status: 'signed_in' })
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked' })
    expect(await listRecords()).toEqual([undefined, undefined])
    expect(await other.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    await expectNoToken(other, 'not_signed_in')
    await other.idle()
    expect(await listRecords()).toEqual([undefined, undefined])
  })

  it('shows its id in no record, key, state, error or inspection', async () => {
    const { open, getCode, getWrongCode, listRecords, sessionKeys, sandbox } = start(kind)
    const ids = [newSignInId()]
    const session = open(String(ids[0]))
    const seen: unknown[] = [session, session.state]
    session.subscribe((state) => seen.push(state))
    await login(session)
    seen.push(...(await listRecords()), await session.submitOtp(getWrongCode()).catch((thrown: unknown) => thrown))
    await session.submitOtp(getCode())
    ids.push(session.signInId)
    sandbox.failNext({ status: 503, error: 'server_error' })
    seen.push(await login(session).catch((thrown: unknown) => thrown))
    seen.push(session, session.state, ...(await listRecords()), sessionKeys(), sandbox.requests())
    const { inspect } = await import('node:util')
    const shown = inspect(seen, { depth: 12, showHidden: true, getters: false }) + JSON.stringify(seen)
    for (const id of ids) expect(shown).not.toContain(id)
  })

  it('refuses a record that was copied under another id', async () => {
    const { open, getCode, sessionKeys, store } = start(kind)
    const session = open(newSignInId())
    await login(session)
    await session.submitOtp(getCode())
    const stolen = await store.load(String(sessionKeys().at(-1)))
    const other = open(newSignInId())
    await login(other)
    const key = String(sessionKeys().at(-1))
    await store.save(key, String(stolen?.value), String((await store.load(key))?.version))
    const found = open(other.signInId)
    expect(await getErrorCode(found.load())).toBe('invalid_state')
    expect(found.peekAccessToken()).toBeUndefined()
  })

  it('drops its tokens when another sign-in is begun with its id', async () => {
    const { signInElsewhere, open } = start(kind)
    const session = await signInElsewhere()
    const repeated = open(session.signInId)
    await repeated.load()
    await getErrorCode(login(repeated, 'wrong'))
    // A refused password changes nothing.
    expect(await repeated.getAccessToken()).toBe(await session.getAccessToken())
    await login(repeated)
    await expectNoToken(repeated, 'mfa_required')
    await expectNoToken(open(session.signInId), 'mfa_required')
  })

  it('hides its tokens while its login is repeated', async () => {
    const { signInElsewhere, open, options } = start(kind)
    const { signInId } = await signInElsewhere()
    const held = holdTokenRequests(options.fetch)
    const session = open(signInId, { fetch: held.fetch })
    await session.load()
    const attempt = login(session)
    await expect.poll(held.countWaiting).toBe(1)
    expect(session.peekAccessToken()).toBeUndefined()
    expect(session.state).toMatchObject({ status: 'requesting' })
    held.release()
    await attempt
    await expectNoToken(session, 'mfa_required')
  })

  it('is complete with a password alone where the account has no MFA, and takes a token from elsewhere', async () => {
    const { open } = start(kind)
    if (kind === 'user') return // Its only account is the owner's, who has MFA here.
    const session = open(newSignInId())
    const before = session.signInId
    expect(await session.login({ username: 'plain', password })).toMatchObject({ status: 'signed_in' })
    expect(session.signInId).not.toBe(before)
    const subject: Subject = kind === 'product' ? customer('plain') : account('plain')
    const other = open(newSignInId())
    const otherId = other.signInId
    await other.setToken({ accessToken: await session.getAccessToken(), subject })
    expect(other.signInId).not.toBe(otherId)
    expect(await open(other.signInId).getAccessToken()).toBe(await session.getAccessToken())
  })
})

describe('one sign-in of a product’s customer', () => {
  async function signIn() {
    const world = start('product')
    const session = world.open(newSignInId())
    await session.login({ username: 'plain', password, expiresIn: 3600 })
    return { ...world, session }
  }

  it('renews with its refresh token, in each process that has its id', async () => {
    const { open, session, clock, grantTypes } = await signIn()
    const token = await session.getAccessToken()
    clock.advance('2h')
    const next = open(session.signInId)
    const renewed = await next.getAccessToken()
    expect(renewed).not.toBe(token)
    expect(await session.getAccessToken()).toBe(renewed)
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
  })

  it('ends when its refresh token is refused: a password reset ends every sign-in', async () => {
    const { open, session, clock, sandbox, grantTypes } = await signIn()
    sandbox.failNext({ status: 400, error: 'invalid_grant', match: { grant_type: 'refresh_token' } })
    clock.advance('2h')
    expect(await getErrorCode(session.getAccessToken())).toBe('reauthentication_required')
    for (const one of [session, open(session.signInId)]) {
      await expectNoToken(one, 'reauthentication_required')
      expect(one.state).toMatchObject({ reason: 'refresh_rejected' })
    }
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
  })

  it('ends when its token expires and there is no refresh token', async () => {
    const { open, clock, sandbox, grantTypes } = await signIn()
    const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 3600 }
    sandbox.failNext({ status: 200, body })
    const session = open(newSignInId())
    await session.login({ username: 'plain', password })
    clock.advance('2h')
    await expectNoToken(session, 'reauthentication_required')
    expect(grantTypes()).not.toContain('client_credentials')
  })
})

describe('the id of a sign-in', () => {
  it('is 32 random bytes in base64url', () => {
    const ids = Array.from({ length: 100 }, newSignInId)
    for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/)
    expect(new Set(ids).size).toBe(100)
  })

  it('may be one of your own, and belongs to one client', async () => {
    const world = start('developer')
    const id = crypto.randomUUID()
    await login(world.open(id))
    const others = [developerClient('particle-api'), clients.product, clients.user]
    for (const client of others) {
      const session = createSession({ ...world.options, client, signInId: id })
      await expectNoToken(session, 'not_signed_in')
    }
    expect(await world.open(id).load()).toMatchObject({ status: 'mfa_required' })
  })
})

describe('the record of one sign-in', () => {
  it('says to its store when it is of no use any more', async () => {
    const { open, getCode, store, clock } = start('developer')
    const saved: (number | undefined)[] = []
    const save = store.save.bind(store)
    store.save = (...call) => {
      if (call[0].startsWith('session-')) saved.push(call[3])
      return save(...call)
    }
    const session = open(newSignInId())
    await login(session)
    await session.submitOtp(getCode())
    const now = Date.now()
    const day = 24 * 60 * minuteMs
    // The store's clock is the system's, whatever the session's clock says.
    expect(Math.abs(clock.now() - now)).toBeGreaterThan(day)
    const days = saved.map((expiresAt) => Math.round((Number(expiresAt) - now) / day))
    expect(days).toEqual([1, 1, 91])
  })

  it('is not saved again when a store has lost it', async () => {
    const { signInElsewhere, listRecords, sessionKeys, store } = start('product')
    const session = await signInElsewhere()
    for (const key of sessionKeys()) {
      const record = await store.load(key)
      if (record !== undefined) await store.remove(key, record.version)
    }
    expect(await session.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    await session.idle()
    expect((await listRecords()).filter((value) => value !== undefined)).toEqual([])
  })

  it('is under the old id or the new one, never both, and nothing is lost, when the store fails in between', async () => {
    for (const method of ['remove', 'save'] as const) {
      const { open, getCode, store, listRecords } = start('developer')
      const session = open(newSignInId())
      await login(session)
      const id = session.signInId
      const call = store[method].bind(store) as (...given: unknown[]) => Promise<never>
      let failures = 0
      Object.assign(store, {
        async [method](...given: unknown[]) {
          // The attempt at the code is saved before it is sent. The next call is the one that moves the record.
          const isMove = method === 'remove' || failures > 0
          failures += 1
          if (String(given[0]).startsWith('session-') && isMove && failures < 3) throw new Error('gone')
          return call(...given)
        },
      })
      expect(await getErrorCode(session.submitOtp(getCode()))).toBe('store_unavailable')
      Object.assign(store, { [method]: call })
      await session.idle()
      expect((await listRecords()).filter((value) => value !== undefined)).toHaveLength(1)
      expect(session.signInId).not.toBe(id)
      expect(await open(session.signInId).load()).toMatchObject({ status: 'signed_in' })
      await expectNoToken(open(id), 'not_signed_in')
    }
  })
})

describe('clientToken: false', () => {
  it('keeps the client’s own credentials out of a session with a subject: first use, renewal, lost refresh', async () => {
    const { options, grantTypes, signIn, clock, sandbox } = createWorld()
    const session = createSession({ ...options, subject: customer('jane@example.com'), clientToken: false })
    expect(await getErrorCode(session.getAccessToken())).toBe('not_signed_in')
    await expect(session.requestClientToken()).rejects.toMatchObject({ code: 'grant_not_allowed' })
    await signIn(session, 3600)
    clock.advance('2h')
    sandbox.failNext({ drop: 'before' })
    expect(await getErrorCode(session.getAccessToken())).toBe('network_error')
    clock.advance('5m')
    expect(await session.getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    sandbox.failNext({ status: 400, error: 'invalid_grant' })
    clock.advance('90d')
    expect(await getErrorCode(session.getAccessToken())).toBe('reauthentication_required')
    expect(grantTypes()).not.toContain('client_credentials')
  })
})

// ─── Sessions with a subject, and unbound ones ──────────────────────────────────────────────────────────────────────

describe.each(['subject', 'neither'] as const)('a session with %s whose sign-in is open', (binding) => {
  async function startOpen(kind: 'developer' | 'user' = 'developer') {
    const world = start(kind)
    const { options, client, getCode, clock } = world
    const subject = binding === 'subject' ? account(person) : undefined
    const openSession = () => {
      const session = createSession({ ...options, client, subject })
      if (session.kind === 'product') throw new Error(session.kind)
      return session
    }
    const session = openSession()
    await session.login({ username: person, password })
    await session.submitOtp(getCode())
    clock.advance('1m')
    const token = await session.getAccessToken()
    await session.login({ username: person, password })
    return { ...world, session, token, openSession }
  }

  it('hides the tokens of the earlier sign-in, until its own code', async () => {
    const { session, token, getCode } = await startOpen()
    await expectNoToken(session as unknown as WebSession, 'mfa_required')
    await session.submitOtp(getCode())
    expect(await session.getAccessToken()).not.toBe(token)
  })

  it('hides them after three wrong codes, a server error, and the end of the challenge', async () => {
    const { session, sandbox, getWrongCode, clock } = await startOpen()
    sandbox.failNext({ status: 503, error: 'server_error' })
    await getErrorCode(session.submitOtp('123456'))
    await expectNoToken(session as unknown as WebSession, 'mfa_required')
    await getErrorCode(session.submitOtp(getWrongCode()))
    clock.advance('11m')
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    await expectNoToken(session as unknown as WebSession, 'not_signed_in')
    await session.logout()
    await expectNoToken(session as unknown as WebSession, 'not_signed_in')
  })

  it('hides tokens that another object gets meanwhile, and notifies its listeners once', async () => {
    const { session, openSession, getCode } = await startOpen()
    const states: string[] = []
    session.subscribe(({ status }) => states.push(status))
    const other = openSession()
    if (binding === 'neither') await other.login({ username: person, password })
    await other.load()
    await other.submitOtp(getCode())
    await expectNoToken(session as unknown as WebSession, 'not_signed_in')
    expect(states).toEqual(['signed_out'])
    expect(await other.getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('does not let the client’s own token take the place of the code', async () => {
    const { session, clock, grantTypes } = await startOpen('user')
    if (session.kind !== 'user') throw new Error(session.kind)
    expect(await getErrorCode(session.requestClientToken())).toBe('mfa_required')
    clock.advance('11m')
    expect(await getErrorCode(session.requestClientToken())).toBe('not_signed_in')
    await expectNoToken(session as unknown as WebSession, 'not_signed_in')
    expect(grantTypes()).not.toContain('client_credentials')
  })

  it('is complete with a token from elsewhere', async () => {
    const { session } = await startOpen()
    await session.setToken({ accessToken: 'a'.repeat(40), subject: account(person) })
    expect(await session.getAccessToken()).toBe('a'.repeat(40))
  })

  it('keeps its tokens when a password is refused', async () => {
    const world = start('developer')
    const { options, client, getCode } = world
    const subject = binding === 'subject' ? account(person) : undefined
    const session = createSession({ ...options, client, subject }) as unknown as WebSession
    await login(session)
    await session.submitOtp(getCode())
    const token = await session.getAccessToken()
    await getErrorCode(login(session, 'wrong'))
    expect(await session.getAccessToken()).toBe(token)
  })
})

describe('a session with a subject', () => {
  it('opens the account for a new object, as its documentation says: it is no check', async () => {
    const { options, client, getCode } = start('developer')
    const openSession = () => createSession({ ...options, client, subject: account(person) }) as unknown as WebSession
    const session = openSession()
    await login(session)
    await session.submitOtp(getCode())
    await login(session)
    expect(await openSession().getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('hides tokens from the object that submits a code of another process’s challenge', async () => {
    const { options, client, getCode, getWrongCode, clock } = start('developer')
    const openSession = () => createSession({ ...options, client, subject: account(person) }) as unknown as WebSession
    const first = openSession()
    await login(first)
    await first.submitOtp(getCode())
    clock.advance('1m')
    await login(openSession())
    const second = openSession()
    await getErrorCode(second.submitOtp(getWrongCode()))
    await expectNoToken(second, 'mfa_required')
  })
})

it('keeps records of memory stores apart', async () => {
  const { open } = start('developer')
  const id = newSignInId()
  await login(open(id, { store: memoryStore() }))
  await expectNoToken(open(id, { store: memoryStore() }), 'not_signed_in')
})
