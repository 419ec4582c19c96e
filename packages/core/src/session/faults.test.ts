import { describe, expect, it } from 'vitest'
import { sockets, type Trouble } from '../../test/faults.ts'
import { dev, mfa, product, sandboxed } from '../../test/sandboxed.ts'
import { revealed } from '../../test/secrets.ts'
import { useSyncDigest } from '../../test/sync-digest.ts'
import { jane } from '../../test/worlds.ts'
import { developerClient, productClient } from '../clients.ts'
import type { SignedIn } from '../machine/state.ts'
import { memoryStore } from '../store/memory-store.ts'
import { customer } from '../subject.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

useSyncDigest()

interface Fault {
  readonly title: string
  readonly trouble: Trouble
  readonly error: { readonly code: string; readonly details: object }
  /** Codes left of three: one that may have been judged is counted, one that was not is given back. */
  readonly triesLeft: 2 | 3
  /** Whether the server may have spent the refresh token. */
  readonly refreshToken: 'in doubt' | 'kept'
  /** Seconds after which a renewal is due again, as the state tells. */
  readonly pause: number
  /** Seconds after which it is let go. @default the same */
  readonly blocked?: number
  /** Milliseconds that the session gives a request. */
  readonly timeout?: number
}

/** No answer came that could be read: nobody knows what the server did. */
const noAnswer = (details: object) =>
  ({
    error: { code: 'no_answer', details },
    triesLeft: 2,
    refreshToken: 'in doubt',
    pause: 1,
  }) as const

/** A proxy, or a server that failed: it has judged no code, and may have spent a refresh token. */
const strange = (code: string, details: object) =>
  ({ error: { code, details }, triesLeft: 3, refreshToken: 'in doubt', pause: 1 }) as const

const faults: readonly Fault[] = [
  {
    title: 'a refused connection',
    trouble: sockets.refused,
    ...noAnswer({ reason: 'network', systemCode: 'ECONNREFUSED' }),
  },
  {
    title: 'a reset before the answer',
    trouble: sockets.resetBeforeAnswer,
    ...noAnswer({ reason: 'network' }),
  },
  {
    title: 'a reset in the middle of the body',
    trouble: sockets.resetInBody,
    ...noAnswer({ reason: 'network' }),
  },
  {
    title: 'a connection that ends in the middle of the body',
    trouble: { drop: 'during' },
    ...noAnswer({ reason: 'network' }),
  },
  {
    title: 'a connection that ends without an answer',
    trouble: { drop: 'before' },
    ...noAnswer({ reason: 'network' }),
  },
  {
    title: 'a time-out',
    trouble: sockets.silent,
    timeout: 20,
    ...noAnswer({ reason: 'timeout' }),
  },
  {
    title: 'a name that is not found',
    trouble: sockets.unknownName,
    ...noAnswer({ reason: 'network', systemCode: 'ENOTFOUND' }),
  },
  {
    title: 'a server that nobody vouches for',
    trouble: sockets.untrusted,
    ...noAnswer({ reason: 'network' }),
  },
  {
    title: '408 from a proxy',
    trouble: { status: 408, body: 'Request Time-out' },
    ...strange('unexpected_answer', { status: 408, reason: 'not_json' }),
  },
  {
    title: '408 from the server',
    trouble: { status: 408, error: 'request_timeout' },
    ...strange('temporarily_unavailable', { status: 408, error: 'request_timeout' }),
  },
  {
    title: '429 with Retry-After',
    trouble: { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '120' } },
    error: { code: 'rate_limited', details: { retryAfter: 120 } },
    triesLeft: 3,
    refreshToken: 'kept',
    pause: 120,
  },
  {
    title: '429 without Retry-After',
    trouble: { status: 429, error: 'rate_limit_exceeded' },
    error: { code: 'rate_limited', details: { retryAfter: undefined } },
    triesLeft: 3,
    refreshToken: 'kept',
    pause: 1,
    blocked: 1800,
  },
  {
    title: '500',
    trouble: { status: 500, error: 'server_error' },
    ...strange('temporarily_unavailable', { status: 500, error: 'server_error' }),
  },
  {
    title: '500 with the words of a refusal',
    trouble: { status: 500, error: 'invalid_grant' },
    ...strange('temporarily_unavailable', { status: 500, error: 'invalid_grant' }),
  },
  {
    title: '502 with an HTML page',
    trouble: { status: 502, body: '<html><h1>Bad gateway</h1></html>' },
    ...strange('unexpected_answer', { status: 502, reason: 'html' }),
  },
  {
    title: '503',
    trouble: { status: 503, error: 'server_error' },
    ...strange('temporarily_unavailable', { status: 503, error: 'server_error', retryAfter: undefined }),
  },
  {
    title: '503 with Retry-After',
    trouble: { status: 503, error: 'server_error', headers: { 'retry-after': '90' } },
    ...strange('temporarily_unavailable', { status: 503, error: 'server_error', retryAfter: 90 }),
    pause: 90,
  },
  {
    title: 'truncated JSON',
    trouble: { body: '{"token_type":"bearer","access_token":"ffff' },
    ...strange('unexpected_answer', { status: 200, reason: 'not_json' }),
  },
  {
    title: 'an empty body',
    trouble: { body: '' },
    ...strange('unexpected_answer', { status: 200, reason: 'empty' }),
  },
  {
    title: 'an HTML page in place of tokens',
    trouble: { body: '<title>Log in to the Wi-Fi</title>' },
    ...strange('unexpected_answer', { status: 200, reason: 'html' }),
  },
  {
    title: '200 with an error',
    trouble: { status: 200, error: 'invalid_grant' },
    ...strange('unexpected_answer', { status: 200, reason: 'wrong_status' }),
  },
  {
    title: 'a redirect',
    trouble: { status: 307, headers: { location: '/oauth/token' } },
    ...strange('unexpected_answer', { status: 307, reason: 'redirect' }),
  },
]

/** A sandbox over HTTP, whose next answer can be in trouble; and what was sent since. */
async function troubled() {
  const world = await sandboxed()
  const { baseUrl, clock, sandbox } = world
  const store = memoryStore()
  let elsewhere: string | undefined
  let sent = 0
  const fetchThrough: Fetch = (url, init) => {
    sent += 1
    return fetch(elsewhere === undefined ? url : url.replace(baseUrl, elsewhere), init)
  }
  const common = { baseUrl, clock, store, fetch: fetchThrough }
  return {
    ...world,
    developer: (username: string, timeout?: number) =>
      createSession({ client: developerClient(), subject: `account:${username}`, ...common, timeout }),
    product: (subject: 'owner' | 'customer', timeout?: number) =>
      createSession({
        client: productClient(product),
        subject: subject === 'owner' ? 'owner' : customer(jane),
        ...common,
        timeout,
      }),
    password: String(sandbox.accounts.find(({ username }) => username === jane)?.password),
    async begin(trouble: Trouble) {
      sent = 0
      if (typeof trouble === 'function') elsewhere = await trouble()
      else sandbox.failNext(trouble)
    },
    end() {
      elsewhere = undefined
    },
    sent: () => sent,
  }
}

type World = Awaited<ReturnType<typeof troubled>>

/** First sign-ins: what leads there, what is sent, and the state that it must leave behind. */
const signIns = {
  password: {
    begin: async (_: World) => {},
    send: ({ developer }: World, timeout?: number) => developer(dev.username, timeout).login(dev),
    session: ({ developer }: World) => developer(dev.username),
    after: (_: Fault) => ({ status: 'signed_out', reason: 'never_signed_in' }),
  },
  'urn:custom:mfa-otp': {
    begin: ({ developer }: World) => developer(mfa.username).login(mfa),
    send: async ({ developer, sandbox }: World, timeout?: number) => {
      const session = developer(mfa.username, timeout)
      await session.restore()
      return session.submitOtp(sandbox.otp(mfa.username))
    },
    session: ({ developer }: World) => developer(mfa.username),
    after: ({ triesLeft }: Fault) => ({ status: 'mfa_required', challenge: { triesLeft }, held: undefined }),
  },
  'urn:custom:recovery-code': {
    begin: ({ developer }: World) => developer(mfa.username).login(mfa),
    send: async ({ developer }: World, timeout?: number) => {
      const session = developer(mfa.username, timeout)
      await session.restore()
      return session.submitRecoveryCode('a1b2-c3d4-e5f6')
    },
    session: ({ developer }: World) => developer(mfa.username),
    after: ({ triesLeft }: Fault) => ({ status: 'mfa_required', challenge: { triesLeft }, held: undefined }),
  },
  client_credentials: {
    begin: async (_: World) => {},
    send: ({ product }: World, timeout?: number) => product('owner', timeout).authorize(),
    session: ({ product }: World) => product('owner'),
    after: (_: Fault) => ({ status: 'signed_out', reason: 'never_signed_in' }),
  },
} as const

type SignIn = keyof typeof signIns

const rows = <N extends string>(names: readonly N[]) =>
  names.flatMap((name) => faults.map((fault) => [name, fault.title, fault] as const))

describe('a first sign-in that goes wrong ends nothing, costs one request and says what happened', () => {
  it.each(rows(Object.keys(signIns) as SignIn[]))('%s: %s', async (grant_type, _, fault) => {
    const world = await troubled()
    const { begin, send, session, after } = signIns[grant_type]
    await begin(world)
    await world.begin(fault.trouble)
    await expect(send(world, fault.timeout)).rejects.toMatchObject({
      code: fault.error.code,
      details: { grant_type, ...fault.error.details },
    })
    expect(world.sent()).toBe(1)
    // As any other process finds it.
    const found = session(world)
    expect(await found.restore()).toMatchObject(after(fault))
    expect(found.peekToken()).toBeUndefined()
  })

  it.each(
    rows(['urn:custom:mfa-otp', 'urn:custom:recovery-code'] as const).filter(
      ([, , { triesLeft, blocked = 0 }]) => triesLeft === 3 && blocked === 0,
    ),
  )('%s: after %s the same challenge is answered with the next code', async (grant_type, _, fault) => {
    const world = await troubled()
    const { begin, send } = signIns[grant_type]
    await begin(world)
    await world.begin(fault.trouble)
    await expect(send(world, fault.timeout)).rejects.toMatchObject({ code: fault.error.code })
    world.end()
    world.clock.advance(fault.pause * 1000)
    expect(await send(world)).toMatchObject({ status: 'signed_in' })
    expect(world.sent()).toBe(2)
  })
})

/** Renewals: whose tokens they are, and by which grant they come. */
const renewals = {
  client_credentials: {
    begin: ({ product }: World) => product('owner').authorize({ expiresIn: 3600 }),
    session: ({ product }: World, timeout?: number) => product('owner', timeout),
    renewedAfter: (_: Fault) => 'client_credentials',
  },
  refresh_token: {
    begin: ({ product, password }: World) =>
      product('customer').login({ username: jane, password, expiresIn: 3600 }),
    session: ({ product }: World, timeout?: number) => product('customer', timeout),
    // A refresh token in doubt is not sent again as long as there is another way.
    renewedAfter: ({ refreshToken }: Fault) =>
      refreshToken === 'in doubt' ? 'client_credentials' : 'refresh_token',
  },
} as const

type RenewedBy = keyof typeof renewals

/** A session that has tokens, in a process of its own, and the next request in trouble. */
async function renewing(by: RenewedBy, fault: Fault) {
  const world = await troubled()
  const { begin, session } = renewals[by]
  const { tokens } = (await begin(world)) as SignedIn
  const found = session(world, fault.timeout)
  await found.restore()
  await world.begin(fault.trouble)
  const inDoubt = by === 'refresh_token' && fault.refreshToken === 'in doubt'
  /** The state that the fault must leave behind at this moment. */
  const after = () => ({
    status: 'signed_in',
    tokens: {
      ...(revealed(tokens) as object),
      refreshInDoubt: inDoubt ? { since: world.clock.now(), askAgainRefused: false } : undefined,
    },
    renewalStopped: undefined,
    renewalPostponed: {
      failures: 1,
      because: fault.error.code,
      retryAt: world.clock.now() + fault.pause * 1000,
    },
  })
  return { ...world, session: found, token: tokens.accessToken.reveal(), after }
}

describe('a renewal that goes wrong while the token is good leaves it in use, and everything in the store', () => {
  it.each(rows(Object.keys(renewals) as RenewedBy[]))('%s: %s', async (by, _, fault) => {
    const world = await renewing(by, fault)
    const { session, token, after, sent } = world
    await expect(session.renew()).rejects.toMatchObject({
      code: fault.error.code,
      details: { grant_type: by, ...fault.error.details },
    })
    expect(revealed(session.state)).toMatchObject(after())
    expect(revealed(await renewals[by].session(world).restore())).toMatchObject(after())
    expect(session.peekToken()).toBe(token)
    expect(await session.accessToken()).toBe(token)
    expect(sent()).toBe(1)
  })
})

describe('a renewal that goes wrong after the token has run out is tried again, when it is time', () => {
  it.each(rows(Object.keys(renewals) as RenewedBy[]))('%s: %s', async (by, _, fault) => {
    const world = await renewing(by, fault)
    const { session, token, after, sent, clock, tokenRequests } = world
    clock.advance('1h')
    await expect(session.accessToken()).rejects.toMatchObject({
      code: fault.error.code,
      details: { grant_type: by, ...fault.error.details },
    })
    const left = after()
    expect(revealed(session.state)).toMatchObject(left)
    expect(session.peekToken()).toBeUndefined()
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'renewal_postponed',
      details: { failures: 1, because: fault.error.code },
    })
    expect(sent()).toBe(1)

    world.end()
    clock.advance((fault.blocked ?? fault.pause) * 1000)
    const later = renewals[by].session(world)
    expect(await later.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(later.peekToken()).not.toBe(token)
    expect(sent()).toBe(2)
    expect(tokenRequests().at(-1)).toMatchObject({
      grant_type: renewals[by].renewedAfter(fault),
      status: 200,
    })
    expect(later.state).toMatchObject({
      tokens: { refreshInDoubt: undefined },
      renewalPostponed: undefined,
    })
  })
})

describe('tokens are taken from a right answer', () => {
  const right = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 3600 }

  it.each(['text/html', 'text/plain', 'application/octet-stream'])(
    'whose content type is %s',
    async (type) => {
      const trouble = { body: right, headers: { 'content-type': type } }
      for (const { begin, send, session } of Object.values(signIns)) {
        const world = await troubled()
        await begin(world)
        await world.begin(trouble)
        expect(await send(world)).toMatchObject({ status: 'signed_in' })
        expect(await session(world).accessToken()).toBe('f'.repeat(40))
        expect(world.sent()).toBe(1)
      }
      for (const { begin, session } of Object.values(renewals)) {
        const world = await troubled()
        await begin(world)
        const renewed = session(world)
        await renewed.restore()
        await world.begin(trouble)
        expect(await renewed.renew()).toMatchObject({ status: 'signed_in' })
        expect(renewed.peekToken()).toBe('f'.repeat(40))
        expect(world.sent()).toBe(1)
      }
    },
  )
})
