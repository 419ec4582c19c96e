import type { Client, DeveloperClient, ProductClient, UserClient } from '../clients.ts'
import type { AnyGrantsError } from '../errors/grants-error.ts'
import type { MfaRequired, SignedIn, State } from '../machine/state.ts'
import type { SecretInput } from '../secret.ts'

/** An abort of one call. It ends that call's own request or waiting, and nothing that others wait for. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** An abort and a limit of one call's waiting. */
export interface AccessTokenOptions extends CallOptions {
  /** Milliseconds to wait for a renewal, up to 2147483647. @default 30000 */
  readonly timeout?: number | undefined
}

/** What to ask of a token. */
export interface TokenOptions extends CallOptions {
  /** Seconds the token should live; 0: never expires. @default the server's own, 90 days */
  readonly expiresIn?: number | undefined
  /** Words parted by blanks. A customer's own scope is added by itself. */
  readonly scope?: string | undefined
}

/** Username and password. */
export interface LoginOptions extends TokenOptions {
  readonly username: string
  readonly password: SecretInput
}

/** A token that came from elsewhere. */
export interface AdoptOptions {
  readonly accessToken: SecretInput
  /** When it ends: a date, or ms (not seconds) since 1970. @default unknown, taken for never */
  readonly expiresAt?: Date | number | null | undefined
}

/** What logging out came to. The session is forgotten in any case. */
export interface LogoutResult {
  /** `nothing`: there was no token, or revoking was not wanted. */
  readonly accessToken: 'revoked' | 'still_valid' | 'nothing'
  /** Particle knows no call that revokes a refresh token: one that was held stays good until it ends. */
  readonly refreshToken: 'still_valid' | 'nothing'
  /** Why the access token is still valid. */
  readonly error: AnyGrantsError | undefined
}

/** What every session can do. A step that does not get on rejects with a `GrantsError`. */
export interface BaseSession {
  /** The state as of now. What its token or challenge outlived is over here, without a timer. */
  readonly state: State
  /** Reads what other processes saved, and gives the state. */
  restore(): Promise<State>
  /** Calls the listener at each change of state; gives the function that ends it. */
  subscribe(listener: (state: State) => void): () => void
  /** Signs in. Resolves signed in, or with a challenge that {@link BaseSession.submitOtp} answers. */
  login(options: LoginOptions): Promise<SignedIn | MfaRequired>
  /** Answers the challenge with the authenticator's six digits. Blanks are dropped. */
  submitOtp(otp: SecretInput, options?: CallOptions): Promise<SignedIn>
  /** Answers the challenge with a recovery code. Particle documents them for login.particle.io only. */
  submitRecoveryCode(recoveryCode: SecretInput, options?: CallOptions): Promise<SignedIn>
  /** Uses a token that came from elsewhere. It is never renewed. */
  adopt(options: AdoptOptions): Promise<SignedIn>
  /**
   * A good access token. In its last minutes the old one at once, while it is renewed in the background; after its
   * end a renewed one, for which everyone waits together. Rejects with what signing in or renewing would need.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>
  /** The access token at hand while it is good; `undefined` otherwise. Never waits; renews in the background as above. */
  peekToken(): string | undefined
  /** For adapters: the API took this token. */
  accepted(token: string): void
  /**
   * For adapters: the API refused this token as dead (401 `invalid_token` or `expired_token`). Resolves when there is
   * another one, at once when it was an older one. A token got after a rejection, and rejected itself without ever
   * having been taken ({@link BaseSession.accepted}), is not renewed again.
   */
  rejected(token: string, options?: AccessTokenOptions): Promise<void>
  /**
   * Resolves when nothing is under way: for processes that are about to end. Rejects with the store's error when an
   * answer could not be saved, also not now: a refresh token that only this process holds would be lost with it.
   */
  settled(): Promise<void>
  /**
   * The platform's `fetch` with the token: only to the allowed origins, renewed and sent once more when the API says
   * that it is dead. Relative URLs are the base URL's. Rejects with `request_not_replayable` for a stream.
   */
  readonly fetch: typeof fetch
  /** Revokes the access token (unless `revoke` is false) and forgets the session, also when revoking fails. */
  logout(options?: CallOptions & { readonly revoke?: boolean | undefined }): Promise<LogoutResult>
}

/** What a session adds whose client can ask with its own credentials. */
export interface AuthorizingSession {
  /** Asks for a token with the client's own id and secret (`client_credentials`). MFA is never asked. */
  authorize(options?: TokenOptions): Promise<SignedIn>
  /** Renews the token now, by the grant that can. Rejects with `not_renewable` where none can. */
  renew(options?: AccessTokenOptions): Promise<SignedIn>
}

/** A session of a developer client. Nothing renews its tokens, so it has no way to ask for it. */
export interface DeveloperSession extends BaseSession {
  readonly kind: 'developer'
}
/** A session of a product client: its owner's, or a customer's. */
export interface ProductSession extends BaseSession, AuthorizingSession {
  readonly kind: 'product'
}
/** A session of a client of one's own account. */
export interface UserSession extends BaseSession, AuthorizingSession {
  readonly kind: 'user'
}

/** The session that a client gives. For a client whose kind is known at run time only, tell them apart by `kind`. */
export type SessionFor<C extends Client> = C extends DeveloperClient
  ? DeveloperSession
  : C extends ProductClient
    ? ProductSession
    : C extends UserClient
      ? UserSession
      : never
