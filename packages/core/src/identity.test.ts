import type { AccountOptions, ClientOptions } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { toWrongCode } from '../test/sandboxed.ts'
import { createWorld } from '../test/worlds.ts'
import { developerClient, type OAuthClient, productClient, userClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { GrantsError } from './errors.ts'
import type { DeveloperSession, ProductSession, SessionState, SignInSession, UserSession } from './session.ts'
import { memoryStore, type Store } from './store.ts'
import { account, customer, type Subject } from './subject.ts'

// Who is who: what a session may take over from a store, and what it must never get.

const secret = 'client-secret'
const password = 'correct horse'
const mfaSecret = 'JBSWY3DPEHPK3PXP'

/** Accounts, and customers of the product. Those whose names begin with "m" have MFA. */
const people: readonly AccountOptions[] = [
  { username: 'ann', password },
  { username: 'ben', password },
  { username: 'mia', password, mfa: { secret: mfaSecret } },
  { username: 'owner', password },
  { username: 'jane', password, customerOf: '1234' },
  { username: 'joe', password, customerOf: '1234' },
  { username: 'mila', password, mfa: { secret: mfaSecret }, customerOf: '1234' },
]
const clientList: readonly ClientOptions[] = [
  { id: 'particle', secret: 'particle', kind: 'developer' },
  { id: 'my-product', secret, kind: 'product', owner: 'owner', product: { id: '1234', slug: 'my-product' } },
  { id: 'my-scripts', secret, kind: 'user', owner: 'owner' },
]
const clients = {
  developer: developerClient(),
  product: productClient({ id: 'my-product', secret }),
  user: userClient({ id: 'my-scripts', secret }),
} as const

type Kind = keyof typeof clients
type Binding = 'subject' | 'profile' | 'neither'
type AnySession = DeveloperSession | UserSession | (ProductSession & SignInSession)

/** Every store: of this process, of one person, of several. */
const stores = {
  'a memory store': () => memoryStore(),
  'a store of one person': () => forwardTo(memoryStore(), true),
  'a store of several people': () => forwardTo(memoryStore(), false),
} as const

function forwardTo(store: Store, singleUser: boolean): Store {
  return {
    singleUser,
    load: (key) => store.load(key),
    save: (...call) => store.save(...call),
    remove: (...call) => store.remove(...call),
    withLock: (key, task) => store.withLock(key, task),
  }
}

/** The sandbox lets a user client sign in its owner only. Particle may accept others: here another client does that. */
function acceptEveryAccount(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const authorization = `Basic ${btoa('particle:particle')}`
  return (url, init) => {
    const isSignIn = /grant_type=(password|urn%3Acustom%3Amfa-otp)/.test(String(init?.body))
    return fetch(url, isSignIn ? { ...init, headers: { ...init?.headers, authorization } } : init)
  }
}

/** Starts a sandbox and a store. Each session that is opened is one of another process. */
function start(kind: Kind, store: Store = memoryStore()) {
  const world = createWorld({ accounts: people, clients: clientList })
  const { baseUrl, clock } = world.options
  const fetch = kind === 'user' ? acceptEveryAccount(world.options.fetch) : world.options.fetch
  const client: OAuthClient = clients[kind]
  const toSubject = kind === 'product' ? customer : account
  const open = (options: { subject?: Subject; profile?: string } = {}) =>
    createSession({ client, baseUrl, clock, fetch, store, ...options }) as unknown as AnySession
  return {
    ...world,
    kind,
    store,
    open,
    openOf: (name: string) => open({ subject: toSubject(name) }),
    /** Whose access token it is, according to the API; `undefined` if it is not valid. */
    async getHolder(token: string | undefined): Promise<string | undefined> {
      const headers = { authorization: `Bearer ${token}` }
      const response = await world.sandbox.fetch(`${baseUrl}/v1/user`, { headers })
      return response.status === 200 ? ((await response.json()) as { username: string }).username : undefined
    },
    getCode: (name: string) => world.sandbox.otp(name),
  }
}

type World = ReturnType<typeof start>

const login = (session: AnySession, username: string) => session.login({ username, password })

async function signIn({ getCode }: Pick<World, 'getCode'>, session: AnySession, name: string): Promise<string> {
  const { status } = await login(session, name)
  if (status === 'mfa_required') await session.submitOtp(getCode(name))
  return session.getAccessToken()
}

const requestToken = async (session: AnySession) => {
  if (session.kind === 'developer') throw new Error('a developer client cannot request a token')
  return session.getAccessToken()
}

// ─── The table ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** What another process left in the store. */
type Stored = 'nothing' | 'own' | 'other' | 'challenge' | 'signed out'

interface Row {
  readonly kind: Kind
  readonly binding: Binding
  readonly stored: Stored
  /** After `load()`: whose tokens, `challenge`, `signed out` by another process, or `nothing`. */
  readonly load: string
  /** `getAccessToken()` without a sign-in: whose token, from the store or requested; otherwise the error code. */
  readonly token: string
  /** `login()` as the session's own person, then as another one: whose tokens, or the error code. */
  readonly logins: readonly [own: string, other: string]
  /** `logout()`: whose stored token it revokes. */
  readonly logout: string
}

const mismatch = 'subject_mismatch'
const denied = 'invalid_argument'
const [out, wait] = ['not_signed_in', 'mfa_required']

// biome-ignore format: one line per case, to be read as a table
const table: readonly Row[] = [
  // A subject: that account's record and no other. Only a product client requests what is missing.
  { kind: 'developer', binding: 'subject', stored: 'nothing',    load: 'nothing',    token: out,              logins: ['ann', mismatch], logout: 'none' },
  { kind: 'developer', binding: 'subject', stored: 'own',        load: 'ann',        token: 'ann stored',     logins: ['ann', mismatch], logout: 'ann' },
  { kind: 'developer', binding: 'subject', stored: 'other',      load: 'nothing',    token: out,              logins: ['ann', mismatch], logout: 'none' },
  { kind: 'developer', binding: 'subject', stored: 'challenge',  load: 'challenge',  token: wait,             logins: ['mia', mismatch], logout: 'none' },
  { kind: 'developer', binding: 'subject', stored: 'signed out', load: 'signed out', token: out,              logins: ['ann', mismatch], logout: 'none' },
  { kind: 'user',      binding: 'subject', stored: 'nothing',    load: 'nothing',    token: out,              logins: ['ann', mismatch], logout: 'none' },
  { kind: 'user',      binding: 'subject', stored: 'own',        load: 'ann',        token: 'ann stored',     logins: ['ann', mismatch], logout: 'ann' },
  { kind: 'user',      binding: 'subject', stored: 'other',      load: 'nothing',    token: out,              logins: ['ann', mismatch], logout: 'none' },
  { kind: 'user',      binding: 'subject', stored: 'challenge',  load: 'challenge',  token: wait,             logins: ['mia', mismatch], logout: 'none' },
  { kind: 'user',      binding: 'subject', stored: 'signed out', load: 'signed out', token: out,              logins: ['ann', mismatch], logout: 'none' },
  { kind: 'product',   binding: 'subject', stored: 'nothing',    load: 'nothing',    token: 'jane requested', logins: [denied, denied], logout: 'none' },
  { kind: 'product',   binding: 'subject', stored: 'own',        load: 'jane',       token: 'jane stored',    logins: [denied, denied], logout: 'jane' },
  { kind: 'product',   binding: 'subject', stored: 'other',      load: 'nothing',    token: 'jane requested', logins: [denied, denied], logout: 'none' },
  { kind: 'product',   binding: 'subject', stored: 'signed out', load: 'signed out', token: out,              logins: [denied, denied], logout: 'none' },

  // A profile: the account that signed in under it last. Any account may sign in, and replaces it.
  { kind: 'developer', binding: 'profile', stored: 'nothing',    load: 'nothing',    token: out,              logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'developer', binding: 'profile', stored: 'own',        load: 'ann',        token: 'ann stored',     logins: ['ann', 'ben'], logout: 'ann' },
  { kind: 'developer', binding: 'profile', stored: 'other',      load: 'ben',        token: 'ben stored',     logins: ['ann', 'ben'], logout: 'ben' },
  { kind: 'developer', binding: 'profile', stored: 'challenge',  load: 'challenge',  token: wait,             logins: ['mia', 'ben'], logout: 'none' },
  { kind: 'developer', binding: 'profile', stored: 'signed out', load: 'signed out', token: out,              logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'profile', stored: 'nothing',    load: 'nothing',    token: 'owner requested', logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'profile', stored: 'own',        load: 'ann',        token: 'ann stored',     logins: ['ann', 'ben'], logout: 'ann' },
  { kind: 'user',      binding: 'profile', stored: 'other',      load: 'ben',        token: 'ben stored',     logins: ['ann', 'ben'], logout: 'ben' },
  { kind: 'user',      binding: 'profile', stored: 'challenge',  load: 'challenge',  token: wait,             logins: ['mia', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'profile', stored: 'signed out', load: 'signed out', token: out,              logins: ['ann', 'ben'], logout: 'none' },

  { kind: 'product',   binding: 'profile', stored: 'nothing',    load: 'nothing',    token: 'owner requested', logins: ['jane', 'joe'], logout: 'none' },
  { kind: 'product',   binding: 'profile', stored: 'own',        load: 'jane',       token: 'jane stored',    logins: ['jane', 'joe'], logout: 'jane' },
  { kind: 'product',   binding: 'profile', stored: 'other',      load: 'joe',        token: 'joe stored',     logins: ['jane', 'joe'], logout: 'joe' },
  { kind: 'product',   binding: 'profile', stored: 'challenge',  load: 'challenge',  token: wait,             logins: ['mila', 'joe'], logout: 'none' },
  { kind: 'product',   binding: 'profile', stored: 'signed out', load: 'signed out', token: out,              logins: ['jane', 'joe'], logout: 'none' },

  // Neither: nothing is taken over. A user client's first use is for its owner; a product client's session is the product's.
  { kind: 'developer', binding: 'neither', stored: 'nothing',    load: 'nothing',    token: out,              logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'developer', binding: 'neither', stored: 'own',        load: 'nothing',    token: out,              logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'developer', binding: 'neither', stored: 'other',      load: 'nothing',    token: out,              logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'developer', binding: 'neither', stored: 'challenge',  load: 'nothing',    token: out,              logins: ['mia', 'ben'], logout: 'none' },
  { kind: 'developer', binding: 'neither', stored: 'signed out', load: 'nothing',    token: out,              logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'neither', stored: 'nothing',    load: 'nothing',    token: 'owner requested', logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'neither', stored: 'own',        load: 'nothing',    token: 'owner requested', logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'neither', stored: 'other',      load: 'nothing',    token: 'owner requested', logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'neither', stored: 'challenge',  load: 'nothing',    token: 'owner requested', logins: ['mia', 'ben'], logout: 'none' },
  { kind: 'user',      binding: 'neither', stored: 'signed out', load: 'nothing',    token: 'owner requested', logins: ['ann', 'ben'], logout: 'none' },
  { kind: 'product',   binding: 'neither', stored: 'nothing',    load: 'nothing',    token: 'owner requested', logins: [denied, denied], logout: 'none' },
  { kind: 'product',   binding: 'neither', stored: 'own',        load: 'owner',      token: 'owner stored',   logins: [denied, denied], logout: 'owner' },
  { kind: 'product',   binding: 'neither', stored: 'other',      load: 'nothing',    token: 'owner requested', logins: [denied, denied], logout: 'none' },
  { kind: 'product',   binding: 'neither', stored: 'signed out', load: 'signed out', token: out,              logins: [denied, denied], logout: 'none' },
]

const cases = Object.entries(stores).flatMap(([storeName, createStore]) =>
  table
    .filter(({ binding }) => binding !== 'profile' || createStore().singleUser)
    .map((row) => ({ storeName, createStore, ...row })),
)

/** Lets other processes sign in, opens the session under test, and returns the tokens that are stored. */
async function prepare({ kind, binding, stored, createStore }: Row & { createStore: () => Store }) {
  const world = start(kind, createStore())
  const [plain, mfa, other] = kind === 'product' ? ['jane', 'mila', 'joe'] : ['ann', 'mia', 'ben']
  const own = stored === 'challenge' ? mfa : plain
  const isProduct = kind === 'product' && binding === 'neither'
  const openLike = (name: string) => {
    if (binding === 'profile') return world.open({ profile: 'work' })
    return isProduct && name === own && stored !== 'challenge' ? world.open() : world.openOf(name)
  }
  // A product's session has no sign-in, except under a profile.
  const canSignIn = kind !== 'product' || binding === 'profile'
  const getFirstToken = (opened: AnySession, name: string) =>
    canSignIn ? signIn(world, opened, name) : requestToken(opened)
  /** The tokens in the store, by the name of their subject. */
  const tokens = new Map<string, string>()
  if (stored === 'own' || stored === 'signed out') {
    const session = openLike(own)
    const token = await getFirstToken(session, own)
    if (stored === 'signed out') await session.logout()
    else tokens.set(isProduct ? 'owner' : own, token)
  }
  if (stored === 'other') tokens.set(other, await getFirstToken(openLike(other), other))
  if (stored === 'challenge') await login(openLike(own), own)
  const session =
    binding === 'subject' ? world.openOf(own) : world.open({ ...(binding === 'profile' && { profile: 'work' }) })
  return { ...world, own, other, tokens, session, sent: world.tokenRequests().length, openLike }
}

function describeState({ status }: SessionState, reason: string | undefined): string {
  if (status === 'mfa_required') return 'challenge'
  return reason === 'logged_out' ? 'signed out' : 'nothing'
}

const getCode = (thrown: unknown) => (GrantsError.isInstance(thrown) ? thrown.code : String(thrown))

describe.each(cases)(
  'a $kind session with $binding on $storeName that holds $stored',
  ({ load, token, logins, logout, ...row }) => {
    const given = { load, token, logins, logout, ...row }

    it(`finds ${load} when it loads`, async () => {
      const { session, getHolder, tokens, tokenRequests, sent } = await prepare(given)
      const state = await session.load()
      expect(session.state).toBe(state)
      const found = session.peekAccessToken()
      const reason = state.status === 'signed_out' ? state.reason : undefined
      expect((await getHolder(found)) ?? describeState(state, reason)).toBe(load)
      expect(found).toBe(tokens.get(load))
      expect(tokenRequests()).toHaveLength(sent)
    })

    it(`getAccessToken: ${token}`, async () => {
      const { session, getHolder, tokens, tokenRequests, sent } = await prepare(given)
      const result = await session.getAccessToken().then(
        async (value) => {
          const holder = String(await getHolder(value))
          return `${holder} ${value === tokens.get(holder) ? 'stored' : 'requested'}`
        },
        (thrown: unknown) => getCode(thrown),
      )
      expect(result).toBe(token)
      expect(tokenRequests()).toHaveLength(sent + (token.endsWith('requested') ? 1 : 0))
      await expectTokensKept(tokens, getHolder)
    })

    it.each(['own', 'other'] as const)(`login as $0 person: own ${logins[0]}, other ${logins[1]}`, async (who) => {
      const world = await prepare(given)
      const { session, own, other, getHolder, tokens, tokenRequests, sent } = world
      const name = who === 'own' ? own : other
      const expected = logins[who === 'own' ? 0 : 1]
      const result = await signIn(world, session, name).then(
        (value) => getHolder(value),
        (thrown: unknown) => getCode(thrown),
      )
      expect(result).toBe(expected)
      if (expected === mismatch || expected === denied) expect(tokenRequests()).toHaveLength(sent)
      else if (given.binding !== 'profile') expect(session.state).toMatchObject({ subject: { name } })
      await expectTokensKept(tokens, getHolder)
      if (given.binding === 'profile') return
      // The records of others are as they were.
      for (const [holder, value] of tokens) {
        if (holder === name) continue
        const found = holder === 'owner' ? world.open() : world.openOf(holder)
        await found.load()
        expect(found.peekAccessToken()).toBe(value)
      }
    })

    it(`logout revokes ${logout}, and nothing is requested automatically afterwards`, async () => {
      const world = await prepare(given)
      const { session, getHolder, tokens, tokenRequests, sent, sandbox } = world
      expect(await session.logout()).toMatchObject({ accessToken: logout === 'none' ? 'none' : 'revoked' })
      const revoked = sandbox.requests().filter(({ method }) => method === 'DELETE')
      const before = given.stored === 'signed out' ? 1 : 0
      expect(revoked).toHaveLength(before + (logout === 'none' ? 0 : 1))
      for (const [holder, value] of tokens) {
        expect(await getHolder(value)).toBe(holder === logout ? undefined : holder)
      }
      expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
      for (let call = 0; call < 2; call += 1) {
        await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
        await expect(session.fetch('/v1/devices')).rejects.toMatchObject({ code: 'not_signed_in' })
      }
      expect(session.peekAccessToken()).toBeUndefined()
      expect(tokenRequests()).toHaveLength(sent)
      // Processes of the same subject or profile are signed out, and those of others are not.
      if (tokens.has(logout)) {
        const same = world.openLike(logout === 'owner' ? world.own : logout)
        expect(await same.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
        await expect(same.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
        expect(tokenRequests()).toHaveLength(sent)
      }
    })
  },
)

/** Nothing but a logout or a login ends a token at Particle: no other token may be revoked. */
async function expectTokensKept(tokens: ReadonlyMap<string, string>, getHolder: World['getHolder']) {
  for (const [name, value] of tokens) expect(await getHolder(value)).toBe(name)
}

// ─── Unbound sessions ───────────────────────────────────────────────────────────────────────────────────────────────

describe.each(['developer', 'user'] as const)('an unbound %s session', (kind) => {
  /** Another process is signed in as this person. */
  async function startBeside(name: string) {
    const world = start(kind)
    const stored = await signIn(world, world.openOf(name), name)
    const expectStored = async () => {
      const found = world.openOf(name)
      await found.load()
      expect(found.peekAccessToken()).toBe(stored)
      expect(await found.getAccessToken()).toBe(stored)
      expect(await world.getHolder(stored)).toBe(name)
    }
    return { ...world, stored, session: world.open(), expectStored }
  }

  it('gets no token by a wrong password, and the stored one survives', async () => {
    const { session, expectStored, stored } = await startBeside('ann')
    await expect(session.login({ username: 'ann', password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
    expect(session.peekAccessToken()).toBeUndefined()
    await session.load()
    expect(await session.getAccessToken().catch(() => 'none')).not.toBe(stored)
    await expectStored()
  })

  it('gets no token by the password alone where MFA is required, and the stored one survives', async () => {
    const { session, expectStored, stored, open } = await startBeside('mia')
    await login(session, 'mia')
    expect(session.state).toMatchObject({ status: 'mfa_required', subject: account('mia') })
    for (const read of [session.load, session.getState, session.peekAccessToken, session.logout]) {
      expect(session.peekAccessToken()).toBeUndefined()
      await expect(session.getAccessToken()).rejects.toMatchObject({
        code: expect.stringMatching(/mfa_required/),
      })
      if (read !== session.logout) await read()
    }
    await expectStored()
    const other = open()
    await login(other, 'mia')
    expect(other.peekAccessToken()).toBeUndefined()
    expect(JSON.stringify(other.state)).not.toContain(stored)
    await expectStored()
  })

  it('leaves the stored token alone when its codes are wrong', async () => {
    const { session, expectStored, getCode: getOtp } = await startBeside('mia')
    await login(session, 'mia')
    for (const code of ['invalid_code', 'invalid_code', 'challenge_expired']) {
      await expect(session.submitOtp(toWrongCode(getOtp('mia')))).rejects.toMatchObject({ code })
      expect(session.peekAccessToken()).toBeUndefined()
      await expectStored()
    }
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    await session.idle()
    await expectStored()
  })

  it('leaves the stored token alone when Particle fails to judge its code', async () => {
    const { session, expectStored, sandbox } = await startBeside('mia')
    await login(session, 'mia')
    sandbox.failNext({ status: 503, error: 'server_error' })
    await expect(session.submitOtp('123456')).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
    await expectStored()
  })

  it('leaves the stored token alone when its challenge expires', async () => {
    const { session, expectStored, clock } = await startBeside('mia')
    await login(session, 'mia')
    clock.advance('10m')
    await expect(session.submitOtp('123456')).rejects.toMatchObject({ code: 'challenge_expired' })
    expect(session.peekAccessToken()).toBeUndefined()
    await expectStored()
  })

  it('leaves the stored token alone when it logs out during its challenge', async () => {
    const { session, expectStored, sandbox } = await startBeside('mia')
    await login(session, 'mia')
    expect(await session.logout()).toEqual({ accessToken: 'none', refreshToken: 'none' })
    expect(sandbox.requests().filter(({ method }) => method === 'DELETE')).toEqual([])
    await expectStored()
  })

  it('replaces the stored token once its code was correct', async () => {
    const { session, stored, getCode: getOtp, openOf, clock } = await startBeside('mia')
    clock.advance('30s') // Particle accepts no code twice.
    await login(session, 'mia')
    await session.submitOtp(getOtp('mia'))
    const token = session.peekAccessToken()
    expect(token).not.toBe(stored)
    const found = openOf('mia')
    expect(await found.load()).toMatchObject({ status: 'signed_in' })
    expect(found.peekAccessToken()).toBe(token)
  })

  it('belongs to the first account that signs in, until it logs out', async () => {
    const world = start(kind)
    const session = world.open()
    await signIn(world, session, 'ann')
    await expect(login(session, 'ben')).rejects.toMatchObject({
      code: 'subject_mismatch',
      details: { expected: 'account:ann', given: 'account:ben' },
    })
    expect(await world.getHolder(await session.getAccessToken())).toBe('ann')
    await session.logout()
    expect(await world.getHolder(await signIn(world, session, 'ben'))).toBe('ben')
    // Ann's signed-out record is still hers.
    expect(await world.openOf('ann').load()).toMatchObject({ reason: 'logged_out' })
  })

  it('is bound by no challenge alone', async () => {
    const world = start(kind)
    const session = world.open()
    await login(session, 'mia')
    expect(await world.getHolder(await signIn(world, session, 'ann'))).toBe('ann')
  })
})

describe("a user client's session", () => {
  it('takes over what its owner’s last first use stored', async () => {
    const { open, getHolder, tokenRequests } = start('user')
    const token = await requestToken(open())
    expect(await getHolder(token)).toBe('owner')
    const next = open()
    expect(await requestToken(next)).toBe(token)
    expect(tokenRequests()).toHaveLength(1)
    expect(next.state).not.toHaveProperty('subject')
  })

  it('is signed out by a logout of its owner’s session, and requests nothing then', async () => {
    const { open, tokenRequests } = start('user')
    const first = open()
    await requestToken(first)
    await first.logout()
    for (const session of [first, open()]) {
      await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    }
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is bound to its owner by the first use', async () => {
    const { open, getHolder } = start('user')
    const session = open()
    await requestToken(session)
    await expect(login(session, 'ann')).rejects.toMatchObject({ code: 'subject_mismatch' })
    expect(await getHolder(await session.getAccessToken())).toBe('owner')
  })

  it('never requests a token for the account that signed in to it', async () => {
    const world = start('user')
    const { open, openOf, clock, tokenRequests } = world
    for (const session of [open(), openOf('ann'), open({ profile: 'work' })]) {
      await session.login({ username: 'ann', password, expiresIn: 60 })
      const sent = tokenRequests().length
      clock.advance('1m')
      await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'reauthentication_required' })
      if (session.kind === 'developer') throw new Error(session.kind)
      await expect(session.getAccessToken({ forceRefresh: true })).rejects.toBeInstanceOf(GrantsError)
      expect(tokenRequests()).toHaveLength(sent)
    }
  })
})

// ─── Products and customers ─────────────────────────────────────────────────────────────────────────────────────────

describe("a customer's session", () => {
  const open = () => {
    const world = start('product')
    const session = world.openOf('jane') as unknown as ProductSession
    const expectJane = async () => expect(await world.getHolder(await session.getAccessToken())).toBe('jane')
    return { ...world, session, expectJane }
  }

  it.each([
    ['its first use', async () => {}],
    ['requestClientToken()', async ({ requestClientToken }: ProductSession) => requestClientToken()],
    ['a scope', async ({ requestClientToken }: ProductSession) => requestClientToken({ scope: '*:*' })],
    ['a forced refresh', async ({ getAccessToken }: ProductSession) => getAccessToken({ forceRefresh: true })],
    [
      'a rejected token',
      async ({ getAccessToken, invalidateToken }: ProductSession) => invalidateToken(await getAccessToken()),
    ],
    [
      'an external token without a refresh token',
      async (session: ProductSession) => {
        await session.setToken({ accessToken: 'a'.repeat(40) })
        session.invalidateToken('a'.repeat(40))
      },
    ],
  ])('has only tokens of the customer after %s', async (_, act) => {
    const { session, expectJane, clock, tokenRequests } = open()
    await act(session).catch(() => {})
    await expectJane()
    clock.advance('90d')
    await expectJane()
    clock.advance('400d')
    await expectJane()
    for (const { grant_type, form } of tokenRequests()) {
      if (grant_type === 'client_credentials') expect(form?.scope).toContain('customer=jane')
    }
  })

  it('has no token at all when Particle does not know the customer', async () => {
    const { openOf, tokenRequests } = start('product')
    const session = openOf('unknown@example.com')
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'unknown_customer' })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(tokenRequests()).toMatchObject([{ form: { scope: 'customer=unknown@example.com' } }])
  })

  it.each(['', '*:*', 'customer=joe', 'customer=joe customer=jane'])(
    'discards a response of the scope "%s"',
    async (scope) => {
      const { session, sandbox } = open()
      const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 3600, scope }
      sandbox.failNext({ status: 200, body })
      const result = await session.getAccessToken().catch((thrown: unknown) => getCode(thrown))
      // Some responses have no scope. One that has another scope must not be used.
      expect(result).toBe(scope === '' ? 'f'.repeat(40) : 'scope_mismatch')
    },
  )

  it('is separate from the session of the product itself, in the store as well', async () => {
    const { open: openProduct, openOf, getHolder, tokenRequests } = start('product')
    const tokens = [await openProduct().getAccessToken(), await openOf('jane').getAccessToken()]
    expect(await Promise.all(tokens.map(getHolder))).toEqual(['owner', 'jane'])
    expect([await openProduct().getAccessToken(), await openOf('jane').getAccessToken()]).toEqual(tokens)
    expect(tokenRequests()).toHaveLength(2)
    await openProduct().logout()
    expect(await openOf('jane').getAccessToken()).toBe(tokens[1])
    await openOf('jane').logout()
    await expect(openProduct().getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  it('tells who wants to sign in which option is missing', async () => {
    const { open: openProduct, openOf, tokenRequests } = start('product')
    for (const session of [openProduct(), openOf('jane')]) {
      const { submitOtp, submitRecoveryCode } = session
      const calls = [() => login(session, 'jane'), () => submitOtp('123456'), () => submitRecoveryCode('code')]
      for (const call of calls) {
        const message = expect.stringContaining('use createSession({ client, signInId })')
        await expect(call()).rejects.toMatchObject({ code: 'invalid_argument', message })
      }
    }
    expect(tokenRequests()).toEqual([])
  })
})

// ─── Records that say so, and records that are missing ──────────────────────────────────────────────────────────────

const bindings: readonly [string, Kind, (world: World) => AnySession, string][] = [
  ["a developer's session", 'developer', ({ openOf }) => openOf('ann'), 'ann'],
  ["a developer's profile", 'developer', ({ open }) => open({ profile: 'work' }), 'ann'],
  ["a user client's owner", 'user', ({ open }) => open(), 'owner'],
  ["a user client's profile", 'user', ({ open }) => open({ profile: 'work' }), 'owner'],
  ['a product', 'product', ({ open }) => open(), 'owner'],
  ["a customer's session", 'product', ({ openOf }) => openOf('jane'), 'jane'],
]

describe.each(bindings)('%s in two processes', (...[, kind, openSession, holder]) => {
  async function startTwo() {
    const world = start(kind)
    const [first, second] = [openSession(world), openSession(world)]
    const token = kind === 'developer' ? await signIn(world, first, holder) : await first.getAccessToken()
    if (kind === 'user') await second.getAccessToken()
    else await second.load()
    expect(second.peekAccessToken()).toBe(token)
    return { ...world, first, second, token, sent: world.tokenRequests().length }
  }

  it('is signed out by the record of a logout, and requests nothing then', async () => {
    const { first, second, tokenRequests, sent } = await startTwo()
    await first.logout()
    expect(await second.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    await expect(second.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(tokenRequests()).toHaveLength(sent)
  })

  it('is not signed out by a missing record, which it saves again', async () => {
    const { second, token, sessionKeys, store, tokenRequests, sent } = await startTwo()
    const keys = [...new Set(sessionKeys())]
    await emptyStore(store, keys)
    expect(await second.load()).toMatchObject({ status: 'signed_in' })
    expect(await second.getAccessToken()).toBe(token)
    expect(tokenRequests()).toHaveLength(sent)
  })
})

async function emptyStore(store: Store, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const record = await store.load(key)
    if (record !== undefined) await store.remove(key, record.version)
  }
}

// ─── Two accounts under one profile ─────────────────────────────────────────────────────────────────────────────────

describe.each(['developer', 'user'] as const)('two accounts under one profile of a %s client', (kind) => {
  async function startProfile() {
    const world = start(kind)
    const openProfile = () => world.open({ profile: 'work' })
    const anns = openProfile()
    const token = await signIn(world, anns, 'ann')
    return { ...world, anns, token, openProfile }
  }

  it('keep the current tokens in use while the challenge of the other is open', async () => {
    const { anns, token, openProfile, getHolder } = await startProfile()
    const next = openProfile()
    expect(await login(next, 'mia')).toMatchObject({ status: 'mfa_required', subject: account('mia') })
    for (const session of [anns, next, openProfile()]) {
      await session.load()
      expect(session.state).toMatchObject({ status: 'mfa_required', subject: account('mia') })
      expect(await session.getAccessToken()).toBe(token)
      expect(await getHolder(session.peekAccessToken())).toBe('ann')
    }
  })

  it('replace each other when the challenge is answered: a running session is signed out', async () => {
    const { anns, openProfile, getHolder, getCode: getOtp, tokenRequests, token } = await startProfile()
    const next = openProfile()
    await login(next, 'mia')
    await next.submitOtp(getOtp('mia'))
    const sent = tokenRequests().length
    anns.invalidateToken(token)
    await expect(anns.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(anns.state).toEqual({ status: 'signed_out', reason: 'replaced' })
    expect(anns.peekAccessToken()).toBeUndefined()
    expect(tokenRequests()).toHaveLength(sent)
    expect(await getHolder(await next.getAccessToken())).toBe('mia')
    await expect(anns.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    // Only an explicit load follows the profile.
    expect(await anns.load()).toMatchObject({ status: 'signed_in', subject: account('mia') })
    expect(anns.peekAccessToken()).toBe(next.peekAccessToken())
  })

  it('leave the record to the new one when the replaced session logs out', async () => {
    const { anns, openProfile, getHolder, token, ...world } = await startProfile()
    const next = openProfile()
    const bens = await signIn(world, next, 'ben')
    anns.invalidateToken(token)
    await anns.getAccessToken().catch(() => {})
    expect(anns.state).toMatchObject({ reason: 'replaced' })
    await anns.logout()
    await next.load()
    expect(next.peekAccessToken()).toBe(bens)
    expect(await getHolder(bens)).toBe('ben')
  })

  it('keep the tokens of the new one beside a challenge of the replaced session', async () => {
    const { anns, openProfile, getHolder, token, ...world } = await startProfile()
    const next = openProfile()
    const bens = await signIn(world, next, 'ben')
    anns.invalidateToken(token)
    await anns.getAccessToken().catch(() => {})
    expect(await login(anns, 'mia')).toMatchObject({ status: 'mfa_required' })
    expect(anns.peekAccessToken()).toBeUndefined()
    await next.load()
    expect(await next.getAccessToken()).toBe(bens)
  })

  it('return to the first one when the codes of the other are wrong', async () => {
    const { anns, token, openProfile, getCode: getOtp } = await startProfile()
    const next = openProfile()
    await login(next, 'mia')
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await next.submitOtp(toWrongCode(getOtp('mia'))).catch(() => {})
    }
    for (const session of [next, anns, openProfile()]) {
      await session.load()
      expect(session.state).toMatchObject({ status: 'signed_in', subject: account('ann') })
      expect(session.peekAccessToken()).toBe(token)
    }
  })

  it('are told apart when a password is wrong: nothing changes', async () => {
    const { anns, token, openProfile } = await startProfile()
    const next = openProfile()
    await expect(next.login({ username: 'ben', password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(next.state).toMatchObject({ status: 'signed_in', subject: account('ann') })
    expect(await anns.getAccessToken()).toBe(token)
  })

  it('share nothing with the same accounts outside the profile, or under another one', async () => {
    const { token, open, openOf } = await startProfile()
    const others = [openOf('ann'), open({ profile: 'home' }), open()]
    for (const session of others) {
      expect(await session.load()).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
      expect(session.peekAccessToken()).not.toBe(token)
    }
  })
})
