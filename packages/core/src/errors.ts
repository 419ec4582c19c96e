import type { ClientKind, GrantType } from './grants/catalogue.ts'
import type { TokenEndpointError, UnexpectedReason } from './protocol/token-response.ts'

/** Why a token cannot be renewed. */
export type NotRenewableReason = 'developer_token' | 'account_token' | 'external_token' | 'no_refresh_token'

/** Why a session needs its owner to sign in again. */
export type ReauthenticationReason = 'expired' | 'rejected' | 'refresh_rejected' | 'refresh_response_lost'

/** The grant of RFC 8628, at the identity provider of a company's SSO. Particle's token endpoint does not have it. */
export type DeviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** Why a token of a company's SSO cannot be used. */
export type SsoTokenProblem = 'format' | 'signature' | 'expired' | 'claim' | 'rejected'

/** Why the last renewal failed. `token_rejected`: the API rejected the token that it returned. */
export type RenewalFailure = ErrorCode | 'token_rejected'

/**
 * What each error code carries; the reference explains them. No field is a secret. Times are milliseconds since 1970,
 * `undefined` where they are not known.
 */
export interface ErrorDetails {
  invalid_argument: { parameter: string; problem: string }
  insecure_base_url: { origin: string }
  grant_not_allowed: { grantType: GrantType; clientKind: ClientKind }
  subject_mismatch: { expected: string; given: string }
  request_in_progress: { grantType: GrantType }
  no_challenge: Record<never, never>
  invalid_code: { attemptsLeft: number; expiresAt: number; retryAt?: number | undefined }
  challenge_expired: { reason: 'attempts' | 'age' }
  /** Particle refused the username and the password together: it does not say which of them is wrong. */
  invalid_credentials: { status: number; description: string | undefined; retryAt?: number | undefined }
  sso_required: { status: number; description: string | undefined }
  /** `error` is `access_denied` if the person refused. It may be any other code of the identity provider. */
  sso_denied: { error: string; status: number; description: string | undefined }
  sso_expired: { expiredAt: number }
  /** `claim`: the one that is missing or wrong. */
  sso_invalid_token: { reason: SsoTokenProblem; claim: string | undefined }
  oauth_error: {
    grantType: GrantType
    /** The token endpoint's code. It may be one that this package does not know. */
    error: TokenEndpointError | (string & {})
    status: number
    description: string | undefined
    /** Absent unless the lockout guard holds a repetition of the request back. */
    retryAt?: number | undefined
  }
  unknown_customer: { customer: string; retryAt: number | undefined }
  /** A token of the customer proves it: Particle's own response is not known. */
  customer_exists: { customer: string }
  rate_limited: { retryAt: number | undefined }
  locked_out: { retryAt: number }
  /**
   * `account` is undefined when the whole IP address waits. `secret`: this secret was refused. `attempts`: those of the
   * account are used up. `refusals`: nine requests in a row were refused.
   */
  backing_off: { account: string | undefined; rule: 'secret' | 'attempts' | 'refusals'; retryAt: number }
  temporarily_unavailable: { status: number; error: string | undefined; retryAt: number | undefined }
  unexpected_response: { baseUrl: string; status: number; reason: UnexpectedReason; retryAt?: number | undefined }
  network_error: {
    /** Absent where the request was a call of the API. */
    grantType?: GrantType | DeviceCodeGrant | undefined
    baseUrl: string
    reason: 'timeout' | 'network'
    /** The platform's code, for example `ECONNREFUSED`. */
    systemCode: string | undefined
    /** The request carried a code or refresh token that works once and may be used up. */
    mayBeSpent: boolean
    retryAt?: number | undefined
  }
  wait_timeout: { waitedMs: number }
  not_signed_in: Record<never, never>
  mfa_required: { attemptsLeft: number; expiresAt: number }
  not_renewable: { reason: NotRenewableReason; expiresAt: number | null }
  renewal_backoff: { retryAt: number; failures: number; cause: RenewalFailure }
  reauthentication_required: { reason: ReauthenticationReason }
  request_not_replayable: { method: string; url: string }
  invalid_state: { problem: string }
  store_conflict: { key: string }
  store_unavailable: { store: string; problem: string }
  /** `keptAt`: where the damaged record was moved to. */
  store_damaged: { place: string; problem: string; keptAt: string | undefined }
  lock_timeout: { key: string; waitedMs: number }
  revocation_failed: { status: number | undefined }
  scope_mismatch: { expected: string; retryAt?: number | undefined }
  /** The API refused a call that is not about getting tokens. */
  api_error: {
    /** Method and path. */
    call: string
    status: number
    /** The API's own code, where the response has one. */
    error: string | undefined
    description: string | undefined
    /** Which token may make the call. Absent where the token is not what was refused. */
    allowedToken?: string | undefined
  }
  /** `places`: where credentials were looked for. `command`: what signs in, as the words after the name of the CLI. */
  no_credentials: { places: readonly SearchedPlace[]; command: readonly string[] }
  /** `profiles`: the names that exist. */
  unknown_profile: { profile: string; profiles: readonly string[]; command?: readonly string[] | undefined }
  /** A sign-in or a token belongs to another base URL, or is in another store, than the one that was given. */
  signed_in_elsewhere: {
    property: 'baseUrl' | 'store'
    expected: string
    given: string
    command?: readonly string[] | undefined
  }
}

/** A place that was searched for credentials, and why none of it is used. */
export interface SearchedPlace {
  readonly source: string
  readonly place: string
  readonly problem: string
}

/** The code of a {@link GrantsError}. */
export type ErrorCode = keyof ErrorDetails

/** Whether repeating the call can help. */
export type Retry = 'later' | 'after_sign_in' | 'never'

/** The codes of errors that repeating the call cannot help. */
// biome-ignore format: words to be read as a text
const never: readonly ErrorCode[] = [
  'invalid_argument', 'insecure_base_url', 'grant_not_allowed', 'subject_mismatch', 'oauth_error', 'invalid_code',
  'request_not_replayable', 'revocation_failed', 'scope_mismatch', 'customer_exists', 'unknown_profile',
  'signed_in_elsewhere', 'sso_invalid_token', 'api_error',
]

/** The codes of errors that end with a new sign-in. All others may end without one. */
// biome-ignore format: words to be read as a text
const afterSignIn: readonly ErrorCode[] = [
  'no_challenge', 'challenge_expired', 'invalid_credentials', 'sso_required', 'sso_denied', 'sso_expired',
  'not_signed_in', 'mfa_required', 'not_renewable', 'reauthentication_required', 'invalid_state', 'store_damaged',
  'no_credentials',
]

const marker = Symbol.for('@particle-grants/core/GrantsError')

/** Every error of these packages. Its message, properties and `cause` contain no secrets. */
export class GrantsError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C
  readonly details: Readonly<ErrorDetails[C]>
  /** Whether repeating the call can help: `later` (see `retryAt`), `after_sign_in`, or `never`. */
  readonly retry: Retry
  /** When to repeat the call, where that is known. Milliseconds since 1970. */
  declare readonly retryAt?: number

  /** @param message - what happened, then what to do; without secrets */
  // biome-ignore lint/complexity/useMaxParams: the options are those of Error
  constructor(code: C, message: string, details: ErrorDetails[C], options?: { readonly cause?: Error }) {
    super(message, options)
    this.code = code
    this.details = details
    const { retryAt } = details as { readonly retryAt?: number | undefined }
    if (retryAt !== undefined) this.retryAt = retryAt
    this.retry = (never.includes(code) && 'never') || (afterSignIn.includes(code) && 'after_sign_in') || 'later'
  }

  /** On the prototype, as the platform's errors have it, so that it is not printed with each error's fields. */
  override get name(): 'GrantsError' {
    return 'GrantsError'
  }

  get [marker](): true {
    return true
  }

  /** Whether a value is an error of these packages. Also recognizes errors of another copy of this package. */
  static isInstance(value: unknown): value is AnyGrantsError {
    return (value as Partial<AnyGrantsError> | null | undefined)?.[marker] === true
  }
}

/** A {@link GrantsError} whose `details` follow from its `code`. */
export type AnyGrantsError = { [C in ErrorCode]: GrantsError<C> }[ErrorCode]

/** Returns the error with the time of the next attempt, in milliseconds since 1970; `undefined`: as it is. */
export function withRetryAt(error: GrantsError, retryAt: number | undefined): GrantsError {
  if (retryAt === undefined || retryAt === error.retryAt) return error
  const { code, message, details, cause } = error
  return new GrantsError(code, message, { ...details, retryAt }, cause instanceof Error ? { cause } : undefined)
}

/** Creates the error for a bad parameter. `problem` continues the sentence that starts with its name: "must be …". */
export function invalidArgument(parameter: string, problem: string): GrantsError<'invalid_argument'> {
  return new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}

/** Creates the error for a request whose token the API rejected, and whose body can't be sent again. */
export function requestNotReplayable(method: string, url: string): GrantsError<'request_not_replayable'> {
  const shown = url.replace(/[?#].*$/s, '')
  const message = `The API rejected the token of ${method} ${shown}. Repeat the call with a new stream.`
  return new GrantsError('request_not_replayable', message, { method, url: shown })
}

export function grantNotAllowed(clientKind: ClientKind, grantType: GrantType): GrantsError<'grant_not_allowed'> {
  const message = `A ${clientKind} client may not use ${grantType}. Sign in instead, or use a product client.`
  return new GrantsError('grant_not_allowed', message, { grantType, clientKind })
}

/** Formats a time for a message: ISO 8601, to the second. Some numbers are no date, and a message must not throw. */
export function formatTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z') : 'an unknown time'
}
