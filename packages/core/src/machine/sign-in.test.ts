import { describe, expect, it } from 'vitest'
import { getEffectTypes, getError, getTokenRequest } from '../../test/effects.ts'
import { events, failed, failures, granted, refused } from '../../test/events.ts'
import { revealSecrets } from '../../test/secrets.ts'
import {
  createIdentity,
  createOwnIdentity,
  createTokens,
  createUnboundIdentity,
  mfaRequired,
  minute,
  noParameters,
  now,
  reauthenticationRequired,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  subjects,
} from '../../test/states.ts'
import { Secret } from '../secret.ts'
import { account, customer, owner } from '../subject.ts'
import type { MachineEvent } from './event.ts'
import { getBoundSubject, getTokens, type MachineState, type SettledState } from './state.ts'
import { transition } from './transition.ts'

const unbound = createUnboundIdentity()
const profile = createIdentity('developer', { subject: undefined, profile: 'work' })
const ofCustomer = { identity: createIdentity('product') }
const joe: MachineEvent<'login'> = { ...events.login, username: 'joe', subject: account('joe') }
const earlier = signedIn()

const getRejection = (state: MachineState, event: MachineEvent) => getError(transition(state, event))

describe('a login', () => {
  it('sends what the caller gave', () => {
    const requested = { expires_in: 0, scope: 'devices' }

    expect(revealSecrets(getTokenRequest(transition(signedOut(), { ...events.login, requested })))).toEqual({
      grant_type: 'password',
      username: 'dev@example.com',
      password: { secret: 'password-given' },
      expires_in: 0,
      scope: 'devices',
    })
  })

  it('returns to the state before it when it is refused, with what Particle said', () => {
    const previous = signedIn()
    const description = 'User credentials are invalid.'
    const next = transition(requesting('password', previous), refused('invalid_grant', { description }))

    expect(next.state).toBe(previous)
    expect(next.effects).toEqual([
      {
        type: 'reject',
        error: expect.objectContaining({
          code: 'invalid_credentials',
          message:
            'Particle refused the username or the password (invalid_grant, status 400). Check both, then sign in again.',
          details: { status: 400, description },
        }),
      },
    ])
  })

  it('rejects with the error of a request that failed', () => {
    expect(getRejection(requesting(), failed(failures.html))).toBe(failures.html)
  })

  it('has a separate error for an account with SSO', () => {
    const response = { status: 403, description: 'Use SSO' }

    expect(getRejection(requesting(), refused('sso_user', response))).toMatchObject({
      code: 'sso_required',
      details: response,
    })
  })

  it.each([
    ['client_credentials', requesting('client_credentials')],
    ['refresh_token', renewing()],
  ] as const)('is rejected while a %s request is in progress', (grantType, state) => {
    expect(getRejection(state, events.login)).toMatchObject({
      code: 'request_in_progress',
      details: { grantType },
    })
  })
})

describe('new tokens', () => {
  it('are valid from when the request was sent, and keep the requested parameters', () => {
    const requested = { expires_in: undefined, scope: 'devices' }
    const { state, effects } = transition(
      requesting('password', signedOut(), { requested }),
      granted({ scope: 'devices' }),
    )

    expect(revealSecrets(state)).toEqual({
      status: 'signed_in',
      identity: unbound,
      subject: subjects.developer,
      tokens: {
        accessToken: { secret: 'access-new' },
        refreshToken: undefined,
        grantType: 'password',
        requestedAt: now - 1000,
        expiresAt: now - 1000 + 7_776_000_000,
        scope: 'devices',
        requested,
        isRejected: false,
        earlyRejections: 0,
        pendingRefresh: undefined,
      },
      backoff: undefined,
    })
    expect(effects).toEqual([{ type: 'save', state }])
  })

  it('never expire if the response says so', () => {
    const { state } = transition(requesting(), granted({ expiresInSeconds: null }))

    expect(getTokens(state)?.expiresAt).toBeNull()
  })

  it('replace those of the same subject, with their back-off', () => {
    const backoff = { failures: 2, failedAt: now, retryAt: now + 2000, cause: 'network_error' } as const
    const { state } = transition(requesting('password', signedIn({ backoff })), events.granted)

    expect(revealSecrets(state)).toMatchObject({
      backoff: undefined,
      tokens: { accessToken: { secret: 'access-new' } },
    })
  })

  it('are discarded if their scope names another customer', () => {
    const state = requesting('client_credentials', signedOut(ofCustomer))

    expect(getRejection(state, granted({ scope: 'customer=joe@example.com' }))).toMatchObject({
      code: 'scope_mismatch',
      details: { expected: 'customer:jane@example.com' },
    })
  })

  it('are discarded if their scope lacks the customer that was requested', () => {
    const requested = { expires_in: undefined, scope: 'customer=jane@example.com devices' }
    const state = requesting('client_credentials', signedOut(ofCustomer), { requested })

    expect(getRejection(state, granted({ scope: 'devices' }))).toMatchObject({ code: 'scope_mismatch' })
    for (const scope of [undefined, 'customer=JANE@example.com devices', requested.scope]) {
      expect(transition(state, granted({ scope })).state.status).toBe('signed_in')
    }
  })
})

describe('the bound subject', () => {
  const user = createUnboundIdentity('user')
  const own = createOwnIdentity()

  // biome-ignore format: one line per state, to be read as a table
  const bound: readonly (readonly [about: string, state: MachineState, subject: ReturnType<typeof getBoundSubject>])[] = [
    ['the configured one', signedOut({ identity: createIdentity() }), subjects.developer],
    ['the configured one, whose tokens are unknown', signedIn({ identity: own, subject: undefined }), owner],
    ["the configured one beside another account's name", reauthenticationRequired({ subject: account('joe') }), subjects.developer],
    ['none before a sign-in', signedOut({ identity: unbound }), undefined],
    ['none after a logout', signedOut({ identity: unbound, subject: account('joe'), reason: 'logged_out' }), undefined],
    ['none while the first login is in progress', requesting('password', signedOut({ identity: unbound })), undefined],
    ['none with a challenge alone', mfaRequired({ identity: unbound }), undefined],
    ['none with a token of an unknown subject', signedIn({ identity: unbound, subject: undefined }), undefined],
    ["the current tokens'", signedIn({ identity: unbound }), subjects.developer],
    ["the current tokens' while another login is in progress", requesting('password', signedIn({ identity: unbound })), subjects.developer],
    ["the earlier tokens' beside a challenge", mfaRequired({ identity: unbound, earlier: signedIn({ identity: unbound }) }), subjects.developer],
    ["the tokens' while they are renewed", renewing({ identity: user, subject: owner }), owner],
    ["the last tokens'", reauthenticationRequired({ identity: unbound }), subjects.developer],
    ['none under a profile', signedIn({ identity: profile }), undefined],
    ['none under a profile, with a challenge', mfaRequired({ identity: profile, earlier: signedIn({ identity: profile }) }), undefined],
  ]

  it.each(bound)('is %s', (_, state, subject) => {
    expect(getBoundSubject(state)).toEqual(subject)
  })

  it('is bound by success only', () => {
    const { state } = transition(signedOut({ identity: unbound }), events.login)

    expect(getBoundSubject(transition(state, events.granted).state)).toEqual(subjects.developer)
    expect(getBoundSubject(transition(state, events.challenged).state)).toBeUndefined()
    expect(getBoundSubject(transition(state, events.refused).state)).toBeUndefined()
  })

  it('ends with a logout, unless the session was configured for it', () => {
    const ends = (identity: typeof unbound) => transition(signedIn({ identity }), events.logout).state

    expect(transition(ends(unbound), joe).state.status).toBe('requesting')
    expect(getRejection(ends(createIdentity()), joe)).toMatchObject({ code: 'subject_mismatch' })
  })

  // biome-ignore format: one line per case, to be read as a table
  const mismatches: readonly (readonly [message: string, state: MachineState, event: MachineEvent, expected: string, given: string])[] = [
    ["This session belongs to the account dev@example.com. Create another session, with subject: account('joe').",
      signedIn(), joe, 'account:dev@example.com', 'account:joe'],
    ['This session belongs to the account dev@example.com. Call logout() first.',
      reauthenticationRequired({ identity: unbound }), joe, 'account:dev@example.com', 'account:joe'],
    ["This session belongs to the product itself. Create another session, with subject: customer('jane@example.com').",
      signedOut({ identity: own }), { ...events.login, subject: subjects.product }, 'owner', 'customer:jane@example.com'],
    ["This session belongs to the customer jane@example.com. Create another session, with subject: customer('joe').",
      signedOut(ofCustomer), { ...events.create_customer, subject: customer('joe') }, 'customer:jane@example.com', 'customer:joe'],
    ["This session belongs to the client's owner. Call logout() first.",
      signedIn({ identity: user, subject: owner }), joe, 'owner', 'account:joe'],
    ["This session belongs to the account dev@example.com. Its token cannot be requested with the client's own credentials.",
      signedIn({ identity: user }), events.request_client_token, 'account:dev@example.com', 'owner'],
    ["This session belongs to the account dev@example.com. Create another session, with subject: account('joe').",
      signedIn(), { ...events.set_token, subject: account('joe') }, 'account:dev@example.com', 'account:joe'],
  ]

  it.each(mismatches)('rejects an event for another subject: %s', (...[message, state, event, expected, given]) => {
    expect(getRejection(state, event)).toMatchObject({
      code: 'subject_mismatch',
      message,
      details: { expected, given },
    })
  })

  it('may change under a profile: the new account replaces the old one when it succeeds', () => {
    const joes = { status: 'signed_in', subject: account('joe') }
    const old = signedIn({ identity: profile })
    const request = transition(old, joe)

    expect(transition(request.state, events.refused).state).toBe(old)
    expect(transition(request.state, events.granted).state).toMatchObject(joes)
    const challenge = transition(request.state, events.challenged).state
    expect(challenge).toMatchObject({
      status: 'mfa_required',
      subject: account('joe'),
      earlier: { subject: subjects.developer },
    })
    const code = transition(challenge, events.submit_otp).state
    expect(transition(code, events.granted).state).toMatchObject(joes)
  })
})

describe("a request with the client's own credentials", () => {
  // biome-ignore format: one line per case, to be read as a table
  const requests: readonly (readonly [about: string, state: SettledState, given: string | undefined, scope: string | undefined])[] = [
    ['a customer', signedOut(ofCustomer), undefined, 'customer=jane@example.com'],
    ['a customer, with another scope', signedOut(ofCustomer), 'devices', 'customer=jane@example.com devices'],
    ["a customer, once where the caller adds the customer's scope", signedOut(ofCustomer), 'devices customer=jane@example.com', 'customer=jane@example.com devices'],
    ['the product itself', signedOut({ identity: createOwnIdentity() }), undefined, undefined],
    ["a user client's owner, with a scope", signedOut({ identity: createUnboundIdentity('user') }), 'devices', 'devices'],
  ]

  it.each(requests)('is for %s', (...[, state, given, scope]) => {
    const requested = { expires_in: 3600, scope: given }

    expect(getTokenRequest(transition(state, { ...events.request_client_token, requested }))).toEqual({
      grant_type: 'client_credentials',
      scope,
      expires_in: 3600,
    })
  })

  it('binds an unbound user client to its owner', () => {
    const state = signedOut({ identity: createUnboundIdentity('user') })
    const request = transition(state, events.request_client_token)

    expect(getBoundSubject(transition(request.state, events.granted).state)).toEqual(owner)
  })

  it('is not sent for a developer client', () => {
    expect(getRejection(signedOut(), events.request_client_token)).toMatchObject({
      code: 'grant_not_allowed',
      details: { grantType: 'client_credentials', clientKind: 'developer' },
    })
  })

  it("says that the product has no such customer, which is not the caller's scope", () => {
    const [ofJane, ofProduct] = [signedOut(ofCustomer), signedOut({ identity: createOwnIdentity() })]
    const getRefusal = (previous: SettledState) =>
      getRejection(requesting('client_credentials', previous), refused('invalid_scope'))

    expect(getRefusal(ofJane)).toMatchObject({
      code: 'unknown_customer',
      details: { customer: 'jane@example.com', retryAt: undefined },
    })
    expect(getRefusal(ofProduct)).toMatchObject({ code: 'oauth_error', details: { error: 'invalid_scope' } })
  })
})

describe('creating a customer', () => {
  const request = transition(signedOut(ofCustomer), events.create_customer)

  it("sends the new customer, and signs in with the response's token", () => {
    expect(request.effects).toEqual([{ type: 'request', request: { product: 1234, email: 'jane@example.com' } }])
    expect(transition(request.state, events.granted).state).toMatchObject({
      status: 'signed_in',
      subject: subjects.product,
      tokens: {
        grantType: 'client_credentials',
        // Renewed by the client's own credentials.
        refreshToken: undefined,
        requested: { scope: 'customer=jane@example.com' },
      },
    })
  })

  it('changes nothing when it is refused, also where the customer exists and is signed in', () => {
    const previous = signedIn(ofCustomer)
    const { state } = transition(previous, events.create_customer)
    const next = transition(state, refused('invalid_request'))

    expect(next.state).toBe(previous)
    expect(getError(next)).toMatchObject({ code: 'oauth_error', details: { error: 'invalid_request' } })
  })
})

describe('a token from elsewhere', () => {
  it('is used as it is', () => {
    const next = transition(mfaRequired(), { ...events.set_token, expiresAt: now + minute })

    expect(revealSecrets(next.state)).toEqual({
      status: 'signed_in',
      identity: createIdentity(),
      subject: subjects.developer,
      tokens: {
        accessToken: { secret: 'access-external' },
        refreshToken: undefined,
        grantType: 'external',
        requestedAt: now,
        expiresAt: now + minute,
        scope: undefined,
        requested: noParameters,
        isRejected: false,
        earlyRejections: 0,
        pendingRefresh: undefined,
      },
      backoff: undefined,
    })
    expect(next.effects).toEqual([{ type: 'save', state: next.state }])
  })

  it('binds an unbound session to its subject', () => {
    const { state } = transition(signedOut(), { ...events.set_token, subject: account('joe') })

    expect(getBoundSubject(state)).toEqual(account('joe'))
  })

  it.each([signedOut(), signedIn(), signedOut({ identity: createOwnIdentity() })])(
    'of an unknown subject is kept in memory only: $identity.clientKind, $status',
    (state) => {
      const next = transition(state, { ...events.set_token, subject: undefined })

      expect(next.effects).toEqual([])
      expect(next.state).toMatchObject({ status: 'signed_in', subject: undefined })
    },
  )

  it('may have a refresh token on a product client only', () => {
    const refreshToken = new Secret('refresh-external')
    const event = { ...events.set_token, subject: undefined, refreshToken }
    const set = transition(signedOut({ identity: createOwnIdentity() }), event)

    expect(revealSecrets(getTokens(set.state))).toMatchObject({
      refreshToken: { secret: 'refresh-external' },
    })
    for (const kind of ['developer', 'user'] as const) {
      expect(getRejection(signedOut({ identity: createUnboundIdentity(kind) }), event)).toMatchObject({
        code: 'grant_not_allowed',
        details: { grantType: 'refresh_token', clientKind: kind },
      })
    }
  })
})

describe('a logout', () => {
  it('saves a record without secrets first, and revokes the token then', () => {
    const next = transition(signedIn(), events.logout)
    const state = signedOut({ identity: createIdentity(), reason: 'logged_out' })

    expect(next.state).toEqual(state)
    expect(revealSecrets(next.effects)).toEqual([
      { type: 'save', state },
      { type: 'revoke', accessToken: { secret: 'access-held' } },
    ])
  })

  const requested = createTokens()
  const external = createTokens('external')

  it.each([
    ['a requested token', requested, undefined, true],
    ['a requested token', requested, true, true],
    ['a requested token', requested, false, false],
    ['an external token', external, undefined, false],
    ['an external token', external, true, true],
    ['an external token', external, false, false],
  ])('of %s, with { revoke: $2 }, revokes it: $3', (...[, tokens, revoke, isRevoked]) => {
    const next = transition(signedIn({ tokens }), { ...events.logout, revoke })

    expect(getEffectTypes(next)).toEqual(isRevoked ? ['save', 'revoke'] : ['save'])
  })

  it('revokes an external token that was refreshed, because this session requested it', () => {
    const state = renewing({ subject: undefined, tokens: { ...external, refreshToken: new Secret('r') } })
    const renewed = transition(state, events.granted)

    expect(getTokens(renewed.state)?.grantType).toBe('refresh_token')
    expect(revealSecrets(transition(renewed.state, events.logout).effects.at(-1))).toEqual({
      type: 'revoke',
      accessToken: { secret: 'access-new' },
    })
  })

  it.each([
    ['a request', requesting('password', earlier)],
    ['a challenge', mfaRequired({ earlier })],
    ['the request of a code', requestingCode({ earlier })],
    ['a renewal', renewing()],
  ])('revokes the token that %s would replace', (_, state) => {
    expect(revealSecrets(transition(state, events.logout).effects.at(-1))).toEqual({
      type: 'revoke',
      accessToken: { secret: 'access-held' },
    })
  })

  it('records whose tokens were valid, not whose challenge another login under the profile got', () => {
    const state = mfaRequired({
      identity: profile,
      subject: account('joe'),
      earlier: signedIn({ identity: profile }),
    })

    expect(transition(state, events.logout).state.subject).toEqual(subjects.developer)
  })

  it('of a token of an unknown subject signs out what the session was configured for', () => {
    const state = signedIn({ identity: createOwnIdentity(), subject: undefined, tokens: external })

    expect(transition(state, events.logout).state).toEqual(
      signedOut({ identity: createOwnIdentity(), reason: 'logged_out' }),
    )
  })

  it('names the last account, whose record an unbound session has no key to', () => {
    const identity = unbound
    const last = signedOut({ identity, subject: subjects.developer, reason: 'challenge_expired' })

    expect(transition(last, events.logout).state).toEqual(
      signedOut({ identity, subject: subjects.developer, reason: 'logged_out' }),
    )
    expect(transition(signedIn({ identity }), events.logout).state.subject).toEqual(subjects.developer)
  })

  it("leaves the other account's record alone after that account took the profile", () => {
    const replaced = signedOut({ identity: profile, reason: 'replaced' })

    expect(transition(replaced, events.logout)).toEqual({ state: replaced, effects: [] })
    expect(transition(requesting('password', replaced), events.logout)).toEqual({
      state: replaced,
      effects: [],
    })
    expect(transition(replaced, events.login).state.status).toBe('requesting')
  })
})

describe('an event that needs another state', () => {
  const expiresAt = now + 10 * minute
  const reason = 'rejected'

  it.each([
    { state: signedOut(), event: events.submit_otp, code: 'no_challenge', details: {} },
    { state: signedIn(), event: events.submit_otp, code: 'no_challenge', details: {} },
    {
      state: reauthenticationRequired(),
      event: events.submit_recovery_code,
      code: 'no_challenge',
      details: {},
    },
    { state: signedOut(), event: events.renew, code: 'not_signed_in', details: {} },
    {
      state: mfaRequired(),
      event: events.renew,
      code: 'mfa_required',
      details: { attemptsLeft: 3, expiresAt },
    },
    {
      state: reauthenticationRequired({ reason }),
      event: events.renew,
      code: 'reauthentication_required',
      details: { reason },
    },
  ])('is rejected and changes nothing: $event.type in $state.status', ({ state, event, code, details }) => {
    const error = expect.objectContaining({ code, details })

    expect(transition(state, event)).toEqual({ state, effects: [{ type: 'reject', error }] })
  })
})
