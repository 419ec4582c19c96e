import type { ClientKind } from '../clients.ts'
import type { ReauthenticationReason, RenewalFailure } from '../errors.ts'
import type { GrantType } from '../grants/catalogue.ts'
import type { Secret } from '../secret.ts'
import { isSameSubject, owner, type TokenSubject } from '../subject.ts'

/** How a session was configured. It never changes; whose tokens a state holds is in the state's `subject`. */
export interface Identity {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientKind: ClientKind
  /** `undefined`: the account that signs in. For a product client, the product itself unless a customer was named. */
  readonly subject: TokenSubject | undefined
  /** Names the record in the store instead of the subject. */
  readonly profile: string | undefined
  /**
   * Whether the session is one sign-in, whose record is found by its sign-in id. It holds only the tokens that its own
   * sign-in returned, of whichever account signs in. @default false
   */
  readonly isOneSignIn?: boolean | undefined
  /** Whether the client's own credentials may get tokens for this session. @default true */
  readonly clientToken?: boolean | undefined
}

/** The requested lifetime and scope, as they are sent: at the second step and at each renewal again. */
export interface RequestedParameters {
  /** Seconds; 0: never expires. */
  readonly expires_in: number | undefined
  readonly scope: string | undefined
}

// All times are milliseconds since 1970.

export interface MachineTokens {
  readonly accessToken: Secret
  /** Kept only where this client can use it. */
  readonly refreshToken: Secret | undefined
  /** The grant that the token came from; `external`: from `setToken`. */
  readonly grantType: GrantType | 'external'
  readonly requestedAt: number
  /** Counted from `requestedAt` so that it is never too late; `null`: never expires. */
  readonly expiresAt: number | null
  readonly scope: string | undefined
  readonly requested: RequestedParameters
  /** The API rejected this token. */
  readonly isRejected: boolean
  /** Tokens in a row that were rejected within a minute of their request. */
  readonly earlyRejections: number
  readonly pendingRefresh: PendingRefresh | undefined
}

/** A refresh was sent and its response has not arrived: the refresh token may have been used. */
export interface PendingRefresh {
  readonly sentAt: number
  /** Particle refused `client_credentials`, so that only the refresh token is left. */
  readonly isClientRefused: boolean
}

/** A renewal that failed and will be tried again. */
export interface RenewalBackoff {
  /** Failures in a row. */
  readonly failures: number
  readonly failedAt: number
  readonly retryAt: number
  readonly cause: RenewalFailure
}

export interface Challenge {
  readonly mfaToken: Secret
  /** Counted down when a code is sent, not when it is refused. */
  readonly attemptsLeft: number
  readonly expiresAt: number
  readonly requested: RequestedParameters
}

interface StateBase<S extends string> {
  readonly status: S
  readonly identity: Identity
  /** Whose tokens or challenge these are; in a signed-out state, whose they were. `undefined`: not known. */
  readonly subject: TokenSubject | undefined
}
export interface SignedOutState extends StateBase<'signed_out'> {
  readonly reason: 'never_signed_in' | 'logged_out' | 'challenge_expired' | 'replaced'
}
/** A token was requested. If the request fails, the session returns to `previous`. */
export interface RequestingState extends StateBase<'requesting'> {
  readonly grantType: Exclude<GrantType, 'refresh_token'>
  readonly requested: RequestedParameters
  readonly previous: SettledState
}
/** The password was correct; a code is expected. The tokens of an earlier sign-in remain valid meanwhile. */
export interface MfaRequiredState extends StateBase<'mfa_required'> {
  readonly challenge: Challenge
  readonly earlier: SignedInState | undefined
}
export interface SignedInState extends StateBase<'signed_in'> {
  readonly tokens: MachineTokens
  readonly backoff: RenewalBackoff | undefined
}
export interface RenewingState extends StateBase<'renewing'> {
  readonly tokens: MachineTokens
  readonly grantType: 'refresh_token' | 'client_credentials'
  /** Earlier failures in a row. */
  readonly failures: number
}
export interface ReauthenticationRequiredState extends StateBase<'reauthentication_required'> {
  readonly reason: ReauthenticationReason
}

/** A state in which no request is in progress. Only these are stored. */
export type SettledState = SignedOutState | MfaRequiredState | SignedInState | ReauthenticationRequiredState
export type MachineState = SettledState | RequestingState | RenewingState
export type Status = MachineState['status']

/** Every status, in the order of a sign-in. */
export const statuses = [
  'signed_out',
  'requesting',
  'mfa_required',
  'signed_in',
  'renewing',
  'reauthentication_required',
] as const satisfies readonly Status[]

export function initialState(identity: Identity): SignedOutState {
  return { status: 'signed_out', identity, subject: identity.subject, reason: 'never_signed_in' }
}

export function isSettled(state: MachineState): state is SettledState {
  return state.status !== 'requesting' && state.status !== 'renewing'
}

/** Returns the tokens that a state holds. Those of an earlier sign-in count while another one is in progress. */
export function getTokens(state: MachineState): MachineTokens | undefined {
  const holder = getHolder(state)
  return 'tokens' in holder ? holder.tokens : undefined
}

/** The state with the tokens, if there are any: beside a challenge or a request they are those of an earlier sign-in. */
export function getHolder(state: MachineState): MachineState {
  if (state.status === 'requesting') return getHolder(state.previous)
  return (state.status === 'mfa_required' && state.earlier) || state
}

/**
 * Returns what a session sees whose own sign-in is not complete: the challenge or the request, and no tokens. Without
 * this, a password alone would open the session with the tokens of an earlier sign-in.
 */
export function hideTokens(state: MachineState): MachineState {
  switch (state.status) {
    case 'requesting':
      return { ...state, previous: hideTokens(state.previous) as SettledState }
    case 'mfa_required':
      return state.earlier === undefined ? state : { ...state, earlier: undefined }
    case 'signed_out':
      // After `never_signed_in`, the client's own credentials could get a token automatically.
      return state.reason === 'never_signed_in' ? { ...state, reason: 'challenge_expired' } : state
    default: {
      const { identity } = state
      return { status: 'signed_out', identity, subject: identity.subject, reason: 'challenge_expired' }
    }
  }
}

export function isTokenValid({ expiresAt, isRejected }: MachineTokens, at: number): boolean {
  return !isRejected && (expiresAt === null || at < expiresAt)
}

export function isChallengeOpen({ challenge }: MfaRequiredState, at: number): boolean {
  return challenge.attemptsLeft > 0 && at < challenge.expiresAt
}

/**
 * Returns the only subject that may sign in to this session: the configured one, or the one whose tokens the session
 * holds or last held. A profile and a session of one sign-in accept any account, and a challenge alone binds no session
 * to its account.
 */
export function getBoundSubject(state: MachineState): TokenSubject | undefined {
  const { profile, isOneSignIn, subject } = state.identity
  if (profile !== undefined || isOneSignIn) return undefined
  if (subject !== undefined) return subject
  const holder = getHolder(state)
  const isUnbound = holder.status === 'signed_out' || holder.status === 'mfa_required'
  return isUnbound ? undefined : holder.subject
}

/** Whether the client's own credentials can get a token of this subject. */
export function canRequestClientToken(
  { clientKind, clientToken = true }: Identity,
  subject: TokenSubject | undefined,
): boolean {
  if (!clientToken) return false
  if (clientKind === 'product') return subject !== undefined
  return clientKind === 'user' && isSameSubject(subject, owner)
}

/** Returns whose token the client's own credentials would request: a customer who was deleted may exist again. */
export function getClientTokenSubject(state: MachineState): TokenSubject {
  const lastSubject = state.status === 'signed_out' && state.reason === 'never_signed_in' ? state.subject : undefined
  return getBoundSubject(state) ?? lastSubject ?? owner
}
