import type { GrantsError } from '../errors.ts'
import type { TokenRequest } from '../grants/catalogue.ts'
import type { NewCustomer } from '../protocol/token-request.ts'
import type { ErrorResponse, SuccessResponse } from '../protocol/token-response.ts'
import type { Secret } from '../secret.ts'
import type { CustomerSubject, Subject, TokenSubject } from '../subject.ts'
import type { RequestedParameters, SettledState } from './state.ts'

/** How many codes a challenge accepts, and for how long. */
export interface ChallengeLimits {
  readonly maxAttempts: number
  readonly maxAgeMs: number
}

/** Three attempts, as in Particle's CLI, within ten minutes: an expired challenge looks like a wrong code. */
export const defaultChallengeLimits: ChallengeLimits = { maxAttempts: 3, maxAgeMs: 600_000 }

/** What each event carries. Times are milliseconds since 1970. */
interface EventFields {
  // What callers do
  login: { username: string; password: Secret; subject: Subject; requested: RequestedParameters }
  submit_otp: { otp: Secret }
  submit_recovery_code: { recoveryCode: Secret }
  request_client_token: { requested: RequestedParameters }
  create_customer: { subject: CustomerSubject; request: NewCustomer }
  set_token: {
    accessToken: Secret
    refreshToken: Secret | undefined
    expiresAt: number | null
    /** `undefined`: not known. Such a token is kept in memory only. */
    subject: TokenSubject | undefined
  }
  renew: object
  token_rejected: { accessToken: Secret }
  /**
   * `revoke` undefined: revoke what this session requested, and keep an external token valid. With the reason
   * `never_signed_in`, the next call requests a token as if there had never been one.
   */
  logout: { revoke: boolean | undefined; reason?: 'logged_out' | 'never_signed_in' }

  // What time and responses do
  time_passed: object
  /** `requestedAt`: when the request was sent. */
  granted: { response: SuccessResponse; requestedAt: number }
  challenged: { status: number; mfaToken: Secret; limits: ChallengeLimits }
  /**
   * The token endpoint refused the request: a 4xx response with an OAuth error code. `retryAt`: when the lockout guard lets
   * the same request be sent again; absent if it may be sent now.
   */
  refused: { response: ErrorResponse; retryAt?: number | undefined }
  /** The request failed without a verdict: no response, a temporary error, or a response from something else. */
  failed: { error: GrantsError }
}

export type EventType = keyof EventFields

/** An event, or one of this type. `at` is milliseconds since 1970: the machine has no clock. */
export type MachineEvent<T extends EventType = EventType> = {
  [K in T]: { readonly type: K; readonly at: number } & Readonly<EventFields[K]>
}[T]
export type TokenRejectedEvent = MachineEvent<'token_rejected'>
export type ResponseEvent = MachineEvent<'granted' | 'challenged' | 'refused' | 'failed'>

/** What the runner must do after a transition, in this order. */
export type Effect =
  /** Send this request, and return its outcome as an event. */
  | { readonly type: 'request'; readonly request: TokenRequest | NewCustomer }
  /** Save this state before any later effect. */
  | { readonly type: 'save'; readonly state: SettledState }
  /** Revoke this token at Particle. */
  | { readonly type: 'revoke'; readonly accessToken: Secret }
  /** Reject the caller's promise. */
  | { readonly type: 'reject'; readonly error: GrantsError }
export type EffectType = Effect['type']
