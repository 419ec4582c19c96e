import type { ErrorAnswer, TokenAnswer } from '../protocol/answer.ts'
import type { Secret } from '../secret.ts'
import type { Subject } from '../subject.ts'
import type { Refusal } from './effect.ts'
import type { Asked } from './state.ts'

/** How long an MFA challenge is tried. */
export interface ChallengeLimits {
  /** Codes that may be sent before the challenge is given up. */
  readonly tries: number
  /** Milliseconds after which a challenge is not tried any more. */
  readonly maxAge: number
}

/** Three tries as Particle's CLI has, and ten minutes: a dead challenge answers just like a wrong code. */
export const defaultChallengeLimits: ChallengeLimits = { tries: 3, maxAge: 600_000 }

interface EventOf<T extends string> {
  readonly type: T
  /** When it happened, ms since 1970: the machine has no clock. */
  readonly at: number
}

/** Sign in with username and password. */
export interface Login extends EventOf<'login'> {
  readonly username: string
  readonly password: Secret
  /** Whom the username names, for this kind of client. */
  readonly subject: Subject
  readonly asked: Asked
}
/** Answer the challenge with the authenticator's code. */
export interface SubmitOtp extends EventOf<'submit_otp'> {
  readonly otp: Secret
}
/** Answer the challenge with a recovery code. */
export interface SubmitRecoveryCode extends EventOf<'submit_recovery_code'> {
  readonly recoveryCode: Secret
}
/** Ask for a token with the client's own credentials. */
export interface Authorize extends EventOf<'authorize'> {
  readonly asked: Asked
}
/** Use a token that came from elsewhere. */
export interface Adopt extends EventOf<'adopt'> {
  readonly accessToken: Secret
  readonly expiresAt: number | null
}
/** Renew the token now. */
export interface Renew extends EventOf<'renew'> {}
/** The API refused this access token as dead. */
export interface Rejected extends EventOf<'rejected'> {
  readonly accessToken: Secret
}
/** The API took this access token. */
export interface Accepted extends EventOf<'accepted'> {
  readonly accessToken: Secret
}
/** Forget the session, and revoke its access token unless told not to. */
export interface Logout extends EventOf<'logout'> {
  readonly revoke: boolean
}
/** Time has passed: what was good may be over. */
export interface TimePassed extends EventOf<'time_passed'> {}
/** The request under way was answered with tokens. */
export interface Granted extends EventOf<'granted'> {
  readonly tokens: TokenAnswer
  /** When the request was sent, ms since 1970. */
  readonly requestedAt: number
}
/** The request under way was answered with `mfa_required`. */
export interface Challenged extends EventOf<'challenged'> {
  readonly status: number
  readonly mfaToken: Secret
  readonly limits: ChallengeLimits
}
/** The request under way was refused for good, by a code in a 4xx answer. */
export interface Refused extends EventOf<'refused'> {
  readonly answer: ErrorAnswer
}
/** The request under way came to nothing that proves anything: no answer, a transient one, or a strange one. */
export interface Failed extends EventOf<'failed'> {
  readonly refusal: Refusal
}

/** Everything that can happen to a session. */
export type Event =
  | Login
  | SubmitOtp
  | SubmitRecoveryCode
  | Authorize
  | Adopt
  | Renew
  | Rejected
  | Accepted
  | Logout
  | TimePassed
  | Granted
  | Challenged
  | Refused
  | Failed
/** The name of an event. */
export type EventType = Event['type']

/** Every event: first what callers do, then what time does, then what answers do. */
export const eventTypes = [
  'login',
  'submit_otp',
  'submit_recovery_code',
  'authorize',
  'adopt',
  'renew',
  'rejected',
  'accepted',
  'logout',
  'time_passed',
  'granted',
  'challenged',
  'refused',
  'failed',
] as const satisfies readonly EventType[]
