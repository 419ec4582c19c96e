import { createClock } from '@particle-grants/sandbox'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { dev, product, sandboxed } from '../../test/sandboxed.ts'
import { now, refreshable, renewing, requesting, signedIn, signedOut } from '../../test/states.ts'
import { developerClient, productClient, userClient } from '../clients.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { SettledState } from '../machine/state.ts'
import { allowInsecureRequests } from '../protocol/base-url.ts'
import { Secret } from '../secret.ts'
import { createSession } from './create-session.ts'
import type { SessionOptions } from './options.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const client = developerClient()

describe('making a session', () => {
  it('sends nothing, and begins signed out at api.particle.io', () => {
    const session = createSession({ client })
    expect(session).toMatchObject({ kind: 'developer' })
    expect(session.state).toEqual({
      status: 'signed_out',
      reason: 'never_signed_in',
      identity: {
        baseUrl: 'https://api.particle.io',
        clientId: 'particle',
        clientKind: 'developer',
        subject: undefined,
      },
    })
  })

  it.each([
    ['no client', {}, 'client'],
    ['a client that was made by hand', { client: { id: 'particle', secret: 'particle' } }, 'client'],
    ['a base URL that is none', { client, baseUrl: 'api.particle.io' }, 'baseUrl'],
    ['a base URL with a password', { client, baseUrl: 'https://a:b@api.particle.io' }, 'baseUrl'],
    ['an unknown way to authenticate', { client, clientAuthentication: 'header' }, 'clientAuthentication'],
    ['no options', undefined, 'client'],
    ['nothing', null, 'client'],
    ['a client without its secret', { client: { kind: 'developer', id: 'particle' } }, 'client'],
    ['a client whose secret is bare', { client: { ...client, secret: 'particle' } }, 'client'],
    ['a client whose secret is no text', { client: { ...client, secret: new Secret(5) } }, 'client'],
    ['a client without its id', { client: { ...client, id: undefined } }, 'client'],
    ['a client of no kind', { client: { ...client, kind: 'service' } }, 'client'],
    ['no time at all', { client, timeout: 0 }, 'timeout'],
    ['less', { client, timeout: -1 }, 'timeout'],
    ['half a millisecond', { client, timeout: 0.5 }, 'timeout'],
    ['no end', { client, timeout: Number.POSITIVE_INFINITY }, 'timeout'],
    ['a time that a timer would take for one millisecond', { client, timeout: 2 ** 31 }, 'timeout'],
    ['a time that no timer takes', { client, timeout: 2 ** 32 }, 'timeout'],
    ['a clock that tells no time', { client, clock: {} }, 'clock'],
    ['no clock', { client, clock: null }, 'clock'],
    ['an origin that stands alone', { client, origins: 'https://api.particle.io' }, 'origins'],
    ['an origin that is a number', { client, origins: [5] }, 'origins'],
    ['an origin with a path', { client, origins: ['https://api.particle.io/v1'] }, 'origins'],
    ['an origin of something else', { client, origins: ['ws://api.particle.io'] }, 'origins'],
    ['a subject that is a number', { client, subject: 5 }, 'subject'],
    ['a state that is text', { client, state: serializeState(signedOut()) }, 'state'],
    ['a state that is none', { client, state: 5 }, 'state'],
    ['no state', { client, state: null }, 'state'],
    ['a state in which a request is under way', { client, state: requesting() }, 'state'],
    ['a state in which a renewal is under way', { client, state: renewing() }, 'state'],
    ['a state without its tokens', { client, state: { ...signedIn(), tokens: undefined } }, 'state'],
    ['no tries', { client, challengeLimits: { tries: 0 } }, 'challengeLimits.tries'],
    ['half a try', { client, challengeLimits: { tries: 0.5 } }, 'challengeLimits.tries'],
    [
      'an endless challenge',
      { client, challengeLimits: { maxAge: Number.POSITIVE_INFINITY } },
      'challengeLimits.maxAge',
    ],
    ['an owner for a developer client', { client, subject: 'owner' }, 'subject'],
    ['a customer for a developer client', { client, subject: 'customer:jane@example.com' }, 'subject'],
    [
      'an account for a product client',
      { client: productClient(product), subject: 'account:a@b' },
      'subject',
    ],
    ['a fetch that is none', { client, fetch: 'fetch' }, 'fetch'],
  ])('refuses %s and names it', (_, options, parameter) => {
    expect(() => createSession(options as unknown as SessionOptions<typeof client>)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', details: expect.objectContaining({ parameter }) }),
    )
  })

  it('says how a state is read from its text', () => {
    const state = serializeState(signedOut()) as unknown as SettledState
    expect(() => createSession({ client, state })).toThrow('pass parseState(text)')
  })

  it('refuses a state whose fields are wrong, and says which', () => {
    const state = { ...signedOut(), reason: 'tired' } as unknown as SettledState
    expect(() => createSession({ client, state })).toThrow(
      expect.objectContaining({
        code: 'invalid_state',
        message: expect.stringContaining('reason is none of'),
      }),
    )
  })

  it('takes no refresh token from a state that its client can’t use', () => {
    const tokens = refreshable({ refreshToken: new Secret('refresh-held') })
    const { state } = createSession({ client, state: signedIn({ tokens }), clock: { now: () => now } })
    expect(state).toMatchObject({ status: 'signed_in', tokens: { refreshToken: undefined } })
  })

  it('refuses plain http to another machine, unless told that this is wanted', () => {
    const baseUrl = 'http://particle.test'
    expect(() => createSession({ client, baseUrl })).toThrow(
      expect.objectContaining({ code: 'insecure_base_url' }),
    )
    expect(createSession({ client, baseUrl, [allowInsecureRequests]: true }).state.identity.baseUrl).toBe(
      baseUrl,
    )
  })

  it('says so on a platform without fetch', () => {
    vi.stubGlobal('fetch', undefined)
    expect(() => createSession({ client })).toThrow(GrantsError)
  })

  it('uses a fetch that is installed later', async () => {
    const session = createSession({ client })
    const fetch = vi.fn(async () => new Response('<html>'))
    vi.stubGlobal('fetch', fetch)
    await expect(session.login(dev)).rejects.toMatchObject({ code: 'unexpected_answer' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('puts the client into the body in a page, which spares the preflight', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    vi.stubGlobal('document', {})
    await createSession({ client, baseUrl }).login(dev)
    expect(tokenRequests()[0]?.form).toMatchObject({ client_id: 'particle' })
  })

  it('counts by the wall clock when no clock is given', async () => {
    const { baseUrl } = await sandboxed({ clock: createClock() })
    const session = createSession({ client, baseUrl })
    const before = Date.now()
    await session.login({ ...dev, expiresIn: 3600 })
    const { state } = session
    expect(
      state.status === 'signed_in' && state.tokens.issuedAt >= before && state.tokens.issuedAt <= Date.now(),
    ).toBe(true)
  })

  it('takes a subject in the form that its client has', () => {
    const user = userClient({ id: 'my-scripts-5678', secret: 's' })
    expect(createSession({ client: user, subject: 'account:Dev@Example.com' }).state.identity.subject).toBe(
      'account:dev@example.com',
    )
    expect(createSession({ client: user, subject: 'owner' }).state.identity.subject).toBe('owner')
    expect(createSession({ client: user }).state.identity.subject).toBeUndefined()
    const uuid = 'customer:8C9F-AB' as const
    expect(createSession({ client: productClient(product), subject: uuid }).state.identity.subject).toBe(uuid)
  })
})

describe('a platform without Web Crypto', () => {
  it('is told so, before anything is begun', () => {
    vi.stubGlobal('crypto', {})
    try {
      expect(() => createSession({ client })).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          details: expect.objectContaining({ parameter: 'crypto' }),
        }),
      )
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('watching a session', () => {
  it('tells each state once, in order, until it is ended', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({ client, baseUrl })
    const seen: string[] = []
    const end = session.subscribe(({ status }) => seen.push(status))
    await session.login({ username: 'mfa@example.com', password: 'battery staple' })
    await session.submitOtp(sandbox.otp('mfa@example.com'))
    end()
    end()
    await session.logout()
    expect(seen).toEqual(['requesting', 'mfa_required', 'requesting', 'signed_in'])
  })

  it.each([5, undefined, null, {}])('takes a function, and not %j', (listener) => {
    expect(() => createSession({ client }).subscribe(listener as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: expect.objectContaining({ parameter: 'listener' }),
      }),
    )
  })

  it('is not disturbed by a listener that throws: the others are told, and the error surfaces', async () => {
    const surfaced = new Promise((resolve) => process.once('unhandledRejection', resolve))
    const { baseUrl } = await sandboxed()
    const session = createSession({ client, baseUrl })
    const seen: string[] = []
    const end = session.subscribe(() => {
      end()
      throw new Error('listener is broken')
    })
    session.subscribe(({ status }) => seen.push(status))
    expect(await session.login(dev)).toMatchObject({ status: 'signed_in' })
    expect(seen).toEqual(['requesting', 'signed_in'])
    expect(await surfaced).toMatchObject({ message: 'listener is broken' })
  })

  it('waits its turn: two steps at once are taken one after the other', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const session = createSession({ client, baseUrl })
    const results = await Promise.allSettled([
      session.login({ ...dev, password: 'wrong' }),
      session.login(dev),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(tokenRequests()).toHaveLength(2)
  })
})
