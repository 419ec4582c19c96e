import type { ErrorCode, ReauthenticationReason } from '../errors/details.ts'
import type { GrantType } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import type { Secret } from '../secret.ts'
import type { Subject } from '../subject.ts'

/** What a session is bound to. The subject is `undefined` until a first sign-in names it. */
export interface Identity {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientKind: ClientKind
  readonly subject: Subject | undefined
}

/** The lifetime and scope that were asked for, to be asked for again at the second step and at renewal. */
export interface Asked {
  /** Seconds; 0: never expires. */
  readonly expiresIn: number | undefined
  readonly scope: string | undefined
}

/** The tokens of a session. */
export interface Tokens {
  readonly accessToken: Secret
  /** Kept only where this client may renew with it. */
  readonly refreshToken: Secret | undefined
  /** The grant that the sign-in began with, or the client's own credentials since these renewed it. `adopted`: from elsewhere. */
  readonly grant: GrantType | 'adopted'
  /** When the request for it was sent, ms since 1970. */
  readonly issuedAt: number
  /** ms since 1970; `null`: never. Counted from `issuedAt`, so that it is never too late. */
  readonly expiresAt: number | null
  /** The answer's scope, where it carried one. */
  readonly scope: string | undefined
  readonly asked: Asked
  /** Whether the lifetime is the one that was asked for. The server may shorten it, "never" above all. */
  readonly lifetimeAsAsked: boolean
  /** The API refused it as dead: it is not used any more, whatever the clock says. */
  readonly rejected: boolean
  /** It was asked for because the one before was rejected, and never taken: if it is rejected too, renewing does not help. */
  readonly afterRejection: boolean
  /**
   * A refresh was sent and not answered: the refresh token may be spent. Written before sending, so that a process
   * that dies leaves it behind.
   */
  readonly refreshInDoubt: RefreshDoubt | undefined
}

/** What is known of a refresh whose answer was lost. */
export interface RefreshDoubt {
  /** ms since 1970. */
  readonly since: number
  /** Asking with the client's own credentials instead was refused. */
  readonly askAgainRefused: boolean
}

/** A renewal that came to nothing for now. */
export interface PostponedRenewal {
  /** In a row. */
  readonly failures: number
  /** When the last one failed, ms since 1970. */
  readonly since: number
  /** ms since 1970. */
  readonly retryAt: number
  readonly because: ErrorCode
}

/** An MFA challenge that waits for its code. */
export interface Challenge {
  readonly mfaToken: Secret
  /** Codes that may still be sent. Counted when one is sent, not when it is refused. */
  readonly triesLeft: number
  /** ms since 1970. A challenge older than this is not tried any more. */
  readonly endsAt: number
  readonly asked: Asked
}

interface StateOf<S extends string> {
  readonly status: S
  readonly identity: Identity
}

/** No tokens, and why. */
export interface SignedOut extends StateOf<'signed_out'> {
  readonly reason: 'never_signed_in' | 'logged_out' | 'challenge_over' | 'sso_user'
}
/** A token request is under way. `previous` comes back when it leads nowhere. */
export interface Requesting extends StateOf<'requesting'> {
  readonly grant: Exclude<GrantType, 'refresh_token'>
  readonly previous: SettledState
  readonly asked: Asked
}
/** The password was right; a code is awaited. Tokens of an earlier sign-in stay good meanwhile. */
export interface MfaRequired extends StateOf<'mfa_required'> {
  readonly challenge: Challenge
  readonly held: Tokens | undefined
}
/** There is an access token. */
export interface SignedIn extends StateOf<'signed_in'> {
  readonly tokens: Tokens
  /** The wire's code of a refusal after which renewing is not tried again until something changes. */
  readonly renewalStopped: string | undefined
  /** The last renewal failed, and is tried again later. */
  readonly renewalPostponed: PostponedRenewal | undefined
}
/** A renewal is under way; the tokens are those from before. */
export interface Renewing extends StateOf<'renewing'> {
  readonly tokens: Tokens
  readonly by: 'refresh_token' | 'client_credentials'
  /** Renewals of these tokens that failed before, in a row. */
  readonly failures: number
}
/** The token is dead, and only its owner can get another. */
export interface ReauthenticationRequired extends StateOf<'reauthentication_required'> {
  readonly reason: ReauthenticationReason
}

/** A state in which no request is under way. Only these can be serialised. */
export type SettledState = SignedOut | MfaRequired | SignedIn | ReauthenticationRequired
/** Every state of a session. */
export type State = SettledState | Requesting | Renewing
/** The name of a state. */
export type Status = State['status']

/** Every status, in the order of the main path. */
export const statuses = [
  'signed_out',
  'requesting',
  'mfa_required',
  'signed_in',
  'renewing',
  'reauthentication_required',
] as const satisfies readonly Status[]

/** The state that a session begins in. */
export function initialState(identity: Identity): SignedOut {
  return { status: 'signed_out', identity, reason: 'never_signed_in' }
}

/** Whether no request is under way in this state. */
export function isSettled(state: State): state is SettledState {
  return state.status !== 'requesting' && state.status !== 'renewing'
}

/** Whether an access token can be used at a moment (ms since 1970). */
export function isGood({ expiresAt, rejected }: Tokens, at: number): boolean {
  return !rejected && (expiresAt === null || at < expiresAt)
}

/** The tokens that a state holds, if any: also those from before, while a new sign-in is under way. */
export function tokensOf(state: State): Tokens | undefined {
  if (state.status === 'signed_in' || state.status === 'renewing') return state.tokens
  if (state.status === 'mfa_required') return state.held
  return state.status === 'requesting' ? tokensOf(state.previous) : undefined
}
