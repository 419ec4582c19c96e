import { grants, mayUse } from '../grants/catalogue.ts'
import { isPostponed, renewalOf } from '../renewal.ts'
import { scopeFits } from '../subject.ts'
import { askedAgain } from './asked.ts'
import type { Accepted, Event, Failed, Granted, Login, Logout, Refused, Rejected } from './event.ts'
import {
  type Asked,
  isGood,
  type MfaRequired,
  type Renewing,
  type Requesting,
  type SettledState,
  type SignedIn,
  type State,
  tokensOf,
} from './state.ts'

/** Error codes that refuse a second factor itself, and not the request around it. */
const codeRefusals = ['invalid_token', 'invalid_grant']

const renewsBy = ({ identity, tokens }: SignedIn) => renewalOf(identity.clientKind, tokens).by

function askedOf(state: Requesting | Renewing): Asked {
  if (state.status === 'requesting') return state.asked
  return state.by === 'client_credentials' ? askedAgain(state) : state.tokens.asked
}

/** The conditions of the transition table, by name. Each is a question to state and event, and nothing else. */
export const guards = {
  /** The session is bound to nobody yet, or to whom the username names. */
  username_fits: ({ identity }: SettledState, { subject }: Login) =>
    identity.subject === undefined || identity.subject === subject,

  /** This kind of client may ask with its own credentials. */
  client_may_authorize: ({ identity }: SettledState, _: Event) =>
    mayUse(identity.clientKind, 'client_credentials'),

  /** An account's sign-in has bound the session: the client's own token is for its owner. */
  bound_to_account: ({ identity }: SettledState, _: Event) =>
    identity.subject?.startsWith('account:') === true,

  /** There are tries left, and the challenge is not too old. */
  challenge_open: ({ challenge }: MfaRequired, { at }: Event) =>
    challenge.triesLeft > 0 && at < challenge.endsAt,

  /** There is an access token, if only from before the sign-in under way. */
  holds_tokens: (state: State, _: Event) => tokensOf(state) !== undefined,

  /** Whoever logs out wants the token revoked as well. */
  revocation_wanted: (_: State, { revoke }: Logout) => revoke,

  /** The catalogue says that this grant may be answered with a challenge. */
  grant_may_be_challenged: ({ grant }: Requesting, _: Event) => {
    const outcomes: readonly string[] = grants[grant].outcomes
    return outcomes.includes('mfa_required')
  },

  /** The request under way carries a second factor. */
  second_factor_sent: ({ grant }: Requesting, _: Event) => grants[grant].singleUse,

  /** The refusal is about the code, not about the request around it. */
  code_refused: (_: Requesting, { answer }: Refused) => codeRefusals.includes(answer.error),

  /** The challenge behind the code that was sent is still open. */
  challenge_stays_open: ({ previous }: Requesting, { at }: Event) =>
    previous.status === 'mfa_required' && guards.challenge_open(previous, { at } as Event),

  /** No answer came: the code may have been judged. */
  answer_lost: (_: Requesting, { refusal }: Failed) => refusal.code === 'no_answer',

  /** The account signs in elsewhere. */
  sso: (_: Requesting, { answer }: Refused) => answer.error === 'sso_user',

  /** The answer's scope is nobody else's. */
  scope_fits: (state: Requesting | Renewing, { tokens }: Granted) => {
    const asked = askedOf(state)
    return scopeFits(tokens.scope, state.identity.subject, asked.scope)
  },

  /** Product-only: a refresh token is sent for a product's client, and only for tokens that it can renew. */
  renewable_by_refresh: (state: SignedIn, _: Event) =>
    mayUse(state.identity.clientKind, 'refresh_token') && renewsBy(state) === 'refresh_token',

  /** The client's own credentials gave the token and can give another. */
  renewable_by_asking_again: (state: SignedIn, _: Event) => renewsBy(state) === 'client_credentials',

  /** No renewal of this token was refused before. */
  renewal_open: ({ renewalStopped }: SignedIn, _: Event) => renewalStopped === undefined,

  /** No renewal has failed so shortly before that it must wait. */
  renewal_not_postponed: ({ renewalPostponed }: SignedIn, { at }: Event) =>
    !isPostponed(renewalPostponed, at),

  /** The token was not itself the answer to a rejection, or has been taken since: another may do better. */
  worth_renewing: ({ tokens }: SignedIn, _: Event) => !tokens.afterRejection,

  /** The token was the answer to a rejection, and nobody has seen it taken yet. */
  not_taken_yet: ({ tokens }: SignedIn, _: Event) => tokens.afterRejection,

  /** Somebody can renew the token. */
  renewable: (state: SignedIn, _: Event) => renewsBy(state) !== 'nothing',

  /** The access token can be used. */
  token_good: ({ tokens }: SignedIn | Renewing, { at }: Event) => isGood(tokens, at),

  /** The API refused the session's own token, not one from before a renewal. */
  token_current: (state: State, { accessToken }: Accepted | Rejected) =>
    tokensOf(state)?.accessToken.reveal() === accessToken.reveal(),

  /** The refresh token, or what stands in for it, is dead. Anything else may be mended without signing in. */
  refusal_is_final: (_: Renewing, { answer }: Refused) => answer.error === 'invalid_grant',

  /** The client's own credentials were the way out of a lost refresh, and are refused: the refresh token is left. */
  way_out_refused: ({ by, tokens }: Renewing, _: Event) =>
    by === 'client_credentials' && tokens.grant !== 'client_credentials',
}

/** The guards' type. */
export type Guards = typeof guards
/** The name of a guard. */
export type GuardName = keyof Guards
