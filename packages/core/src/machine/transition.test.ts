import { describe, expect, it } from 'vitest'
import { deepFreeze } from '../../test/deep-freeze.ts'
import { getEffectTypes } from '../../test/effects.ts'
import { events, failed, failures, granted, refused } from '../../test/events.ts'
import {
  createIdentity,
  createOwnIdentity,
  createRefreshableTokens,
  createTokens,
  createUnboundIdentity,
  mfaRequired,
  minute,
  now,
  reauthenticationRequired as reauthentication,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  subjects,
} from '../../test/states.ts'
import { account, customer } from '../subject.ts'
import type { EffectType, EventType, MachineEvent } from './event.ts'
import { initialState, isSettled, type MachineState, type Status, statuses } from './state.ts'
import { transition } from './transition.ts'

const product = { identity: createOwnIdentity() }
const ofCustomer = { identity: createIdentity('product') }
const user = { identity: createIdentity('user') }
const unboundUser = { identity: createUnboundIdentity('user') }
const clientTokens = createTokens('client_credentials')
const expired = { expiresAt: now }
const earlier = signedIn()
const replaced = signedOut({ reason: 'replaced' })

const stranger: MachineEvent = { ...events.login, subject: account('joe@example.com') }
const jane: MachineEvent = { ...events.login, subject: subjects.product, username: 'jane@example.com' }
const otherCustomer: MachineEvent = { ...events.create_customer, subject: customer('joe@example.com') }
const unknownSubject: MachineEvent = { ...events.set_token, subject: undefined }
const strangersToken: MachineEvent = { ...events.set_token, subject: account('joe@example.com') }
const withRefreshToken: MachineEvent = { ...events.set_token, refreshToken: events.set_token.accessToken }
const keepToken: MachineEvent = { ...events.logout, revoke: false }
const oldToken: MachineEvent = { ...events.token_rejected, accessToken: events.set_token.accessToken }
const foreign = granted({ scope: 'customer=joe@example.com' })
const soon: MachineEvent = { ...events.time_passed, at: now + minute }

/** In this state, this event leads to that status, with these effects in this order. */
type Example = readonly [
  name: string,
  state: MachineState,
  event: MachineEvent,
  to: Status,
  effects: readonly EffectType[],
]

// biome-ignore format: one line per example, to be read as a table
const examples: readonly Example[] = [
  // ── signed_out ──
  ['a first login', signedOut(), events.login, 'requesting', ['request']],
  ['a login after a logout', signedOut({ reason: 'logged_out' }), stranger, 'requesting', ['request']],
  ['a login after another account took the profile', replaced, events.login, 'requesting', ['request']],
  ['a login as another account', signedOut({ identity: createIdentity() }), stranger, 'signed_out', ['reject']],
  ['a login to the product itself', signedOut(product), jane, 'signed_out', ['reject']],
  ['a code without a challenge', signedOut(), events.submit_otp, 'signed_out', ['reject']],
  ['a recovery code without a challenge', signedOut(), events.submit_recovery_code, 'signed_out', ['reject']],
  ["the product's own token", signedOut(product), events.request_client_token, 'requesting', ['request']],
  ["a customer's token", signedOut(ofCustomer), events.request_client_token, 'requesting', ['request']],
  ["an unbound user client's token", signedOut(unboundUser), events.request_client_token, 'requesting', ['request']],
  ["a client token for a user client's account", signedOut(user), events.request_client_token, 'signed_out', ['reject']],
  ['a client token for a developer client', signedOut(), events.request_client_token, 'signed_out', ['reject']],
  ['creating the customer', signedOut(ofCustomer), events.create_customer, 'requesting', ['request']],
  ['creating another customer', signedOut(ofCustomer), otherCustomer, 'signed_out', ['reject']],
  ['a token from elsewhere', signedOut(), events.set_token, 'signed_in', ['save']],
  ['a token of an unknown subject', signedOut(), unknownSubject, 'signed_in', []],
  ["another account's token", signedOut({ identity: createIdentity() }), strangersToken, 'signed_out', ['reject']],
  ['a refresh token for a developer client', signedOut(), withRefreshToken, 'signed_out', ['reject']],
  ['a renewal without a token', signedOut(), events.renew, 'signed_out', ['reject']],
  ['the rejection of an old token', signedOut(), events.token_rejected, 'signed_out', []],
  ['another logout', signedOut(), events.logout, 'signed_out', ['save']],
  ['a logout after another account took the profile', replaced, events.logout, 'signed_out', []],
  ['time', signedOut(), events.time_passed, 'signed_out', []],

  // ── requesting ──
  ['a second login', requesting(), events.login, 'requesting', ['reject']],
  ['a code too early', requesting(), events.submit_otp, 'requesting', ['reject']],
  ['a recovery code too early', requesting(), events.submit_recovery_code, 'requesting', ['reject']],
  ['a client token meanwhile', requesting(), events.request_client_token, 'requesting', ['reject']],
  ['creating a customer meanwhile', requesting(), events.create_customer, 'requesting', ['reject']],
  ['a token from elsewhere meanwhile', requesting(), events.set_token, 'requesting', ['reject']],
  ['a renewal meanwhile', requesting(), events.renew, 'requesting', ['reject']],
  ['a rejection meanwhile', requesting('password', signedIn()), events.token_rejected, 'requesting', []],
  ['a logout without tokens', requesting(), events.logout, 'signed_out', ['save']],
  ['a logout with tokens', requesting('password', signedIn()), events.logout, 'signed_out', ['save', 'revoke']],
  ['a logout that keeps the token valid', requesting('password', signedIn()), keepToken, 'signed_out', ['save']],
  ['a logout of a replaced session', requesting('password', replaced), events.logout, 'signed_out', []],
  ['time meanwhile', requesting(), events.time_passed, 'requesting', []],
  ['tokens', requesting(), events.granted, 'signed_in', ['save']],
  ['tokens of another scope', requesting(), foreign, 'signed_out', ['reject']],
  ['tokens of another scope beside valid ones', requesting('password', signedIn()), foreign, 'signed_in', ['reject']],
  ['tokens of another scope after expired ones', requesting('password', reauthentication()), foreign, 'reauthentication_required', ['reject']],
  ['tokens of another scope beside a challenge', requesting('password', mfaRequired()), foreign, 'mfa_required', ['reject']],
  ['tokens of another scope for a code', requestingCode(), foreign, 'signed_out', ['save', 'reject']],
  ['tokens of another scope for a code, beside valid ones', requestingCode({ earlier }), foreign, 'signed_in', ['save', 'reject']],
  ['a challenge', requesting(), events.challenged, 'mfa_required', ['save']],
  ['a challenge for a client token', requesting('client_credentials', signedOut(product)), events.challenged, 'signed_out', ['reject']],
  ['a challenge for a client token beside a valid one', requesting('client_credentials', signedIn(product)), events.challenged, 'signed_in', ['reject']],
  ['a challenge for a code', requestingCode(), events.challenged, 'mfa_required', ['reject']],
  ['a wrong code', requestingCode(), refused('invalid_token', { status: 401 }), 'mfa_required', ['reject']],
  ['a wrong recovery code', requestingCode({}, 'urn:custom:recovery-code'), refused('invalid_grant'), 'mfa_required', ['reject']],
  ['the last wrong code', requestingCode({ attemptsLeft: 0 }), refused('invalid_token'), 'signed_out', ['save', 'reject']],
  ['the last wrong code, beside valid tokens', requestingCode({ attemptsLeft: 0, earlier }), refused('invalid_token'), 'signed_in', ['save', 'reject']],
  ['a wrong code too late', requestingCode({ expiresAt: now }), refused('invalid_token'), 'signed_out', ['save', 'reject']],
  ['a refused client with a code', requestingCode(), refused('invalid_client'), 'mfa_required', ['save', 'reject']],
  ['SSO for a code', requestingCode(), refused('sso_user'), 'mfa_required', ['save', 'reject']],
  ['SSO', requesting(), refused('sso_user', { status: 403 }), 'signed_out', ['reject']],
  ['SSO beside valid tokens', requesting('password', signedIn()), refused('sso_user'), 'signed_in', ['reject']],
  ['a wrong password', requesting(), refused('invalid_grant'), 'signed_out', ['reject']],
  ['a wrong password beside valid tokens', requesting('password', signedIn()), refused('invalid_grant'), 'signed_in', ['reject']],
  ['a wrong password beside a challenge', requesting('password', mfaRequired()), refused('invalid_grant'), 'mfa_required', ['reject']],
  ['a wrong password after expired tokens', requesting('password', reauthentication()), refused('invalid_grant'), 'reauthentication_required', ['reject']],
  ['an unknown customer', requesting('client_credentials', signedOut(ofCustomer)), refused('invalid_scope'), 'signed_out', ['reject']],
  ['no response to a login', requesting(), failed(), 'signed_out', ['reject']],
  ['no response to a code', requestingCode(), failed(), 'mfa_required', ['reject']],
  ['a rate limit for a code', requestingCode(), failed(failures.rateLimited), 'mfa_required', ['save', 'reject']],
  ['no response beside valid tokens', requesting('password', signedIn()), failed(), 'signed_in', ['reject']],
  ['no response beside a challenge', requesting('password', mfaRequired()), failed(), 'mfa_required', ['reject']],
  ['no response after expired tokens', requesting('password', reauthentication()), failed(), 'reauthentication_required', ['reject']],

  // ── mfa_required ──
  ['a new login', mfaRequired(), events.login, 'requesting', ['request']],
  ['a new login as another account', mfaRequired(), stranger, 'mfa_required', ['reject']],
  ['a new login as another account, to an unbound session', mfaRequired({ identity: createUnboundIdentity() }), stranger, 'requesting', ['request']],
  ['a code', mfaRequired(), events.submit_otp, 'requesting', ['save', 'request']],
  ['a code too many', mfaRequired({ attemptsLeft: 0 }), events.submit_otp, 'signed_out', ['save', 'reject']],
  ['a code too late', mfaRequired({ expiresAt: now }), events.submit_otp, 'signed_out', ['save', 'reject']],
  ['a code too many, beside valid tokens', mfaRequired({ attemptsLeft: 0, earlier }), events.submit_otp, 'signed_in', ['save', 'reject']],
  ['a recovery code', mfaRequired(), events.submit_recovery_code, 'requesting', ['save', 'request']],
  ['a recovery code too many', mfaRequired({ attemptsLeft: 0 }), events.submit_recovery_code, 'signed_out', ['save', 'reject']],
  ['a recovery code too late, beside valid tokens', mfaRequired({ expiresAt: now, earlier }), events.submit_recovery_code, 'signed_in', ['save', 'reject']],
  ['a client token instead', mfaRequired(ofCustomer), events.request_client_token, 'requesting', ['request']],
  ["a client token for a user client's account", mfaRequired(user), events.request_client_token, 'mfa_required', ['reject']],
  ['a client token for a developer client', mfaRequired(), events.request_client_token, 'mfa_required', ['reject']],
  ['creating the customer instead', mfaRequired(ofCustomer), events.create_customer, 'requesting', ['request']],
  ['a token from elsewhere instead', mfaRequired(), events.set_token, 'signed_in', ['save']],
  ["another account's token", mfaRequired(), strangersToken, 'mfa_required', ['reject']],
  ['a renewal before the code', mfaRequired({ earlier }), events.renew, 'mfa_required', ['reject']],
  ['the rejection of the earlier token', mfaRequired({ earlier }), events.token_rejected, 'mfa_required', ['save']],
  ['the rejection of an older token', mfaRequired({ earlier }), oldToken, 'mfa_required', []],
  ['a logout', mfaRequired(), events.logout, 'signed_out', ['save']],
  ['a logout beside valid tokens', mfaRequired({ earlier }), events.logout, 'signed_out', ['save', 'revoke']],
  ['time before the end', mfaRequired(), soon, 'mfa_required', []],
  ['time after the end', mfaRequired({ expiresAt: now }), events.time_passed, 'signed_out', []],
  ['time after the end, beside valid tokens', mfaRequired({ expiresAt: now, earlier }), events.time_passed, 'signed_in', []],

  // ── signed_in ──
  ['another login', signedIn(), events.login, 'requesting', ['request']],
  ['a login as another account', signedIn(), stranger, 'signed_in', ['reject']],
  ["a customer's login to the product itself", signedIn(product), jane, 'signed_in', ['reject']],
  ['a code without a challenge', signedIn(), events.submit_otp, 'signed_in', ['reject']],
  ['a recovery code without a challenge', signedIn(), events.submit_recovery_code, 'signed_in', ['reject']],
  ['another client token', signedIn(product), events.request_client_token, 'requesting', ['request']],
  ["a client token for a user client's account", signedIn(user), events.request_client_token, 'signed_in', ['reject']],
  ['a client token for a developer client', signedIn(), events.request_client_token, 'signed_in', ['reject']],
  ['creating the customer', signedIn(ofCustomer), events.create_customer, 'requesting', ['request']],
  ['creating another customer', signedIn(ofCustomer), otherCustomer, 'signed_in', ['reject']],
  ['a token from elsewhere', signedIn(), events.set_token, 'signed_in', ['save']],
  ['a token of an unknown subject', signedIn(), unknownSubject, 'signed_in', []],
  ["another account's token", signedIn(), strangersToken, 'signed_in', ['reject']],
  ['a renewal by the client', signedIn({ ...product, tokens: clientTokens }), events.renew, 'renewing', ['request']],
  ['a renewal by refresh', signedIn({ ...ofCustomer, tokens: createRefreshableTokens() }), events.renew, 'renewing', ['save', 'request']],
  ["a renewal of a developer's token", signedIn({ tokens: createRefreshableTokens() }), events.renew, 'signed_in', ['reject']],
  ["the rejection of a client's token", signedIn({ ...product, tokens: clientTokens }), events.token_rejected, 'signed_in', ['save']],
  ['the same rejection again', signedIn({ ...product, tokens: { ...clientTokens, isRejected: true } }), events.token_rejected, 'signed_in', []],
  ["the rejection of a developer's token", signedIn(), events.token_rejected, 'reauthentication_required', ['save']],
  ['the rejection of an older token', signedIn(), oldToken, 'signed_in', []],
  ['a logout', signedIn(), events.logout, 'signed_out', ['save', 'revoke']],
  ['a logout that keeps the token valid', signedIn(), keepToken, 'signed_out', ['save']],
  ['time before expiry', signedIn(), soon, 'signed_in', []],
  ["time after a client's token expired", signedIn({ ...product, tokens: { ...clientTokens, ...expired } }), events.time_passed, 'signed_in', []],
  ["time after a customer's token expired", signedIn({ ...ofCustomer, tokens: createRefreshableTokens(expired) }), events.time_passed, 'signed_in', []],
  ["time after a developer's token expired", signedIn({ tokens: createRefreshableTokens(expired) }), events.time_passed, 'reauthentication_required', []],

  // ── renewing ──
  ['a login meanwhile', renewing(), jane, 'renewing', ['reject']],
  ['a code meanwhile', renewing(), events.submit_otp, 'renewing', ['reject']],
  ['a recovery code meanwhile', renewing(), events.submit_recovery_code, 'renewing', ['reject']],
  ['a client token meanwhile', renewing(), events.request_client_token, 'renewing', ['reject']],
  ['creating the customer meanwhile', renewing(), events.create_customer, 'renewing', ['reject']],
  ['a token from elsewhere meanwhile', renewing(), events.set_token, 'renewing', ['reject']],
  ['a second renewal', renewing(), events.renew, 'renewing', ['reject']],
  ['a rejection meanwhile', renewing(), events.token_rejected, 'renewing', []],
  ['a logout meanwhile', renewing(), events.logout, 'signed_out', ['save', 'revoke']],
  ['a logout meanwhile that keeps the token valid', renewing(), keepToken, 'signed_out', ['save']],
  ['time meanwhile', renewing(), events.time_passed, 'renewing', []],
  ['new tokens', renewing(), events.granted, 'signed_in', ['save']],
  ['new tokens of another scope', renewing(), foreign, 'signed_in', ['save', 'reject']],
  ['a challenge', renewing(), events.challenged, 'signed_in', ['save', 'reject']],
  ['a refused refresh token', renewing(), refused('invalid_grant'), 'signed_in', ['save', 'reject']],
  ['a refused refresh token of a known subject after expiry', renewing({ tokens: createRefreshableTokens(expired) }), refused('invalid_grant'), 'signed_in', ['save', 'reject']],
  ['a refused refresh token of an unknown subject', renewing({ subject: undefined }), refused('invalid_grant'), 'signed_in', ['save', 'reject']],
  ['a refused refresh token of an unknown subject after expiry', renewing({ subject: undefined, tokens: createRefreshableTokens(expired) }), refused('invalid_grant'), 'reauthentication_required', ['save', 'reject']],
  ['an unknown customer', renewing({ grantType: 'client_credentials' }), refused('invalid_scope'), 'signed_in', ['save', 'reject']],
  ['an unknown customer after expiry', renewing({ grantType: 'client_credentials', tokens: createTokens('password', expired) }), refused('invalid_scope'), 'signed_out', ['save', 'reject']],
  ['a refused client', renewing(), refused('invalid_client'), 'signed_in', ['save', 'reject']],
  ['a temporary error', renewing(), failed(failures.unavailable), 'signed_in', ['save', 'reject']],

  // ── reauthentication_required ──
  ['a new login', reauthentication(), events.login, 'requesting', ['request']],
  ['a login as another account', reauthentication(), stranger, 'reauthentication_required', ['reject']],
  ['a code without a challenge', reauthentication(), events.submit_otp, 'reauthentication_required', ['reject']],
  ['a recovery code without a challenge', reauthentication(), events.submit_recovery_code, 'reauthentication_required', ['reject']],
  ['a client token', reauthentication({ ...product, subject: undefined }), events.request_client_token, 'requesting', ['request']],
  ["a client token for a user client's account", reauthentication(user), events.request_client_token, 'reauthentication_required', ['reject']],
  ['a client token for a developer client', reauthentication(), events.request_client_token, 'reauthentication_required', ['reject']],
  ['creating the customer', reauthentication(ofCustomer), events.create_customer, 'requesting', ['request']],
  ['a token from elsewhere', reauthentication(), events.set_token, 'signed_in', ['save']],
  ["another account's token", reauthentication(), strangersToken, 'reauthentication_required', ['reject']],
  ['a renewal', reauthentication(), events.renew, 'reauthentication_required', ['reject']],
  ['another rejection', reauthentication(), events.token_rejected, 'reauthentication_required', []],
  ['a logout', reauthentication(), events.logout, 'signed_out', ['save']],
  ['more time', reauthentication(), events.time_passed, 'reauthentication_required', []],
]

const settledStates = [signedOut(), mfaRequired({ earlier }), signedIn(), reauthentication()]

/** Responses that no request is waiting for. Everything else is in the table of examples. */
const unexpected = settledStates.flatMap((state) =>
  (['granted', 'challenged', 'refused', 'failed'] as const).map((type) => ({ state, event: events[type] })),
)

const cases = examples.map(([name, state, event, to, effects]) => {
  const title = `${state.status}, ${name}: ${event.type} → ${[to, ...effects].join(', ')}`
  return [title, { state, event, to, effects }] as const
})

describe('transition', () => {
  it.each(cases)('%s', (_, { state, event, to, effects }) => {
    const next = transition(deepFreeze(state), deepFreeze(event))

    expect([next.state.status, getEffectTypes(next)]).toEqual([to, effects])
  })

  it.each(unexpected)('throws for $event.type in $state.status', ({ state, event }) => {
    expect(() => transition(state, event)).toThrow(
      expect.objectContaining({
        code: 'invalid_state',
        details: { problem: `no request is in progress for the event ${event.type}` },
      }),
    )
  })

  it('is tested here for every event in every state', () => {
    const expected = cases.map(([, example]) => example)
    const seen = [...expected, ...unexpected].map(({ state, event }) => `${state.status} × ${event.type}`)
    const all = statuses.flatMap((status) => (Object.keys(events) as EventType[]).map((type) => `${status} × ${type}`))

    expect([...new Set(seen)].sort()).toEqual(all.sort())
  })

  it('throws for an event that it does not know', () => {
    for (const state of settledStates) {
      expect(() => transition(state, { type: 'toString', at: now } as unknown as MachineEvent)).toThrow(
        expect.objectContaining({ code: 'invalid_state' }),
      )
    }
  })

  it('returns the same state where nothing changes, so that callers can compare', () => {
    const requests = [requesting('password', signedIn()), requesting('password', mfaRequired({ earlier }))]

    for (const state of [...settledStates, ...requests, renewing()]) {
      expect(transition(state, soon).state).toBe(state)
      expect(transition(state, oldToken).state).toBe(state)
    }
  })
})

describe('a state', () => {
  it.each([createUnboundIdentity(), createOwnIdentity(), createIdentity('product'), createIdentity('user')])(
    'is signed_out at first: $clientKind',
    (identity) => {
      const { subject } = identity

      expect(initialState(identity)).toEqual({
        status: 'signed_out',
        identity,
        subject,
        reason: 'never_signed_in',
      })
    },
  )

  it('is settled unless a request is in progress', () => {
    for (const state of settledStates) expect(isSettled(state)).toBe(true)
    for (const state of [requesting(), renewing()]) expect(isSettled(state)).toBe(false)
  })
})
