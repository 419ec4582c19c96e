import { describe, expect, it } from 'vitest'
import { brokenServers, type Fault } from '../test/faults.ts'
import { dev, mfa, product, startSandbox } from '../test/sandboxed.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { jane, trackSessionKeys } from '../test/worlds.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { SignedIn } from './session.ts'
import { memoryStore } from './store.ts'
import { account } from './subject.ts'

useSyncDigest()

/** A fault, and what it must leave behind. */
interface Case {
  readonly title: string
  readonly fault: Fault
  readonly error: { readonly code: string; readonly details: object }
  /** Attempts left of three: a code that may have been judged is counted, one that was not is given back. */
  readonly attemptsLeft: 2 | 3
  /** Whether the server may have used the refresh token. */
  readonly mayBeUsed: boolean
  /** Seconds until the session renews again. */
  readonly backoff: number
  /** Seconds until the lockout guard lets a request pass. @default the same */
  readonly blocked?: number
  /** The session's time-out. */
  readonly timeoutMs?: number
}

/** No response arrived that could be read: it is unknown what the server did. */
const lost = (details: object) =>
  ({ error: { code: 'network_error', details }, attemptsLeft: 2, mayBeUsed: true, backoff: 1 }) as const

/** A proxy or a server that failed: it judged no code, and may have used a refresh token. */
const failed = (code: string, details: object) =>
  ({ error: { code, details }, attemptsLeft: 3, mayBeUsed: true, backoff: 1 }) as const

const unavailable = (details: object) => failed('temporarily_unavailable', details)
const unexpected = (details: object) => failed('unexpected_response', details)

// biome-ignore format: one line per case, to be read as a table
const cases: readonly Case[] = [
  { title: 'a refused connection', fault: brokenServers.refused, ...lost({ reason: 'network', systemCode: 'ECONNREFUSED' }) },
  { title: 'a reset before the response', fault: brokenServers.resetBeforeResponse, ...lost({ reason: 'network' }) },
  { title: 'a reset in the body', fault: brokenServers.resetInBody, ...lost({ reason: 'network' }) },
  { title: 'a connection that ends in the body', fault: { drop: 'during' }, ...lost({ reason: 'network' }) },
  { title: 'a connection that ends without a response', fault: { drop: 'before' }, ...lost({ reason: 'network' }) },
  { title: 'a time-out', fault: brokenServers.silent, timeoutMs: 20, ...lost({ reason: 'timeout' }) },
  { title: 'an unknown host name', fault: brokenServers.unknownName, ...lost({ reason: 'network', systemCode: 'ENOTFOUND' }) },
  { title: 'an untrusted certificate', fault: brokenServers.untrusted, ...lost({ reason: 'network' }) },
  { title: '408 of a proxy', fault: { status: 408, body: 'Request Time-out' }, ...unexpected({ status: 408, reason: 'not_json' }) },
  { title: '408 of the server', fault: { status: 408, error: 'request_timeout' }, ...unavailable({ status: 408, error: 'request_timeout' }) },
  { title: '429 with Retry-After', fault: { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '120' } },
    error: { code: 'rate_limited', details: {} }, attemptsLeft: 3, mayBeUsed: false, backoff: 120 },
  { title: '429 without Retry-After', fault: { status: 429, error: 'rate_limit_exceeded' },
    error: { code: 'rate_limited', details: {} }, attemptsLeft: 3, mayBeUsed: false, backoff: 1, blocked: 300 },
  { title: '429 of a firewall', fault: { status: 429, body: '<html>Slow down</html>', headers: { 'retry-after': '90' } }, ...unavailable({ status: 429, error: undefined }) },
  { title: '500', fault: { status: 500, error: 'server_error' }, ...unavailable({ status: 500, error: 'server_error' }) },
  { title: '500 with the code of a refusal', fault: { status: 500, error: 'invalid_grant' }, ...unavailable({ status: 500, error: 'invalid_grant' }) },
  { title: '502 with an HTML page', fault: { status: 502, body: '<html><h1>Bad gateway</h1></html>' }, ...unavailable({ status: 502, error: undefined }) },
  { title: '503', fault: { status: 503, error: 'server_error' }, ...unavailable({ status: 503, error: 'server_error' }) },
  { title: '503 with Retry-After', fault: { status: 503, error: 'server_error', headers: { 'retry-after': '90' } }, ...unavailable({ status: 503, error: 'server_error' }), backoff: 90 },
  { title: '504 with text', fault: { status: 504, body: 'Gateway Time-out' }, ...unavailable({ status: 504, error: undefined }) },
  { title: 'truncated JSON', fault: { body: '{"token_type":"bearer","access_token":"ffff' }, ...unexpected({ status: 200, reason: 'not_json' }) },
  { title: 'an empty body', fault: { body: '' }, ...unexpected({ status: 200, reason: 'empty' }) },
  { title: 'an HTML page in place of tokens', fault: { body: '<title>Log in to the Wi-Fi</title>' }, ...unexpected({ status: 200, reason: 'html' }) },
  { title: '200 with an error', fault: { status: 200, error: 'invalid_grant' }, ...unexpected({ status: 200, reason: 'wrong_status' }) },
  { title: 'a redirect', fault: { status: 307, headers: { location: '/oauth/token' } }, ...unexpected({ status: 307, reason: 'redirect' }) },
]

/** Starts a sandbox over HTTP whose next request can fail. Each session is one of another process. */
async function start() {
  const world = await startSandbox()
  const { baseUrl, clock, sandbox } = world
  const store = memoryStore()
  const sessionKeys = trackSessionKeys(store)
  let brokenUrl: string | undefined
  let sent = 0
  const fetchAnywhere = (url: string | URL | Request, init?: RequestInit) => {
    sent += 1
    return fetch(brokenUrl === undefined ? url : String(url).replace(baseUrl, brokenUrl), init)
  }
  const common = { baseUrl, clock, store, fetch: fetchAnywhere }
  return {
    ...world,
    openDeveloper: (username: string, timeoutMs?: number) =>
      createSession({ client: developerClient(), subject: account(username), ...common, timeoutMs }),
    openProduct: (timeoutMs?: number) => createSession({ client: productClient(product), ...common, timeoutMs }),
    /** Customers sign in under a profile, and the client's own credentials may renew their tokens. */
    openProfile: (timeoutMs?: number) =>
      createSession({ client: productClient(product), profile: 'jane', ...common, timeoutMs }),
    password: String(sandbox.accounts.find(({ username }) => username === jane)?.password),
    async beginFault(fault: Fault) {
      sent = 0
      if (typeof fault === 'function') brokenUrl = await fault()
      else sandbox.failNext(fault)
    },
    endFault() {
      brokenUrl = undefined
    },
    countSent: () => sent,
    /** Returns what the store holds of the only session. */
    async loadRecord() {
      const [key] = sessionKeys()
      return JSON.parse(String((await store.load(String(key)))?.value))
    },
  }
}

type World = Awaited<ReturnType<typeof start>>

/** First sign-ins: what comes before, what is sent, and the state that a fault must leave behind. */
const signIns = {
  password: {
    prepare: async (_: World) => {},
    send: ({ openDeveloper }: World, timeoutMs?: number) => openDeveloper(dev.username, timeoutMs).login(dev),
    open: ({ openDeveloper }: World) => openDeveloper(dev.username),
    after: (_: Case): object => ({ status: 'signed_out', reason: 'never_signed_in' }),
  },
  'urn:custom:mfa-otp': {
    prepare: ({ openDeveloper }: World) => openDeveloper(mfa.username).login(mfa),
    send: async ({ openDeveloper, sandbox }: World, timeoutMs?: number) => {
      const session = openDeveloper(mfa.username, timeoutMs)
      await session.load()
      return session.submitOtp(sandbox.otp(mfa.username))
    },
    open: ({ openDeveloper }: World) => openDeveloper(mfa.username),
    after: ({ attemptsLeft }: Case): object => ({ status: 'mfa_required', challenge: { attemptsLeft } }),
  },
  'urn:custom:recovery-code': {
    prepare: ({ openDeveloper }: World) => openDeveloper(mfa.username).login(mfa),
    send: async ({ openDeveloper }: World, timeoutMs?: number) => {
      const session = openDeveloper(mfa.username, timeoutMs)
      await session.load()
      return session.submitRecoveryCode('a1b2-c3d4-e5f6')
    },
    open: ({ openDeveloper }: World) => openDeveloper(mfa.username),
    after: ({ attemptsLeft }: Case): object => ({ status: 'mfa_required', challenge: { attemptsLeft } }),
  },
  client_credentials: {
    prepare: async (_: World) => {},
    send: ({ openProduct }: World, timeoutMs?: number) => openProduct(timeoutMs).requestClientToken(),
    open: ({ openProduct }: World) => openProduct(),
    after: (_: Case): object => ({ status: 'signed_out', reason: 'never_signed_in' }),
  },
} as const

type SignIn = keyof typeof signIns
const codeGrants = ['urn:custom:mfa-otp', 'urn:custom:recovery-code'] as const

const combine = <N extends string>(names: readonly N[], chosen: readonly Case[] = cases) =>
  names.flatMap((name) => chosen.map((fault) => [name, fault.title, fault] as const))

describe('a first sign-in that fails', () => {
  it.each(combine(Object.keys(signIns) as SignIn[]))(
    '(%s) is sent once, ends nothing and says what happened after %s',
    async (name, _, given) => {
      const { fault, timeoutMs, error } = given
      const world = await start()
      const { prepare, send, open, after } = signIns[name]
      await prepare(world)
      await world.beginFault(fault)
      await expect(send(world, timeoutMs)).rejects.toMatchObject({
        code: error.code,
        retry: 'later',
        details: { ...(error.code === 'network_error' && { grantType: name }), ...error.details },
      })
      expect(world.countSent()).toBe(1)
      // As any other process finds it.
      const found = open(world)
      expect(await found.load()).toMatchObject(after(given))
      expect(found.peekAccessToken()).toBeUndefined()
    },
  )

  it.each(
    combine(
      codeGrants,
      cases.filter(({ attemptsLeft }) => attemptsLeft === 3),
    ),
  )('(%s) keeps the challenge for the next code after %s', async (name, _, { fault, error, ...expected }) => {
    const world = await start()
    const { prepare, send } = signIns[name]
    await prepare(world)
    await world.beginFault(fault)
    await expect(send(world)).rejects.toMatchObject({ code: error.code })
    world.endFault()
    world.clock.advance((expected.blocked ?? expected.backoff) * 1000)
    expect(await send(world)).toMatchObject({ status: 'signed_in' })
    expect(world.countSent()).toBe(2)
  })
})

/** Renewals: whose tokens they are, and which grant renews them. */
const renewals = {
  client_credentials: {
    signIn: ({ openProduct }: World) => openProduct().requestClientToken({ expiresIn: 3600 }),
    open: ({ openProduct }: World, timeoutMs?: number) => openProduct(timeoutMs),
    grantAfter: (_: Case) => 'client_credentials',
  },
  refresh_token: {
    signIn: ({ openProfile, password }: World) => openProfile().login({ username: jane, password, expiresIn: 3600 }),
    open: ({ openProfile }: World, timeoutMs?: number) => openProfile(timeoutMs),
    // A refresh token that may have been used is not sent again while there is another way.
    grantAfter: ({ mayBeUsed }: Case) => (mayBeUsed ? 'client_credentials' : 'refresh_token'),
  },
} as const

type Renewal = keyof typeof renewals
const renewalNames = Object.keys(renewals) as Renewal[]

/** Opens a session that has tokens, in a separate process, whose next request fails. */
async function startRenewal(name: Renewal, { fault, timeoutMs, ...expected }: Case) {
  const world = await start()
  const { signIn, open } = renewals[name]
  const { tokens } = (await signIn(world)) as SignedIn
  const session = open(world, timeoutMs)
  await session.load()
  await world.beginFault(fault)
  const isPending = name === 'refresh_token' && expected.mayBeUsed
  /** Checks what the fault left behind, now, in the session and in the store. */
  const expectBackoff = async (backoff = expected.backoff) => {
    const now = world.clock.now()
    expect(session.state).toMatchObject({ status: 'signed_in', tokens: { expiresAt: tokens.expiresAt } })
    const record = await world.loadRecord()
    expect(record.tokens.accessToken).toBe(tokens.accessToken.reveal())
    expect(record.tokens.refreshToken).toBe(tokens.refreshToken?.reveal())
    expect(record.tokens.pendingRefresh).toEqual(isPending ? { sentAt: now, isClientRefused: false } : undefined)
    const retryAt = now + backoff * 1000
    expect(record.backoff).toEqual({ failures: 1, failedAt: now, retryAt, cause: expected.error.code })
    return retryAt
  }
  return { ...world, session, token: tokens.accessToken.reveal(), expectBackoff }
}

describe('a renewal that fails while the token is valid', () => {
  it.each(combine(renewalNames))('(%s) keeps the token in use after %s', async (name, _, given) => {
    const world = await startRenewal(name, given)
    const { session, token, expectBackoff, countSent } = world
    await expect(session.getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: given.error.code,
      details: given.error.details,
      // The first error says when to try again, as the next ones do.
      retryAt: world.clock.now() + given.backoff * 1000,
    })
    await expectBackoff()
    expect(session.peekAccessToken()).toBe(token)
    expect(await session.getAccessToken()).toBe(token)
    expect(countSent()).toBe(1)
  })
})

describe('a renewal that fails after the token has expired', () => {
  it.each(combine(renewalNames))('(%s) is repeated when it is time after %s', async (name, _, given) => {
    const world = await startRenewal(name, given)
    const { session, token, expectBackoff, countSent, clock, tokenRequests } = world
    clock.advance('1h')
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: given.error.code,
      details: given.error.details,
    })
    // The lockout guard holds automatic renewals back for longer.
    const retryAt = await expectBackoff(given.blocked ?? given.backoff)
    expect(session.peekAccessToken()).toBeUndefined()
    // Less than the second that it would wait for the end of a back-off.
    await expect(session.getAccessToken({ timeoutMs: 999 })).rejects.toMatchObject({
      code: 'renewal_backoff',
      retry: 'later',
      retryAt,
      details: { failures: 1, cause: given.error.code },
    })
    expect(countSent()).toBe(1)

    world.endFault()
    clock.advance((given.blocked ?? given.backoff) * 1000)
    const later = renewals[name].open(world)
    expect(await later.getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(later.peekAccessToken()).not.toBe(token)
    expect(countSent()).toBe(2)
    expect(tokenRequests().at(-1)).toMatchObject({
      grant_type: renewals[name].grantAfter(given),
      status: 200,
    })
    const record = await world.loadRecord()
    expect(record.tokens.pendingRefresh).toBeUndefined()
    expect(record.backoff).toBeUndefined()
  })
})

describe('tokens in a response', () => {
  const tokens = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 3600 }

  it.each(['text/html', 'text/plain', 'application/octet-stream'])(
    'are accepted with the content type %s',
    async (type) => {
      const fault = { body: tokens, headers: { 'content-type': type } }
      for (const { prepare, send, open } of Object.values(signIns)) {
        const world = await start()
        await prepare(world)
        await world.beginFault(fault)
        expect(await send(world)).toMatchObject({ status: 'signed_in' })
        const session = open(world)
        expect(await session.getAccessToken()).toBe('f'.repeat(40))
        expect(world.countSent()).toBe(1)
      }
      for (const { signIn, open } of Object.values(renewals)) {
        const world = await start()
        await signIn(world)
        const session = open(world)
        await session.load()
        await world.beginFault(fault)
        expect(await session.getAccessToken({ forceRefresh: true })).toBe('f'.repeat(40))
        expect(world.countSent()).toBe(1)
      }
    },
  )
})
