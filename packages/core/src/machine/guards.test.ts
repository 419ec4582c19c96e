import { describe, expect, it } from 'vitest'
import { events, failed, failures, granted, refused } from '../../test/events.ts'
import {
  identityOf,
  mfaRequired,
  now,
  reauthenticationRequired,
  refreshable,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  tokensFrom,
  unbound,
} from '../../test/states.ts'
import type { Event } from './event.ts'
import { type GuardName, guards } from './guards.ts'
import type { State } from './state.ts'

const product = identityOf('product')
const somebody: Event = { ...events.login, subject: 'account:somebody@example.com' }
const other: Event = { ...events.rejected, accessToken: events.adopt.accessToken }
const janes = 'customer=jane@example.com'
const askedForJane = requesting('client_credentials', signedOut({ identity: product }), {
  expiresIn: undefined,
  scope: janes,
})
const adopted = tokensFrom('adopted')
const asked = tokensFrom('client_credentials')
const never = { expiresAt: null }
const postponed = { failures: 1, since: now - 1000, retryAt: now + 1, because: 'no_answer' } as const
const doubt = { refreshInDoubt: { since: now, askAgainRefused: false } }
const untaken = signedIn({ tokens: tokensFrom('password', { afterRejection: true }) })

/** To this question, in this state and of this event, the answer is that. */
type Question = readonly [guard: GuardName, about: string, state: State, event: Event, answer: boolean]

// biome-ignore format: one line per question, to be read as a table
const questions: readonly Question[] = [
  ['username_fits', 'nobody is bound yet', signedOut(), events.login, true],
  ['username_fits', 'it is who is bound', signedIn(), events.login, true],
  ['username_fits', 'it is somebody else', signedIn(), somebody, false],

  ['client_may_authorize', 'a product client', signedOut({ identity: product }), events.authorize, true],
  ['client_may_authorize', 'a user client', signedOut({ identity: identityOf('user') }), events.authorize, true],
  ['client_may_authorize', 'a developer client', signedOut(), events.authorize, false],

  ['bound_to_account', 'an account', signedIn({ identity: identityOf('user') }), events.authorize, true],
  ['bound_to_account', 'a customer', signedIn({ identity: product }), events.authorize, false],
  ['bound_to_account', 'the owner', signedIn({ identity: identityOf('user', { subject: 'owner' }) }), events.authorize, false],
  ['bound_to_account', 'nobody', signedOut({ identity: unbound('user') }), events.authorize, false],

  ['challenge_open', 'tries and time are left', mfaRequired({ triesLeft: 1, endsAt: now + 1 }), events.submit_otp, true],
  ['challenge_open', 'no try is left', mfaRequired({ triesLeft: 0 }), events.submit_otp, false],
  ['challenge_open', 'the last millisecond is over', mfaRequired({ endsAt: now }), events.submit_otp, false],

  ['holds_tokens', 'signed in', signedIn(), events.logout, true],
  ['holds_tokens', 'renewing', renewing(), events.logout, true],
  ['holds_tokens', 'held during a challenge', mfaRequired({ held: tokensFrom() }), events.logout, true],
  ['holds_tokens', 'held during a request', requesting('password', signedIn()), events.logout, true],
  ['holds_tokens', 'held during the request of a challenge', requestingCode({ held: tokensFrom() }), events.logout, true],
  ['holds_tokens', 'a first challenge', mfaRequired(), events.logout, false],
  ['holds_tokens', 'a first request', requesting(), events.logout, false],
  ['holds_tokens', 'signed out', signedOut(), events.logout, false],
  ['holds_tokens', 'a dead token', reauthenticationRequired(), events.logout, false],

  ['revocation_wanted', 'as usual', signedIn(), events.logout, true],
  ['revocation_wanted', 'told not to', signedIn(), { ...events.logout, revoke: false }, false],

  ['grant_may_be_challenged', 'password', requesting('password'), events.challenged, true],
  ['grant_may_be_challenged', 'client_credentials', requesting('client_credentials'), events.challenged, false],
  ['grant_may_be_challenged', 'urn:custom:mfa-otp', requestingCode(), events.challenged, false],
  ['grant_may_be_challenged', 'urn:custom:recovery-code', requestingCode({}, 'urn:custom:recovery-code'), events.challenged, false],

  ['second_factor_sent', 'urn:custom:mfa-otp', requestingCode(), events.refused, true],
  ['second_factor_sent', 'urn:custom:recovery-code', requestingCode({}, 'urn:custom:recovery-code'), events.refused, true],
  ['second_factor_sent', 'password', requesting('password'), events.refused, false],
  ['second_factor_sent', 'client_credentials', requesting('client_credentials'), events.refused, false],

  ['code_refused', 'invalid_token', requestingCode(), refused('invalid_token'), true],
  ['code_refused', 'invalid_grant', requestingCode(), refused('invalid_grant'), true],
  ['code_refused', 'invalid_client', requestingCode(), refused('invalid_client'), false],
  ['code_refused', 'invalid_request', requestingCode(), refused('invalid_request'), false],
  ['code_refused', 'an unknown code', requestingCode(), refused('toString'), false],

  ['challenge_stays_open', 'tries and time are left', requestingCode({ triesLeft: 1 }), events.refused, true],
  ['challenge_stays_open', 'that was the last try', requestingCode({ triesLeft: 0 }), events.refused, false],
  ['challenge_stays_open', 'it ended meanwhile', requestingCode({ endsAt: now }), events.refused, false],
  ['challenge_stays_open', 'there was none', requesting('password'), events.refused, false],

  ['answer_lost', 'no answer', requestingCode(), failed(failures.lost), true],
  ['answer_lost', '429', requestingCode(), failed(failures.rateLimited), false],
  ['answer_lost', '503', requestingCode(), failed(failures.unavailable), false],
  ['answer_lost', 'HTML', requestingCode(), failed(failures.html), false],

  ['sso', 'sso_user', requesting(), refused('sso_user'), true],
  ['sso', 'invalid_grant', requesting(), refused('invalid_grant'), false],

  ['scope_fits', 'no scope in the answer', askedForJane, granted(), true],
  ['scope_fits', 'the scope that was asked for', askedForJane, granted({ scope: janes }), true],
  ['scope_fits', "another customer's", askedForJane, granted({ scope: 'customer=joe@example.com' }), false],
  ['scope_fits', 'the one that was asked for is dropped', askedForJane, granted({ scope: 'devices' }), false],
  ['scope_fits', 'a scope that names nobody', requesting(), granted({ scope: 'devices' }), true],
  ['scope_fits', "a customer's, at a renewal", renewing(), granted({ scope: janes }), true],
  ['scope_fits', "another customer's, at a renewal", renewing(), granted({ scope: 'customer=joe' }), false],
  ['scope_fits', 'the one asked for is dropped at a renewal', renewing({ tokens: refreshable({ asked: askedForJane.asked }) }), granted({ scope: 'devices' }), false],

  ['renewal_open', 'nothing was refused', signedIn(), events.renew, true],
  ['renewal_open', 'a renewal was refused', signedIn({ renewalStopped: 'invalid_client' }), events.renew, false],

  ['renewal_not_postponed', 'nothing failed', signedIn(), events.rejected, true],
  ['renewal_not_postponed', 'the wait is over', signedIn({ renewalPostponed: { ...postponed, retryAt: now } }), events.rejected, true],
  ['renewal_not_postponed', 'a moment is left', signedIn({ renewalPostponed: postponed }), events.rejected, false],
  ['renewal_not_postponed', 'the clock went back', signedIn({ renewalPostponed: { ...postponed, since: now + 1, retryAt: now + 2 } }), events.rejected, true],

  ['worth_renewing', 'a first rejection', signedIn(), events.rejected, true],
  ['worth_renewing', 'its successor, never taken', untaken, events.rejected, false],
  ['not_taken_yet', 'the answer to a rejection', untaken, events.accepted, true],
  ['not_taken_yet', 'any other', signedIn(), events.accepted, false],

  ['renewable', 'by asking again', signedIn({ identity: product, tokens: asked }), events.time_passed, true],
  ['renewable', 'by refresh', signedIn({ identity: product, tokens: refreshable() }), events.time_passed, true],
  ['renewable', 'by nothing', signedIn({ tokens: refreshable() }), events.time_passed, false],

  ['way_out_refused', "asking again after a customer's refresh was lost", renewing({ tokens: refreshable(doubt), by: 'client_credentials' }), events.refused, true],
  ['way_out_refused', "asking again for a client's own token", renewing({ tokens: asked, by: 'client_credentials' }), events.refused, false],
  ['way_out_refused', 'a refresh', renewing(), events.refused, false],

  ['token_good', 'before its end', signedIn({ tokens: tokensFrom('password', { expiresAt: now + 1 }) }), events.time_passed, true],
  ['token_good', 'at its end', signedIn({ tokens: tokensFrom('password', { expiresAt: now }) }), events.time_passed, false],
  ['token_good', 'the API has refused it', signedIn({ tokens: tokensFrom('password', { rejected: true }) }), events.time_passed, false],
  ['token_good', 'without an end', signedIn({ tokens: tokensFrom('password', never) }), events.time_passed, true],

  ['token_current', "the session's own", signedIn(), events.rejected, true],
  ['token_current', 'the held one', mfaRequired({ held: tokensFrom() }), events.rejected, true],
  ['token_current', 'another', signedIn(), other, false],
  ['token_current', 'there is none', mfaRequired(), events.rejected, false],

  ['refusal_is_final', 'invalid_grant', renewing(), refused('invalid_grant'), true],
  ['refusal_is_final', 'invalid_client', renewing(), refused('invalid_client'), false],
  ['refusal_is_final', 'invalid_scope', renewing(), refused('invalid_scope'), false],

  ['renewable_by_refresh', "a customer's password token", signedIn({ identity: product, tokens: refreshable() }), events.renew, true],
  ['renewable_by_refresh', 'the same on a developer client', signedIn({ tokens: refreshable() }), events.renew, false],
  ['renewable_by_refresh', 'the same on a user client', signedIn({ identity: identityOf('user'), tokens: refreshable() }), events.renew, false],
  ['renewable_by_refresh', 'a refresh was lost, with another way out', signedIn({ identity: product, tokens: refreshable(doubt) }), events.renew, false],
  ['renewable_by_refresh', 'a refresh was lost, and the way out refused', signedIn({ identity: product, tokens: refreshable({ refreshInDoubt: { since: now, askAgainRefused: true } }) }), events.renew, true],
  ['renewable_by_refresh', 'the refresh token is spent', signedIn({ identity: product }), events.renew, false],
  ['renewable_by_refresh', 'it came by client_credentials', signedIn({ identity: product, tokens: asked }), events.renew, false],
  ['renewable_by_refresh', 'it was adopted', signedIn({ identity: product, tokens: adopted }), events.renew, false],

  ['renewable_by_asking_again', "a product's own token", signedIn({ identity: product, tokens: asked }), events.renew, true],
  ['renewable_by_asking_again', "a user client's own token", signedIn({ identity: identityOf('user'), tokens: asked }), events.renew, true],
  ['renewable_by_asking_again', "a customer's password token", signedIn({ identity: product, tokens: refreshable() }), events.renew, false],
  ['renewable_by_asking_again', 'a refresh of a customer was lost', signedIn({ identity: product, tokens: refreshable(doubt) }), events.renew, true],
  ['renewable_by_asking_again', 'it never expires', signedIn({ identity: product, tokens: tokensFrom('client_credentials', never) }), events.renew, false],
]

describe('the named guards', () => {
  it.each(questions.map(([guard, about, state, event, answer]) => ({ guard, about, state, event, answer })))(
    '$guard, $about: $answer',
    ({ guard, state, event, answer }) => {
      const ask = guards[guard] as (state: State, event: Event) => boolean

      expect(ask(state, event)).toBe(answer)
    },
  )

  it('are each asked for a yes and for a no', () => {
    const asked = new Set(questions.map(([guard, , , , answer]) => `${guard} ${answer}`))

    expect([...asked].sort()).toEqual(
      Object.keys(guards)
        .flatMap((guard) => [`${guard} false`, `${guard} true`])
        .sort(),
    )
  })
})
