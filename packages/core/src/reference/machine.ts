import type { EffectType } from '../machine/effect.ts'
import type { EventType } from '../machine/event.ts'
import type { GuardName } from '../machine/guards.ts'
import type { Status } from '../machine/state.ts'

/** What each state of a session means. A state that is missing here does not compile. */
export const stateMeanings: Readonly<Record<Status, string>> = {
  signed_out: 'There is no token.',
  requesting: 'A sign-in is under way.',
  mfa_required: 'The password was right; a code is awaited.',
  signed_in: 'There is an access token.',
  renewing: 'A renewal is under way; the old token stays at hand.',
  reauthentication_required: 'The token is dead, and only its owner can get another.',
}

/** What has happened when an event reaches the machine. */
export const eventMeanings: Readonly<Record<EventType, string>> = {
  login: 'Somebody signs in with username and password.',
  submit_otp: "The authenticator's code is submitted.",
  submit_recovery_code: 'A recovery code is submitted.',
  authorize: "A token is asked for with the client's own credentials.",
  adopt: 'A token that came from elsewhere is handed over.',
  renew: 'The token is to be renewed now.',
  rejected: 'The API refused the access token as dead.',
  accepted: 'The API took the access token.',
  logout: 'The session is to be forgotten.',
  time_passed: 'Time has passed: what was good may be over.',
  granted: 'The request was answered with tokens.',
  challenged: 'The request was answered with `mfa_required`.',
  refused: 'The request was refused for good, by a code in a 4xx answer.',
  failed: 'The request came to nothing that proves anything: no answer, or one that decides nothing.',
}

/** What each condition of the transition table asks. */
export const guardMeanings: Readonly<Record<GuardName, string>> = {
  username_fits: "the session is nobody's yet, or belongs to this username",
  client_may_authorize: 'this kind of client may ask with its own credentials',
  bound_to_account: "an account's sign-in has bound the session",
  challenge_open: 'tries are left, and the challenge is not too old',
  holds_tokens: 'there is an access token, if only from before',
  revocation_wanted: 'the token is to be revoked as well',
  grant_may_be_challenged: 'this grant may be answered with a challenge',
  second_factor_sent: 'the request carries a second factor',
  code_refused: 'the code itself is refused, not the request around it',
  challenge_stays_open: 'the challenge behind the code is still open',
  answer_lost: 'no answer came, so that the code may have been judged',
  sso: 'the account signs in through SSO',
  scope_fits: "the answer's scope is nobody else's",
  renewable_by_refresh: "a product's client may refresh this token",
  renewable_by_asking_again: "the client's own credentials gave the token and can give another",
  renewal_open: 'no renewal of this token was refused before',
  renewal_not_postponed: 'no renewal has failed a moment ago',
  worth_renewing: 'the token was not itself the answer to a rejection, or has been taken since',
  not_taken_yet: 'the token was the answer to a rejection, and nobody has seen it taken yet',
  renewable: 'somebody can renew the token',
  token_good: 'the access token can be used',
  token_current: "it is the session's own token, not one from before a renewal",
  refusal_is_final: 'the refresh token, or what stands in for it, is dead',
  way_out_refused: "the client's own credentials were the way out of a lost refresh",
}

/** What the machine asks its runner to do. */
export const effectMeanings: Readonly<Record<EffectType, string>> = {
  request: 'send a token request',
  save: 'write the state to the store',
  forget: 'remove the session from the store',
  revoke: 'revoke the access token at Particle',
  refuse: 'reject the call with a typed error',
}
