import { describe, expect, it } from 'vitest'
import { getError, getTokenRequest } from '../../test/effects.ts'
import { challenged, events, failed, failures, granted, refused } from '../../test/events.ts'
import { revealSecrets } from '../../test/secrets.ts'
import {
  createBackoff,
  createIdentity,
  createOwnIdentity,
  createRefreshableTokens,
  createTokens,
  createUnboundIdentity,
  day,
  minute,
  now,
  renewing,
  requesting,
  signedIn,
  signedOut,
  subjects,
} from '../../test/states.ts'
import { GrantsError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { owner } from '../subject.ts'
import type { MachineEvent } from './event.ts'
import { getTokens, type MachineState, type MachineTokens, type SignedInState } from './state.ts'
import { type Transition, transition } from './transition.ts'

const ofCustomer = { identity: createIdentity('product') }
const refreshable = signedIn({ ...ofCustomer, tokens: createRefreshableTokens() })
const expired = { expiresAt: now }
const clientTokens = createTokens('client_credentials')
const byClient = renewing({ ...ofCustomer, tokens: clientTokens, grantType: 'client_credentials' })
const pendingRefresh = { sentAt: now, isClientRefused: false }

/** A product's token from elsewhere, whose subject is not known, so that only its refresh token can renew it. */
function external(changes: Partial<MachineTokens> = {}): MachineTokens {
  return createTokens('external', { refreshToken: new Secret('refresh-held'), ...changes })
}

/** What the next renewal sends; `undefined`: nothing. */
function getNextGrant(state: MachineState): string | undefined {
  return getTokenRequest(transition(state, events.renew))?.grant_type
}

describe('a renewal', () => {
  it('keeps the tokens while it is in progress', () => {
    expect(transition(refreshable, events.renew).state).toEqual(renewing({ tokens: refreshable.tokens }))
  })

  it('requests the same lifetime again, and the scope unless it refreshes', () => {
    const requested = { expires_in: 0, scope: 'devices' }
    const refresh = signedIn({ ...ofCustomer, tokens: createRefreshableTokens({ requested }) })
    const again = signedIn({ ...ofCustomer, tokens: { ...clientTokens, requested } })

    expect(revealSecrets(getTokenRequest(transition(refresh, events.renew)))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: { secret: 'refresh-held' },
      expires_in: 0,
    })
    expect(getTokenRequest(transition(again, events.renew))).toEqual({
      grant_type: 'client_credentials',
      scope: 'customer=jane@example.com devices',
      expires_in: 0,
    })
  })

  it("requests a customer's own scope once, renewal after renewal", () => {
    let state: MachineState = signedIn({ ...ofCustomer, tokens: clientTokens })
    for (let count = 0; count < 3; count += 1) {
      const renewal = transition(state, events.renew)
      expect(getTokenRequest(renewal)).toMatchObject({ scope: 'customer=jane@example.com' })
      state = transition(renewal.state, events.granted).state
    }
  })

  it('is rejected for a token that cannot be renewed, with its expiry', () => {
    expect(getError(transition(signedIn(), events.renew))).toMatchObject({
      code: 'not_renewable',
      details: { reason: 'developer_token', expiresAt: now + 89 * day },
    })
  })

  it('is rejected for an expired token that cannot be renewed, without a deadline that is over', () => {
    const state = signedIn({ tokens: createTokens('external', expired) })

    expect(getError(transition(state, events.renew))?.message).toBe(
      'A token from elsewhere cannot be renewed. It has expired: sign in again.',
    )
  })

  it('brings the next refresh token, and keeps the grant of the sign-in', () => {
    const requested = { expires_in: 3600, scope: undefined }
    const tokens = createRefreshableTokens({ scope: 'customer=jane@example.com', requested })
    const { state, effects } = transition(renewing({ tokens }), granted({ expiresInSeconds: 60 }))

    expect(revealSecrets(state)).toEqual({
      status: 'signed_in',
      ...ofCustomer,
      subject: subjects.product,
      backoff: undefined,
      tokens: {
        accessToken: { secret: 'access-new' },
        refreshToken: { secret: 'refresh-new' },
        grantType: 'password',
        requestedAt: now - 1000,
        expiresAt: now - 1000 + 60_000,
        scope: 'customer=jane@example.com',
        requested,
        isRejected: false,
        earlyRejections: 0,
        pendingRefresh: undefined,
      },
    })
    expect(effects).toEqual([{ type: 'save', state }])
  })

  it('keeps the old refresh token where the response has none', () => {
    const { state } = transition(renewing(), granted({ refreshToken: undefined }))

    expect(revealSecrets(state)).toMatchObject({ tokens: { refreshToken: { secret: 'refresh-held' } } })
  })

  it("takes the response's scope", () => {
    expect(transition(renewing(), granted({ scope: 'devices' })).state).toMatchObject({
      tokens: { scope: 'devices' },
    })
  })

  it('keeps no refresh token of client_credentials, not even the old one', () => {
    const { state } = transition(renewing({ grantType: 'client_credentials' }), events.granted)

    expect(revealSecrets(state)).toMatchObject({
      tokens: { refreshToken: undefined, grantType: 'client_credentials' },
    })
  })
})

describe('a renewal that failed', () => {
  const refreshToken = { secret: 'refresh-held' }
  const foreign = granted({ scope: 'customer=joe' })

  // biome-ignore format: one line per response, to be read as a table
  const responses: readonly (readonly [about: string, from: MachineState, event: MachineEvent, code: string, kept: unknown])[] = [
    ['a refused refresh token', renewing(), refused('invalid_grant'), 'oauth_error', undefined],
    ['a refused client', renewing(), refused('invalid_client'), 'oauth_error', refreshToken],
    ['a refused scope', renewing(), refused('invalid_scope'), 'oauth_error', refreshToken],
    ['a refused request of the client', byClient, refused('invalid_client'), 'oauth_error', undefined],
    ['an unknown customer', byClient, refused('invalid_scope'), 'unknown_customer', undefined],
    ['SSO', renewing(), refused('sso_user'), 'sso_required', refreshToken],
    ['a challenge', renewing(), challenged(), 'oauth_error', refreshToken],
    ["another customer's scope", renewing(), foreign, 'scope_mismatch', undefined],
    ["another customer's scope from client_credentials", renewing({ grantType: 'client_credentials' }), foreign, 'scope_mismatch', refreshToken],
    ['429', renewing(), failed(failures.rateLimited), 'rate_limited', refreshToken],
    ['503', renewing(), failed(failures.unavailable), 'temporarily_unavailable', refreshToken],
    ['a page', renewing(), failed(failures.html), 'unexpected_response', refreshToken],
    ['no response', renewing(), failed(failures.lost), 'network_error', refreshToken],
  ]

  it.each(responses)('keeps the valid access token and backs off: %s', (...[, from, event, code, kept]) => {
    const next = transition(from, event)

    expect(revealSecrets(next.state)).toMatchObject({
      status: 'signed_in',
      backoff: { failures: 1, failedAt: now, cause: code },
      tokens: { accessToken: { secret: 'access-held' }, refreshToken: kept },
    })
    expect(next.effects).toEqual([
      { type: 'save', state: next.state },
      { type: 'reject', error: expect.objectContaining({ code }) },
    ])
  })

  it('names the grant that was refused', () => {
    expect(getError(transition(byClient, refused('invalid_client')))).toMatchObject({
      details: { grantType: 'client_credentials', error: 'invalid_client' },
    })
  })

  it('waits longer after each failure, and at least as long as Particle asks', () => {
    const first = transition(renewing(), failed(failures.rateLimited))
    const fifth = transition(renewing({ failures: 4 }), failed(failures.lost))

    expect([first.state, fifth.state]).toMatchObject([
      { backoff: { failures: 1, retryAt: now + 60_000 } },
      { backoff: { failures: 5, retryAt: now + 16_000 } },
    ])
  })

  it('is counted until a renewal succeeds', () => {
    const { state } = transition(renewing(), failed(failures.rateLimited))
    const again = transition(state, events.renew).state

    expect(again).toMatchObject({ status: 'renewing', failures: 1 })
    expect(transition(again, events.granted).state).toMatchObject({ backoff: undefined })
  })

  it('keeps the rejection of the token that arrived meanwhile', () => {
    const { state } = transition(renewing(), events.token_rejected)

    expect(transition(state, failed(failures.lost)).state).toMatchObject({ tokens: { isRejected: true } })
    expect(transition(state, events.granted).state).toMatchObject({ tokens: { isRejected: false } })
  })
})

describe('a refused refresh token', () => {
  const refusedToken = refused('invalid_grant')

  it.each([
    ['valid', createRefreshableTokens()],
    ['expired', createRefreshableTokens(expired)],
    ['rejected', createRefreshableTokens({ isRejected: true })],
    ['external', external(expired)],
  ])('is dropped, and the product requests the next token itself: %s', (_, tokens) => {
    const { state } = transition(renewing({ tokens }), refusedToken)

    expect(state.status).toBe('signed_in')
    expect(getTokens(state)?.refreshToken).toBeUndefined()
    expect(getTokenRequest(transition(state, events.renew))).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'customer=jane@example.com',
    })
  })

  it('leaves a valid token of an unknown subject until it expires', () => {
    const { state } = transition(renewing({ subject: undefined, tokens: external() }), refusedToken)

    expect(state).toMatchObject({ status: 'signed_in', tokens: { refreshToken: undefined } })
    expect(getError(transition(state, events.renew))).toMatchObject({
      code: 'not_renewable',
      details: { reason: 'external_token' },
    })
    expect(transition(state, { type: 'time_passed', at: now + 90 * day }).state).toMatchObject({
      status: 'reauthentication_required',
      reason: 'expired',
    })
  })

  it.each([
    ['refresh_rejected', undefined],
    ['refresh_response_lost', { sentAt: now, isClientRefused: true }],
  ])('ends a session with an expired token of an unknown subject: %s', (reason, pendingRefresh) => {
    const tokens = external({ ...expired, pendingRefresh })
    const next = transition(renewing({ subject: undefined, tokens }), refusedToken)

    expect(next.state).toMatchObject({ status: 'reauthentication_required', reason })
    expect(next.effects).toEqual([
      { type: 'save', state: next.state },
      {
        type: 'reject',
        error: expect.objectContaining({ code: 'reauthentication_required', details: { reason } }),
      },
    ])
  })
})

describe('an unknown customer', () => {
  const invalidScope = refused('invalid_scope')

  it('leaves the session as it was before its first use, once its token has expired', () => {
    for (const change of [expired, { isRejected: true }]) {
      const next = transition({ ...byClient, tokens: { ...clientTokens, ...change } }, invalidScope)

      expect(next.state).toEqual(signedOut({ ...ofCustomer, reason: 'never_signed_in' }))
      expect(next.effects[0]).toEqual({ type: 'save', state: next.state })
      expect(getError(next)).toMatchObject({
        code: 'unknown_customer',
        details: { customer: 'jane@example.com' },
      })
    }
  })

  it('leaves the session its valid token, also after a lost refresh', () => {
    const tokens = createRefreshableTokens({ pendingRefresh })

    expect(transition(byClient, invalidScope).state).toMatchObject({ status: 'signed_in' })
    expect(transition({ ...byClient, tokens }, invalidScope).state).toMatchObject({
      status: 'signed_in',
      tokens: { pendingRefresh: { isClientRefused: true } },
    })
  })
})

describe('a refresh whose response is lost', () => {
  const lost = createRefreshableTokens({ pendingRefresh })

  it('was saved before it was sent, for a process that ends meanwhile', () => {
    const { effects } = transition(refreshable, events.renew)

    expect(effects.map(({ type }) => type)).toEqual(['save', 'request'])
    expect(effects[0]).toEqual({ type: 'save', state: { ...refreshable, tokens: lost } })
  })

  it.each([failures.lost, failures.unavailable, failures.html])('may have used the refresh token: $code', (error) => {
    expect(transition(renewing(), failed(error)).state).toMatchObject({ tokens: { pendingRefresh } })
  })

  it('has used nothing if Particle did not take the request, or it was not sent', () => {
    const notSent = new GrantsError('store_unavailable', 'The lock was lost.', { store: 'x', problem: 'y' })

    for (const error of [failures.rateLimited, notSent]) {
      expect(getTokens(transition(renewing(), failed(error)).state)?.pendingRefresh).toBeUndefined()
    }
  })

  it('is followed by client_credentials for the same customer, after which it is forgotten', () => {
    const renewal = transition({ ...refreshable, tokens: lost }, events.renew)

    expect(getTokenRequest(renewal)).toEqual({
      grant_type: 'client_credentials',
      scope: 'customer=jane@example.com',
      expires_in: undefined,
    })
    expect(transition(renewal.state, events.granted).state).toMatchObject({
      tokens: { grantType: 'client_credentials', refreshToken: undefined, pendingRefresh: undefined },
    })
  })

  it.each(['invalid_scope', 'invalid_client'])(
    'is followed by the refresh token where the client is refused: %s',
    (error) => {
      const { state } = transition(renewing({ tokens: lost, grantType: 'client_credentials' }), refused(error))

      expect(getNextGrant(state)).toBe('refresh_token')
    },
  )

  it('is followed by client_credentials where the client is only out of reach', () => {
    const { state } = transition(renewing({ tokens: lost, grantType: 'client_credentials' }), failed())

    expect(getNextGrant(state)).toBe('client_credentials')
  })
})

describe('a rejected token', () => {
  const reject = (state: MachineState, accessToken: string, at: number): Transition =>
    transition(state, { type: 'token_rejected', at, accessToken: new Secret(accessToken) })
  const own = { identity: createOwnIdentity() }

  it('is marked, and is valid no more', () => {
    const next = transition(refreshable, events.token_rejected)

    expect(next.state).toEqual({ ...refreshable, tokens: { ...refreshable.tokens, isRejected: true } })
    expect(next.effects).toEqual([{ type: 'save', state: next.state }])
  })

  it.each([
    ['a developer', signedIn()],
    ["a user client's account", signedIn({ identity: createUnboundIdentity('user') })],
    ['an unknown subject', signedIn({ ...own, subject: undefined, tokens: createTokens('external') })],
  ])('ends the session where it cannot be renewed: %s', (_, state) => {
    const next = transition(state, events.token_rejected)
    const { identity, subject } = state

    expect(next.state).toEqual({
      status: 'reauthentication_required',
      identity,
      subject,
      reason: 'rejected',
    })
    expect(next.effects).toEqual([{ type: 'save', state: next.state }])
  })

  it.each([
    ['the product itself', signedIn({ ...own, tokens: clientTokens })],
    ['a customer', signedIn(ofCustomer)],
    ['a customer with a token from elsewhere', signedIn({ ...ofCustomer, tokens: createTokens('external') })],
    ["a user client's owner", signedIn({ identity: createUnboundIdentity('user'), subject: owner })],
  ])('is replaced where the client can request one of %s', (_, state) => {
    expect(getNextGrant(transition(state, events.token_rejected).state)).toBe('client_credentials')
  })

  it('is renewed at once the first time, and later and later while each new token is rejected early', () => {
    let state: MachineState = signedIn({ ...own, tokens: clientTokens })
    let at = now
    const delays: number[] = []
    for (let index = 0; index < 12; index += 1) {
      const renewal = transition(state, { type: 'renew', at })
      const accessToken = new Secret(`access-${index}`)
      state = transition(renewal.state, { ...granted({ accessToken }), requestedAt: at, at }).state
      at += 1000
      state = reject(state, `access-${index}`, at).state
      const { backoff, tokens } = state as SignedInState
      expect(tokens.earlyRejections).toBe(index + 1)
      if (backoff !== undefined) expect(backoff).toMatchObject({ failedAt: at, cause: 'token_rejected' })
      delays.push((backoff?.retryAt ?? at) - at)
      // The wait may be longer than a minute: it is the age at the rejection that counts.
      at += delays.at(-1) as number
    }

    expect(delays).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000])
  })

  // biome-ignore format: one line per case, to be read as a table
  const counts: readonly (readonly [about: string, tokens: Partial<MachineTokens>, rejected: boolean, count: number])[] = [
    ['passes on while tokens are rejected early', { requestedAt: now - 10_000 }, true, 3],
    ['passes on with a token that is renewed early', { requestedAt: now - 10_000 }, false, 2],
    ['ends with a token that is rejected after a minute', { requestedAt: now - minute }, true, 0],
    ['ends with a token that is renewed after a minute', { requestedAt: now - minute - 1000 }, false, 0],
  ]

  it.each(counts)('has a count that %s', (...[, changes, isRejected, count]) => {
    const tokens = { ...clientTokens, earlyRejections: 2, ...changes }
    const state = signedIn({ ...own, tokens })
    const before = isRejected ? transition(state, events.token_rejected).state : state
    const renewal = transition(before, events.renew)

    expect(transition(renewal.state, granted()).state).toMatchObject({ tokens: { earlyRejections: count } })
  })

  it('is counted once, however often the API rejects it', () => {
    const tokens = { ...clientTokens, requestedAt: now }
    const { state } = transition(signedIn({ ...own, tokens }), events.token_rejected)

    expect(transition(state, events.token_rejected)).toEqual({ state, effects: [] })
  })

  it('is counted also while its renewal is in progress', () => {
    const tokens = { ...clientTokens, requestedAt: now - 1000, earlyRejections: 1 }
    const { state } = transition(renewing({ ...own, tokens, grantType: 'client_credentials' }), events.token_rejected)

    expect(transition(state, events.granted).state).toMatchObject({ tokens: { earlyRejections: 2 } })
  })

  it('starts a new count with a new sign-in', () => {
    const previous = signedIn({ ...own, tokens: { ...clientTokens, earlyRejections: 5, isRejected: true } })
    const { state } = transition(requesting('client_credentials', previous), events.granted)

    expect(state).toMatchObject({ tokens: { earlyRejections: 0 }, backoff: undefined })
  })

  it('leaves a back-off as it is', () => {
    const backoff = createBackoff({ failures: 3, retryAt: now + 4000 })

    expect(transition({ ...refreshable, backoff }, events.token_rejected).state).toMatchObject({ backoff })
  })
})
