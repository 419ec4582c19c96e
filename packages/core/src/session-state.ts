import type { GrantType } from './grants/catalogue.ts'
import type { MachineState, MachineTokens } from './machine/state.ts'
import type { Secret } from './secret.ts'
import type { Subject } from './subject.ts'

/** The state of a session, as applications see it. */
export type SessionState =
  | SignedOut
  | Requesting
  | MfaRequired
  | SignedIn
  | Renewing
  | ReauthenticationRequired

interface StateBase {
  /** Whose session this is, once it is known. `undefined` also for the client's own: a product, or a user client's owner. */
  readonly subject?: Subject | undefined
}

export interface SignedOut extends StateBase {
  readonly status: 'signed_out'
  readonly reason: 'never_signed_in' | 'logged_out' | 'challenge_expired' | 'replaced'
}
export interface Requesting extends StateBase {
  readonly status: 'requesting'
  readonly grantType: GrantType
}
/** The password was correct; Particle wants a second factor. */
export interface MfaRequired extends StateBase {
  readonly status: 'mfa_required'
  readonly challenge: { readonly attemptsLeft: number; readonly expiresAt: number }
}
/** There are tokens. They may have expired if they can be renewed: `getAccessToken()` renews them. */
export interface SignedIn extends StateBase {
  readonly status: 'signed_in'
  readonly tokens: Tokens
}
export interface Renewing extends StateBase {
  readonly status: 'renewing'
  readonly tokens: Tokens
}
/** The token is no longer valid and only its owner can get another. */
export interface ReauthenticationRequired extends StateBase {
  readonly status: 'reauthentication_required'
  readonly reason: 'expired' | 'rejected' | 'refresh_rejected' | 'refresh_response_lost'
}

export interface Tokens {
  readonly accessToken: Secret
  /** Kept only where this client can use it. */
  readonly refreshToken?: Secret
  /** Milliseconds since 1970; `null`: never expires, or not known. */
  readonly expiresAt: number | null
  readonly scope?: string
}

/** Returns what applications see of a state: without what only the state machine needs. */
export function toSessionState(state: MachineState): SessionState {
  // In a signed-out state, `state.subject` says whose tokens there were.
  const subject = state.status === 'signed_out' ? state.identity.subject : state.subject
  const base = subject === undefined || subject.type === 'owner' ? {} : { subject }
  switch (state.status) {
    case 'signed_out':
      return { status: state.status, reason: state.reason, ...base }
    case 'requesting':
      return { status: state.status, grantType: state.grantType, ...base }
    case 'mfa_required': {
      const { attemptsLeft, expiresAt } = state.challenge
      return { status: state.status, challenge: { attemptsLeft, expiresAt }, ...base }
    }
    case 'signed_in':
    case 'renewing':
      return { status: state.status, tokens: toTokens(state.tokens), ...base }
    case 'reauthentication_required':
      return { status: state.status, reason: state.reason, ...base }
  }
}

function toTokens({ accessToken, refreshToken, expiresAt, scope }: MachineTokens): Tokens {
  return {
    accessToken,
    ...(refreshToken && { refreshToken }),
    expiresAt,
    ...(scope !== undefined && { scope }),
  }
}
