import type { GrantType } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import type { UnexpectedReason } from '../protocol/answer.ts'

/** Why a token can't be renewed. */
export type NotRenewableReason =
  | 'developer_token'
  | 'user_token'
  | 'adopted_token'
  | 'never_expires'
  | 'no_refresh_token'
  | 'renewal_stopped'

/** Why a session needs its owner to sign in again. */
export type ReauthenticationReason = 'expired' | 'rejected' | 'renewal_refused' | 'refresh_answer_lost'

/** What each error code carries besides its message. Nothing here is a secret. */
export interface ErrorDetails {
  /** The caller passed something unusable. */
  invalid_argument: { readonly parameter: string; readonly problem: string }
  /** Plain `http:` to something else than this machine. */
  insecure_base_url: { readonly origin: string }
  /** This kind of client may not use this grant. Nothing was sent. */
  grant_not_allowed: { readonly grant_type: GrantType; readonly clientKind: ClientKind }
  /** The session belongs to another subject. Nothing was sent. */
  subject_mismatch: { readonly expected: string; readonly given: string }
  /** Another step of this session is still waiting for its answer. */
  step_under_way: { readonly grant_type: GrantType }
  /** There is no challenge that a code could answer. */
  no_challenge: Readonly<Record<never, never>>
  /** The code was refused; the challenge is still open. */
  code_refused: { readonly triesLeft: number; readonly endsAt: number }
  /** The challenge is used up or too old. */
  challenge_over: { readonly reason: 'tries' | 'age' }
  /** The account signs in through its company's SSO. */
  sso_user: { readonly status: number; readonly description: string | undefined }
  /** The token endpoint said no. `error` is its code. */
  grant_refused: {
    readonly grant_type: GrantType
    readonly error: string
    readonly status: number
    readonly description: string | undefined
  }
  /** The token endpoint asks to wait. */
  rate_limited: { readonly grant_type: GrantType; readonly retryAfter: number | undefined }
  /** So many requests failed since the last success that one more might lock the address out. Nothing was sent. */
  failure_budget_spent: { readonly failures: number; readonly until: number | undefined }
  /** The very same was refused before: the client's id and secret, or its request for this scope. Nothing was sent. */
  refused_before: { readonly clientId: string; readonly scope: string | undefined }
  /** The token endpoint could not serve the request now. */
  temporarily_unavailable: {
    readonly grant_type: GrantType
    readonly error: string
    readonly status: number
    readonly retryAfter: number | undefined
  }
  /** Something answered, but not as the token endpoint does. */
  unexpected_answer: {
    readonly grant_type: GrantType
    readonly baseUrl: string
    readonly status: number
    readonly reason: UnexpectedReason
  }
  /** No answer came. Whether the server acted on the request is not known. */
  no_answer: {
    readonly grant_type: GrantType
    readonly baseUrl: string
    readonly reason: 'timeout' | 'network'
    /** The platform's own code, such as `ECONNREFUSED`, where it gave one. */
    readonly systemCode: string | undefined
    /** What was sent is good once, and may be used up. */
    readonly spent: boolean
  }
  /** The caller gave up before anything was sent. */
  aborted: Readonly<Record<never, never>>
  /** The answer's scope names somebody else. Its tokens were dropped. */
  scope_mismatch: { readonly expected: string }
  /** There is no token, and nobody to ask for one. */
  not_signed_in: Readonly<Record<never, never>>
  /** An MFA challenge waits for its code. */
  mfa_required: { readonly triesLeft: number; readonly endsAt: number }
  /** Renewing failed a moment ago, and the token has run out. Nothing was sent. */
  renewal_postponed: { readonly retryAt: number; readonly failures: number; readonly because: string }
  /** What one waited for took longer than one waits. It goes on without this caller. */
  wait_timeout: { readonly waited: number }
  /** The API refused the token, and the request's body was a stream, which is gone. The call did not go through. */
  request_not_replayable: { readonly method: string; readonly url: string }
  /** Nobody can renew this token. */
  not_renewable: { readonly reason: NotRenewableReason; readonly expiresAt: number | null }
  /** The session's token is dead and can't be replaced without its owner. */
  reauthentication_required: { readonly reason: ReauthenticationReason }
  /** A serialised state is damaged, of an unknown version, or belongs to another session. */
  invalid_state: { readonly problem: string }
  /** The state is not settled: a request is under way. */
  unsettled_state: { readonly status: string }
  /** Somebody else saved or removed this record in the meantime. */
  store_conflict: { readonly key: string }
  /** A store threw something of its own. The session goes on in memory. */
  store_failed: { readonly operation: 'load' | 'save' | 'remove' | 'lock' }
  /** A store can't be reached or used on this machine now. A session that could not save an answer holds it in memory. */
  store_unavailable: { readonly store: string; readonly problem: string; readonly advice: string }
  /** A record can't be read. Its bytes were kept at `keptAt`, where they had to be moved out of the way. */
  store_damaged: { readonly place: string; readonly problem: string; readonly keptAt: string | undefined }
  /** Another process held the record's lock for longer than one waits. */
  lock_timeout: { readonly key: string; readonly waited: number }
  /** Revoking failed; the session was forgotten all the same. */
  revocation_failed: { readonly status: number | undefined }
  /** An event that this state can't take: a bug in the caller's own runner. */
  invalid_transition: { readonly status: string; readonly event: string }
}

/** The code of an error of this package. */
export type ErrorCode = keyof ErrorDetails
