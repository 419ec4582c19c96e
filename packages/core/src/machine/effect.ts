import type { ErrorCode, ErrorDetails } from '../errors/details.ts'
import type { TokenRequest } from '../grants/catalogue.ts'
import type { Secret } from '../secret.ts'
import type { SettledState } from './state.ts'

/** Why a step did not get on, as data; the runner makes a `GrantsError` of it. */
export type Refusal = {
  readonly [C in ErrorCode]: { readonly code: C; readonly details: ErrorDetails[C]; readonly cause?: Error }
}[ErrorCode]

/** Send this token request and feed the answer back as an event. */
export interface RequestEffect {
  readonly type: 'request'
  readonly request: TokenRequest
}
/** Write this state to the store, before anything that follows. */
export interface SaveEffect {
  readonly type: 'save'
  readonly state: SettledState
}
/** Remove the session from the store. */
export interface ForgetEffect {
  readonly type: 'forget'
}
/** Revoke this access token at Particle. */
export interface RevokeEffect {
  readonly type: 'revoke'
  readonly accessToken: Secret
}
/** Tell whoever took this step that it did not get on. */
export interface RefuseEffect {
  readonly type: 'refuse'
  readonly refusal: Refusal
}

/** What a transition asks its runner to do, in this order. */
export type Effect = RequestEffect | SaveEffect | ForgetEffect | RevokeEffect | RefuseEffect
/** The name of an effect. */
export type EffectType = Effect['type']
