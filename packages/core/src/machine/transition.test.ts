import { describe, expect, it } from 'vitest'
import { challenged, events, failed, failures, granted, refused } from '../../test/events.ts'
import { frozen } from '../../test/secrets.ts'
import {
  identityOf,
  mfaRequired,
  minute,
  now,
  reauthenticationRequired as reauthentication,
  refreshable,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  subjects,
  tokensFrom,
  unbound,
} from '../../test/states.ts'
import type { EffectType } from './effect.ts'
import { type Event, eventTypes } from './event.ts'
import { type State, type Status, statuses } from './state.ts'
import { rowFor, transition } from './transition.ts'
import { transitions } from './transitions.ts'

const product = { identity: identityOf('product') }
const owner = { identity: identityOf('product', { subject: 'owner' }) }
const user = { identity: identityOf('user') }
const unboundUser = { identity: unbound('user') }
const stranger: Event = { ...events.login, subject: 'account:somebody@example.com' }
const janes: Event = { ...events.login, subject: subjects.product, username: 'jane@example.com' }
const keepToken: Event = { ...events.logout, revoke: false }
const oldToken: Event = { ...events.rejected, accessToken: events.adopt.accessToken }
const foreign = granted({ scope: 'customer=somebody@example.com' })
const askedAgain = tokensFrom('client_credentials')
const expired = { expiresAt: now }
const over = mfaRequired({ triesLeft: 0 })
const tooOld = mfaRequired({ endsAt: now })
const lastTry = { triesLeft: 0 }
const held = tokensFrom()
const inDoubt = refreshable({ refreshInDoubt: { since: now, askAgainRefused: false } })
const renewalPostponed = { failures: 1, since: now - 1, retryAt: now + 1, because: 'no_answer' } as const
const soon = { ...events.time_passed, at: now + minute }

/** In this state, this event leads to that status, with these effects in this order. */
type Example = readonly [name: string, state: State, event: Event, to: Status, effects: readonly EffectType[]]

// biome-ignore format: one line per example, to be read as a table
const examples: readonly Example[] = [
  // ── signed_out ──
  ['a first sign-in', signedOut(), events.login, 'requesting', ['request']],
  ['a sign-in after logging out', signedOut({ identity: identityOf() }), events.login, 'requesting', ['request']],
  ['a sign-in as somebody else', signedOut({ identity: identityOf() }), stranger, 'signed_out', ['refuse']],
  ['a code without a challenge', signedOut(), events.submit_otp, 'signed_out', ['refuse']],
  ['a recovery code without a challenge', signedOut(), events.submit_recovery_code, 'signed_out', ['refuse']],
  ['a product asks for its owner', signedOut(owner), events.authorize, 'requesting', ['request']],
  ['a product asks for its customer', signedOut(product), events.authorize, 'requesting', ['request']],
  ['a user client asks for its owner', signedOut(unboundUser), events.authorize, 'requesting', ['request']],
  ['a user client that an account signed in to asks', signedOut(user), events.authorize, 'signed_out', ['refuse']],
  ['a developer client asks', signedOut(), events.authorize, 'signed_out', ['refuse']],
  ['adopting a token', signedOut(), events.adopt, 'signed_in', ['save']],
  ['renewing nothing', signedOut(), events.renew, 'signed_out', ['refuse']],
  ['an old token is rejected', signedOut(), events.rejected, 'signed_out', []],
  ['an old token is taken', signedOut(), events.accepted, 'signed_out', []],
  ['logging out once more', signedOut(), events.logout, 'signed_out', ['forget']],
  ['time', signedOut(), events.time_passed, 'signed_out', []],

  // ── requesting ──
  ['a second sign-in', requesting(), events.login, 'requesting', ['refuse']],
  ['a code too early', requesting(), events.submit_otp, 'requesting', ['refuse']],
  ['a recovery code too early', requesting(), events.submit_recovery_code, 'requesting', ['refuse']],
  ['asking in between', requesting(), events.authorize, 'requesting', ['refuse']],
  ['adopting in between', requesting(), events.adopt, 'requesting', ['refuse']],
  ['renewing in between', requesting(), events.renew, 'requesting', ['refuse']],
  ['a rejection meanwhile', requesting(), events.rejected, 'requesting', []],
  ['an old token is taken meanwhile', requesting(), events.accepted, 'requesting', []],
  ['logging out, nothing held', requesting(), events.logout, 'signed_out', ['forget']],
  ['logging out, tokens held', requesting('password', signedIn()), events.logout, 'signed_out', ['revoke', 'forget']],
  ['logging out, tokens left to live', requesting('password', signedIn()), keepToken, 'signed_out', ['forget']],
  ['time meanwhile', requesting(), events.time_passed, 'requesting', []],
  ['tokens come', requesting(), events.granted, 'signed_in', ['save']],
  ["somebody else's tokens come", requesting(), foreign, 'signed_out', ['refuse']],
  ["somebody else's tokens come over good ones", requesting('password', signedIn()), foreign, 'signed_in', ['refuse']],
  ["somebody else's tokens come over dead ones", requesting('password', reauthentication()), foreign, 'reauthentication_required', ['refuse']],
  ["somebody else's tokens come, a challenge open", requesting('password', mfaRequired()), foreign, 'mfa_required', ['refuse']],
  ["somebody else's tokens answer a code", requestingCode(), foreign, 'signed_out', ['save', 'refuse']],
  ["somebody else's tokens answer a code, tokens held", requestingCode({ held }), foreign, 'signed_in', ['save', 'refuse']],
  ['SSO in answer to a code', requestingCode(), refused('sso_user'), 'mfa_required', ['refuse']],
  ['a second factor is asked for', requesting(), events.challenged, 'mfa_required', ['save']],
  ['a second factor is asked of a client', requesting('client_credentials', signedOut(owner)), events.challenged, 'signed_out', ['refuse']],
  ['a second factor is asked of a client with a token', requesting('client_credentials', signedIn(owner)), events.challenged, 'signed_in', ['refuse']],
  ['a second factor is asked of a client with a dead token', requesting('client_credentials', reauthentication(owner)), events.challenged, 'reauthentication_required', ['refuse']],
  ['a second factor is answered with another challenge', requestingCode(), events.challenged, 'mfa_required', ['refuse']],
  ['the code is refused', requestingCode(), refused('invalid_token', { status: 401 }), 'mfa_required', ['refuse']],
  ['the recovery code is refused', requestingCode({}, 'urn:custom:recovery-code'), refused('invalid_grant'), 'mfa_required', ['refuse']],
  ['the last code is refused', requestingCode(lastTry), refused('invalid_token'), 'signed_out', ['save', 'refuse']],
  ['the last code is refused, tokens held', requestingCode({ ...lastTry, held }), refused('invalid_token'), 'signed_in', ['save', 'refuse']],
  ['a code is refused that came too late', requestingCode({ endsAt: now }), refused('invalid_token'), 'signed_out', ['save', 'refuse']],
  ['the request around a code is refused', requestingCode(), refused('invalid_client'), 'mfa_required', ['save', 'refuse']],
  ['SSO', requesting(), refused('sso_user', { status: 403 }), 'signed_out', ['refuse']],
  ['SSO, with a token in hand', requesting('password', signedIn()), refused('sso_user'), 'signed_in', ['refuse']],
  ['SSO, with a challenge open', requesting('password', mfaRequired()), refused('sso_user'), 'mfa_required', ['refuse']],
  ['SSO, with a dead token', requesting('password', reauthentication()), refused('sso_user'), 'reauthentication_required', ['refuse']],
  ['the password is refused', requesting(), refused('invalid_grant'), 'signed_out', ['refuse']],
  ['the password is refused, tokens held', requesting('password', signedIn()), refused('invalid_grant'), 'signed_in', ['refuse']],
  ['the password is refused, challenge open', requesting('password', mfaRequired()), refused('invalid_grant'), 'mfa_required', ['refuse']],
  ['the password is refused, token dead', requesting('password', reauthentication()), refused('invalid_grant'), 'reauthentication_required', ['refuse']],
  ['the answer to a code is lost', requestingCode(), failed(), 'mfa_required', ['refuse']],
  ['a code meets a rate limit', requestingCode(), failed(failures.rateLimited), 'mfa_required', ['save', 'refuse']],
  ['the answer to a sign-in is lost', requesting(), failed(), 'signed_out', ['refuse']],
  ['a sign-in fails, tokens held', requesting('password', signedIn()), failed(), 'signed_in', ['refuse']],
  ['a sign-in fails, challenge open', requesting('password', mfaRequired()), failed(), 'mfa_required', ['refuse']],
  ['a sign-in fails, token dead', requesting('password', reauthentication()), failed(), 'reauthentication_required', ['refuse']],

  // ── mfa_required ──
  ['starting over', mfaRequired(), events.login, 'requesting', ['request']],
  ['starting over as somebody else', mfaRequired(), stranger, 'mfa_required', ['refuse']],
  ['a code', mfaRequired(), events.submit_otp, 'requesting', ['save', 'request']],
  ['a code too many', over, events.submit_otp, 'signed_out', ['save', 'refuse']],
  ['a code too late', tooOld, events.submit_otp, 'signed_out', ['save', 'refuse']],
  ['a code too many, tokens held', mfaRequired({ ...lastTry, held }), events.submit_otp, 'signed_in', ['save', 'refuse']],
  ['a recovery code', mfaRequired(), events.submit_recovery_code, 'requesting', ['save', 'request']],
  ['a recovery code too many', over, events.submit_recovery_code, 'signed_out', ['save', 'refuse']],
  ['a recovery code too late, tokens held', mfaRequired({ endsAt: now, held }), events.submit_recovery_code, 'signed_in', ['save', 'refuse']],
  ['a product asks instead', mfaRequired(product), events.authorize, 'requesting', ['request']],
  ["a user client's account asks instead", mfaRequired(user), events.authorize, 'mfa_required', ['refuse']],
  ['a developer client asks instead', mfaRequired(), events.authorize, 'mfa_required', ['refuse']],
  ['adopting instead', mfaRequired(), events.adopt, 'signed_in', ['save']],
  ['renewing before the code', mfaRequired({ held }), events.renew, 'mfa_required', ['refuse']],
  ['the held token is rejected', mfaRequired({ held }), events.rejected, 'mfa_required', ['save']],
  ['another token is rejected', mfaRequired({ held }), oldToken, 'mfa_required', []],
  ['the held token is taken', mfaRequired({ held }), events.accepted, 'mfa_required', []],
  ['giving up, nothing held', mfaRequired(), events.logout, 'signed_out', ['forget']],
  ['giving up, tokens held', mfaRequired({ held }), events.logout, 'signed_out', ['revoke', 'forget']],
  ['time within the limit', mfaRequired(), soon, 'mfa_required', []],
  ['time beyond the limit', tooOld, events.time_passed, 'signed_out', []],
  ['time beyond the limit, tokens held', mfaRequired({ endsAt: now, held }), events.time_passed, 'signed_in', []],

  // ── signed_in ──
  ['signing in anew', signedIn(), events.login, 'requesting', ['request']],
  ['signing in as somebody else', signedIn(), stranger, 'signed_in', ['refuse']],
  ["signing a product's other customer in", signedIn(owner), janes, 'signed_in', ['refuse']],
  ['a needless code', signedIn(), events.submit_otp, 'signed_in', ['refuse']],
  ['a needless recovery code', signedIn(), events.submit_recovery_code, 'signed_in', ['refuse']],
  ['a product asks anew', signedIn(owner), events.authorize, 'requesting', ['request']],
  ["a user client's account asks", signedIn(user), events.authorize, 'signed_in', ['refuse']],
  ['a signed-in developer client asks', signedIn(), events.authorize, 'signed_in', ['refuse']],
  ['adopting another', signedIn(), events.adopt, 'signed_in', ['save']],
  ['renewing by asking again', signedIn({ ...owner, tokens: askedAgain }), events.renew, 'renewing', ['request']],
  ['renewing by refresh', signedIn({ ...product, tokens: refreshable() }), events.renew, 'renewing', ['save', 'request']],
  ["renewing a developer's token", signedIn({ tokens: refreshable() }), events.renew, 'signed_in', ['refuse']],
  ["a client's own token is rejected", signedIn({ ...owner, tokens: askedAgain }), events.rejected, 'renewing', ['request']],
  ["a customer's token is rejected", signedIn({ ...product, tokens: refreshable() }), events.rejected, 'renewing', ['save', 'request']],
  ['a token is rejected whose renewal must wait', signedIn({ ...owner, tokens: askedAgain, renewalPostponed }), events.rejected, 'signed_in', ['save', 'refuse']],
  ['a token is rejected that was itself the answer to a rejection', signedIn({ ...owner, tokens: { ...askedAgain, afterRejection: true } }), events.rejected, 'reauthentication_required', ['save', 'refuse']],
  ['a token is taken that was the answer to a rejection', signedIn({ ...owner, tokens: { ...askedAgain, afterRejection: true } }), events.accepted, 'signed_in', ['save']],
  ['a token is taken once more', signedIn(), events.accepted, 'signed_in', []],
  ['an older token is taken', signedIn({ ...owner, tokens: { ...askedAgain, afterRejection: true } }), { ...events.accepted, accessToken: events.adopt.accessToken }, 'signed_in', []],
  ["a developer's token is rejected", signedIn(), events.rejected, 'reauthentication_required', ['save', 'refuse']],
  ['a token is rejected whose renewal was refused', signedIn({ ...owner, tokens: askedAgain, renewalStopped: 'invalid_client' }), events.rejected, 'reauthentication_required', ['save', 'refuse']],
  ['an older token is rejected', signedIn(), oldToken, 'signed_in', []],
  ['logging out', signedIn(), events.logout, 'signed_out', ['revoke', 'forget']],
  ['logging out without revoking', signedIn(), keepToken, 'signed_out', ['forget']],
  ['time before the end', signedIn(), soon, 'signed_in', []],
  ["time after the end of a client's token", signedIn({ ...owner, tokens: { ...askedAgain, ...expired } }), events.time_passed, 'signed_in', []],
  ["time after the end of a customer's token", signedIn({ ...product, tokens: refreshable(expired) }), events.time_passed, 'signed_in', []],
  ["time after the end of a developer's token", signedIn({ tokens: refreshable(expired) }), events.time_passed, 'reauthentication_required', []],

  // ── renewing ──
  ['a sign-in during a renewal', renewing(), janes, 'renewing', ['refuse']],
  ['a code during a renewal', renewing(), events.submit_otp, 'renewing', ['refuse']],
  ['a recovery code during a renewal', renewing(), events.submit_recovery_code, 'renewing', ['refuse']],
  ['asking during a renewal', renewing(), events.authorize, 'renewing', ['refuse']],
  ['adopting during a renewal', renewing(), events.adopt, 'renewing', ['refuse']],
  ['a second renewal', renewing(), events.renew, 'renewing', ['refuse']],
  ['a rejection during a renewal', renewing(), events.rejected, 'renewing', []],
  ['a token is taken meanwhile', renewing(), events.accepted, 'renewing', []],
  ['logging out during a renewal', renewing(), events.logout, 'signed_out', ['revoke', 'forget']],
  ['logging out during a renewal without revoking', renewing(), keepToken, 'signed_out', ['forget']],
  ['time during a renewal', renewing(), events.time_passed, 'renewing', []],
  ['the renewed tokens come', renewing(), events.granted, 'signed_in', ['save']],
  ["somebody else's renewed tokens come", renewing(), foreign, 'signed_in', ['save', 'refuse']],
  ['a second factor is asked of a renewal', renewing(), events.challenged, 'signed_in', ['save', 'refuse']],
  ['the refresh token is refused', renewing(), refused('invalid_grant'), 'signed_in', ['save', 'refuse']],
  ['the refresh token is refused, access token over', renewing({ tokens: refreshable(expired) }), refused('invalid_grant'), 'reauthentication_required', ['save', 'refuse']],
  ['the client is refused', renewing(), refused('invalid_client'), 'signed_in', ['save', 'refuse']],
  ['the renewal fails', renewing(), failed(failures.unavailable), 'signed_in', ['save', 'refuse']],
  ['the way out of a lost refresh is refused', renewing({ tokens: inDoubt, by: 'client_credentials' }), refused('invalid_client'), 'signed_in', ['save', 'refuse']],

  // ── reauthentication_required ──
  ['signing in again', reauthentication(), events.login, 'requesting', ['request']],
  ['signing in again as somebody else', reauthentication(), stranger, 'reauthentication_required', ['refuse']],
  ['a code before signing in again', reauthentication(), events.submit_otp, 'reauthentication_required', ['refuse']],
  ['a recovery code before signing in again', reauthentication(), events.submit_recovery_code, 'reauthentication_required', ['refuse']],
  ['a product asks again', reauthentication(owner), events.authorize, 'requesting', ['request']],
  ["a user client's account asks again", reauthentication(user), events.authorize, 'reauthentication_required', ['refuse']],
  ['a developer client asks again', reauthentication(), events.authorize, 'reauthentication_required', ['refuse']],
  ['adopting a living one', reauthentication(), events.adopt, 'signed_in', ['save']],
  ['renewing the dead', reauthentication(), events.renew, 'reauthentication_required', ['refuse']],
  ['the dead is rejected', reauthentication(), events.rejected, 'reauthentication_required', []],
  ['the dead is taken', reauthentication(), events.accepted, 'reauthentication_required', []],
  ['forgetting the dead', reauthentication(), events.logout, 'signed_out', ['forget']],
  ['more time', reauthentication(), events.time_passed, 'reauthentication_required', []],
]

/** Answers that no request is waiting for. Everything else is in the table of examples. */
const forbidden = (['signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'] as const).flatMap(
  (status) => (['granted', 'challenged', 'refused', 'failed'] as const).map((event) => ({ status, event })),
)

const settledStates: Record<(typeof forbidden)[number]['status'], State> = {
  signed_out: signedOut(),
  mfa_required: mfaRequired({ held }),
  signed_in: signedIn(),
  reauthentication_required: reauthentication(),
}

const cases = examples.map(([name, state, event, to, effects]) => ({
  name,
  state,
  event,
  to,
  effects,
  title: `${state.status}, ${name}: ${event.type} → ${to}${effects.length === 0 ? '' : `, ${effects.join(' and ')}`}`,
}))

describe('the state × event table', () => {
  it.each(cases)('$title', ({ state, event, to, effects }) => {
    const step = transition(frozen(state), frozen(event))

    expect([step.state.status, step.effects.map(({ type }) => type)]).toEqual([to, effects])
  })

  it.each(cases)('declares what happens: $title', ({ state, event, to, effects }) => {
    const row = rowFor(state, event)

    expect(row?.to).toContain(to)
    expect(row?.effects).toEqual(effects)
  })

  it.each(forbidden)('$status forbids $event', ({ status, event }) => {
    expect(() => transition(settledStates[status], events[event])).toThrow(
      expect.objectContaining({ code: 'invalid_transition', details: { status, event } }),
    )
  })

  it('has an example for each of its 6 × 13 cells, forbidden ones included', () => {
    const seen = new Set([
      ...cases.map(({ state, event }) => `${state.status} × ${event.type}`),
      ...forbidden.map(({ status, event }) => `${status} × ${event}`),
    ])

    expect([...seen].sort()).toEqual(
      statuses.flatMap((status) => eventTypes.map((event) => `${status} × ${event}`)).sort(),
    )
  })

  it.each(transitions.map((row) => ({ row, title: `${row.from} × ${row.on}: ${row.do}` })))(
    'reaches every status of the row $title',
    ({ row }) => {
      const reached = cases.filter(({ state, event }) => rowFor(state, event) === row).map(({ to }) => to)

      expect([...new Set(reached)].sort()).toEqual([...row.to].sort())
    },
  )

  it('takes no event that it does not know', () => {
    expect(() => transition(signedIn(), { type: 'toString', at: now } as unknown as Event)).toThrow(
      expect.objectContaining({ code: 'invalid_transition' }),
    )
  })

  it('takes no state that it does not know', () => {
    expect(() => transition({ ...signedIn(), status: 'paused' } as unknown as State, events.logout)).toThrow(
      expect.objectContaining({ code: 'invalid_transition' }),
    )
  })
})

it('leaves the state in place when a step leads nowhere, so that its owner can tell', () => {
  const states = [signedOut(), mfaRequired(), signedIn(), reauthentication()]

  for (const state of states) expect(transition(state, soon).state).toBe(state)
})

it('gives a fresh challenge its own limits', () => {
  const step = transition(requesting(), challenged({ limits: { tries: 1, maxAge: 5 } }))

  expect(step.state).toMatchObject({ challenge: { triesLeft: 1, endsAt: now + 5 } })
})
