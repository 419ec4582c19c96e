import type { OAuthClient } from './clients.ts'
import { GrantsError, invalidArgument, type ReauthenticationReason, type RenewalFailure } from './errors.ts'
import { type ExternalToken, readExternalToken } from './external-token.ts'
import { fetchWithToken } from './fetch.ts'
import type { GrantType } from './grants/catalogue.ts'
import type { EventType, MachineEvent } from './machine/event.ts'
import { noToken } from './machine/machine-errors.ts'
import {
  getTokens,
  initialState,
  type MachineState,
  type MachineTokens,
  type RenewalBackoff,
  type SettledState,
} from './machine/state.ts'
import { checkField } from './protocol/token-request.ts'
import { type Secret, toSecret } from './secret.ts'
import type { ResolvedOptions } from './session-options.ts'
import { type RunOptions, SessionRunner, throwFailure } from './session-runner.ts'
import { assertSubject, includesCustomer, type Subject, toLoginSubject } from './subject.ts'
import {
  type AccessTokenOptions,
  type CallOptions,
  type IdleOptions,
  TokenManager,
  waitForIdle,
} from './token-manager.ts'

declare global {
  // As in `esnext.disposable`, for programs that are compiled without it.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol
  }
}

/** What every session can do. Methods are bound: they can be passed on as functions. */
export interface Session {
  /** The current state. It changes without a timer: what has expired reads as expired. */
  readonly state: SessionState
  /** The same as `state`, as a function, for `useSyncExternalStore` and the like. */
  readonly getState: () => SessionState
  /** Calls `listener` after each state change. Returns the unsubscribe function. */
  readonly subscribe: (listener: (state: SessionState) => void) => () => void
  /** Reads the store and returns the state found there. */
  readonly load: () => Promise<SessionState>
  /** Signs out: revokes the access token (an external one only if `revoke` is true) and saves a signed-out record without tokens. */
  readonly logout: (options?: LogoutOptions) => Promise<LogoutResult>
  /**
   * Returns a valid access token. From 5 to 2.5 minutes before expiry on (less for a lifetime below 50 minutes) it returns
   * the current token and renews it in the background; after expiry all callers wait for one renewal.
   *
   * @throws GrantsError `not_signed_in`, `mfa_required`, `reauthentication_required`, `renewal_backoff`, …
   */
  readonly getAccessToken: (options?: AccessTokenOptions) => Promise<string>
  /** Returns the cached token while it is valid, without waiting. For adapters. */
  readonly peekAccessToken: () => string | undefined
  /** Tells the session that the API rejected this token (401 `invalid_token`). The next token is a new one. */
  readonly invalidateToken: (token: string) => void
  /** `fetch` with the token, for allowed origins only. Replays once after a renewal. A path continues the base URL. */
  readonly fetch: typeof fetch
  /** The API's base URL. */
  readonly baseUrl: string
  /** The origins that the token may be sent to. For adapters. */
  readonly allowedOrigins: readonly string[]
  /**
   * Resolves when no request or save is pending. Call it before a process ends. It does not sign out, and new calls are
   * accepted meanwhile.
   *
   * @throws GrantsError `wait_timeout` after `timeoutMs`: what is pending continues, and is lost if the process ends now.
   *   The store's error if a state could not be saved. The signal's reason.
   */
  readonly idle: (options?: IdleOptions) => Promise<void>
  /** Calls `idle()`, at the end of the block of `await using session = …`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * A session that people sign in to.
 *
 * With a `subject` it does not check who a person is: all sessions with that subject share one record, so that a new one
 * has the tokens of the earlier ones. To check your users, create it with `signInId`.
 */
export interface SignInSession extends Session {
  /** Signs in with username and password. Resolves signed in, or with an MFA challenge for {@link submitOtp}. */
  readonly login: (credentials: LoginCredentials) => Promise<SignedIn | MfaRequired>
  /** Answers the MFA challenge with the six digits from the authenticator. Spaces are ignored. */
  readonly submitOtp: (otp: string | Secret, options?: CodeOptions) => Promise<SignedIn>
  /** Answers the MFA challenge with a recovery code. Particle documents these for login.particle.io only. */
  readonly submitRecoveryCode: (code: string | Secret, options?: CodeOptions) => Promise<SignedIn>
  /** Uses a token from elsewhere. Product clients may add its refresh token. */
  readonly setToken: (token: ExternalToken, options?: CallOptions) => Promise<SignedIn>
}

/** A session whose tokens cannot be renewed. */
export interface DeveloperSession extends SignInSession {
  readonly kind: 'developer'
  readonly getAccessToken: (options?: AccessTokenOptions & { forceRefresh?: undefined }) => Promise<string>
}

/** A session that requests its token on first use (`client_credentials`) and renews it automatically. */
interface ClientTokenSession extends Session {
  readonly getAccessToken: (
    options?: AccessTokenOptions & { readonly forceRefresh?: boolean | undefined },
  ) => Promise<string>
  /** Requests a token with the client's own credentials, with parameters of your own. */
  readonly requestClientToken: (options?: TokenParameters & CodeOptions) => Promise<SignedIn>
}

/**
 * A session of a product, or of one of its customers. It has no `login()`, because the client's secret opens every
 * customer: customers sign in to a {@link WebSession}, or under a `profile`.
 */
export interface ProductSession extends ClientTokenSession, Pick<SignInSession, 'setToken'> {
  readonly kind: 'product'
}

/** A session of a client of your own account. */
export interface UserSession extends ClientTokenSession, Omit<SignInSession, 'getAccessToken'> {
  readonly kind: 'user'
}

/**
 * One sign-in of one of your users: a gate. It has no tokens until its own `login()`, and its code where the account has
 * MFA, have returned them, and never uses the client's own credentials.
 */
export interface WebSession extends SignInSession {
  readonly kind: OAuthClient['kind']
  /** Finds this sign-in again. A complete sign-in has a new id: then replace the user's cookie. The old id opens nothing. */
  readonly signInId: string
  readonly getAccessToken: (
    options?: AccessTokenOptions & { readonly forceRefresh?: boolean | undefined },
  ) => Promise<string>
}

export interface CodeOptions extends CallOptions {
  /** Sends the request although the account is backing off: a person at a terminal, a device you know. @default false */
  readonly force?: boolean | undefined
}
export interface LogoutOptions extends CallOptions {
  /** @default true, but false for a token that was passed to `setToken` */
  readonly revoke?: boolean | undefined
}
export interface TokenParameters {
  /** Requested lifetime in seconds; 0: never expires. @default the server's own, 90 days */
  readonly expiresIn?: number | undefined
  /** Space-separated. A customer's scope is added automatically. */
  readonly scope?: string | undefined
}
export interface LoginCredentials extends TokenParameters, CodeOptions {
  readonly username: string
  readonly password: string | Secret
}
export interface LogoutResult {
  readonly accessToken: 'revoked' | 'still_valid' | 'none'
  /** Particle offers no call that revokes a refresh token. */
  readonly refreshToken: 'still_valid' | 'none'
  /** Why the access token could not be revoked. */
  readonly error?: GrantsError
}

// ─── What applications see of its state ─────────────────────────────────────────────────────────────────────────────

/** The state of a session, as applications see it. */
export type SessionState = SignedOut | Requesting | MfaRequired | SignedIn | Renewing | ReauthenticationRequired

interface SessionStateBase<S extends string> {
  readonly status: S
  /** Whose session this is, once it is known. `undefined` also for the client's own: a product, or a user client's owner. */
  readonly subject?: Subject | undefined
}

export interface SignedOut extends SessionStateBase<'signed_out'> {
  readonly reason: 'never_signed_in' | 'logged_out' | 'challenge_expired' | 'replaced'
}
export interface Requesting extends SessionStateBase<'requesting'> {
  readonly grantType: GrantType
}
/** The password was correct; Particle wants a second factor. */
export interface MfaRequired extends SessionStateBase<'mfa_required'> {
  readonly challenge: { readonly attemptsLeft: number; readonly expiresAt: number }
}
/** There are tokens. They may have expired if they can be renewed: `getAccessToken()` renews them. */
export interface SignedIn extends SessionStateBase<'signed_in'> {
  readonly tokens: Tokens
  /** The last renewal failed, and this is when the next one may start. The tokens may be valid still. */
  readonly renewalFailure?: {
    readonly cause: RenewalFailure
    /** Failures in a row. */
    readonly failures: number
    /** Milliseconds since 1970. */
    readonly retryAt: number
  }
}
export interface Renewing extends SessionStateBase<'renewing'> {
  readonly tokens: Tokens
}
/** The token is no longer valid and only its owner can get another. */
export interface ReauthenticationRequired extends SessionStateBase<'reauthentication_required'> {
  readonly reason: ReauthenticationReason
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
    case 'signed_in': {
      const { backoff } = state
      const failed = backoff && { renewalFailure: toRenewalFailure(backoff) }
      return { status: state.status, tokens: toTokens(state.tokens), ...failed, ...base }
    }
    case 'renewing':
      return { status: state.status, tokens: toTokens(state.tokens), ...base }
    case 'reauthentication_required':
      return { status: state.status, reason: state.reason, ...base }
  }
}

function toRenewalFailure({ cause, failures, retryAt }: RenewalBackoff): NonNullable<SignedIn['renewalFailure']> {
  return { cause, failures, retryAt }
}

function toTokens({ accessToken, refreshToken, expiresAt, scope }: MachineTokens): Tokens {
  return { accessToken, ...(refreshToken && { refreshToken }), expiresAt, ...(scope !== undefined && { scope }) }
}

// ─── The session behind every interface ─────────────────────────────────────────────────────────────────────────────

/** What its client may not do, the state machine rejects. */
export class LiveSession {
  readonly #options: ResolvedOptions
  readonly #runner: SessionRunner
  readonly #tokens: TokenManager
  /** The last state that the application has seen: it compares them by identity. */
  #projection: { readonly from: MachineState; readonly to: SessionState } | undefined

  constructor(options: ResolvedOptions, initial: SettledState = initialState(options.identity)) {
    bindMethods()
    this.#options = options
    this.#runner = new SessionRunner(options.context, initial, options.signInId)
    this.#tokens = new TokenManager(this.#runner, options.context.clock, options.waitUntil)
  }

  get kind(): OAuthClient['kind'] {
    return this.#options.context.client.kind
  }

  get signInId(): string | undefined {
    return this.#runner.signInId
  }

  get state(): SessionState {
    return this.#project(this.#runner.state)
  }

  get baseUrl(): string {
    return this.#options.context.baseUrl
  }

  get allowedOrigins(): readonly string[] {
    return this.#options.allowedOrigins
  }

  /** Whether something is pending, or there are listeners. */
  get isBusy(): boolean {
    return this.#runner.isBusy
  }

  getState(): SessionState {
    return this.state
  }

  subscribe(listener: (state: SessionState) => void): () => void {
    if (typeof listener !== 'function') throw invalidArgument('listener', 'must be a function')
    return this.#runner.subscribe((state) => listener(this.#project(state)))
  }

  async load(): Promise<SessionState> {
    await this.#runner.load({ followProfile: true, isEnough: () => true })
    return this.state
  }

  async login(credentials: LoginCredentials): Promise<SignedIn | MfaRequired> {
    this.#assertSignInAllowed('login')
    const { username, password, signal, force, ...parameters } = credentials ?? {}
    checkField(['password', 'username'], username)
    checkField(['password', 'password'], password)
    const subject = toLoginSubject(this.kind, username)
    const requested = toRequested('password', parameters)
    const event = { type: 'login', username, password: toSecret(password), subject, requested } as const
    return this.signIn(event, { signal, force, isSignIn: true })
  }

  async submitOtp(otp: string | Secret, { signal, force }: CodeOptions = {}): Promise<SignedIn> {
    this.#assertSignInAllowed('submitOtp')
    checkField(['urn:custom:mfa-otp', 'otp'], otp)
    return this.signIn({ type: 'submit_otp', otp: toSecret(otp) }, { signal, force })
  }

  async submitRecoveryCode(code: string | Secret, { signal, force }: CodeOptions = {}): Promise<SignedIn> {
    this.#assertSignInAllowed('submitRecoveryCode')
    checkField(['urn:custom:recovery-code', 'recovery_code'], code, 'recoveryCode')
    return this.signIn({ type: 'submit_recovery_code', recoveryCode: toSecret(code) }, { signal, force })
  }

  async requestClientToken(options: TokenParameters & CodeOptions = {}): Promise<SignedIn> {
    const { signal, force, ...parameters } = options
    const requested = toRequested('client_credentials', parameters)
    return this.signIn({ type: 'request_client_token', requested }, { signal, force, isSignIn: true })
  }

  async setToken(token: ExternalToken, { signal }: CallOptions = {}): Promise<SignedIn> {
    const fields = readExternalToken(token ?? {})
    const { subject } = this.#runner.latest.identity
    const own = subject?.type === 'owner' ? undefined : subject
    const named = token.subject === undefined ? own : assertSubject(token.subject, this.kind)
    // Without a subject it would stay in memory, and the id would still open the earlier tokens.
    if (this.#options.identity.isOneSignIn && named === undefined) {
      throw invalidArgument('subject', 'must say whose token it is, in a session with signInId')
    }
    return this.signIn({ type: 'set_token', ...fields, subject: named }, { signal, isSignIn: true })
  }

  getAccessToken(options?: AccessTokenOptions & { forceRefresh?: boolean | undefined }): Promise<string> {
    return this.#tokens.get(options)
  }

  peekAccessToken(): string | undefined {
    return this.#tokens.peek()
  }

  invalidateToken(token: string): void {
    this.#tokens.invalidate(token)
    this.#options.waitUntil?.(this.#runner.idle().catch(() => {}))
  }

  fetch(...call: Parameters<typeof fetch>): Promise<Response> {
    return fetchWithToken(this, this.#options, ...call)
  }

  idle(options?: IdleOptions): Promise<void> {
    return waitForIdle(async () => {
      await this.#tokens.idle()
      await this.#runner.idle()
    }, options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.idle()
  }

  async logout({ signal, revoke }: LogoutOptions = {}): Promise<LogoutResult> {
    let held: ReturnType<typeof getTokens>
    const decide = (state: MachineState) => {
      held = getTokens(state)
      return { type: 'logout', revoke, at: this.#options.context.clock.now() } as const
    }
    const options = { signal, allowStoreFailure: true, isExplicit: true }
    const { revocation, storeError } = await this.#runner.run(decide, options)
    if (storeError !== undefined) throw storeError
    const left = held === undefined ? 'none' : 'still_valid'
    return {
      accessToken: revocation === 'revoked' ? revocation : left,
      refreshToken: held?.refreshToken === undefined ? 'none' : 'still_valid',
      ...(typeof revocation === 'object' && { error: revocation }),
    }
  }

  /**
   * The secret of a product's client opens every customer, so that a password is no check: the session could get a token
   * without it. One sign-in never uses the client's credentials, and the store of a profile is one person's.
   */
  #assertSignInAllowed(method: string): void {
    const { clientKind, isOneSignIn, profile } = this.#options.identity
    if (clientKind !== 'product' || isOneSignIn || profile !== undefined) return
    throw invalidArgument(method, 'needs a session of one sign-in: use createSession({ client, signInId })')
  }

  /** Signs in with any event. Only a login can end `mfa_required`. Throws as {@link run} does. */
  async signIn(event: NewEvent, options: RunOptions): Promise<SignedIn> {
    const state = await this.run(event, options)
    if (state.status === 'signed_in' || state.status === 'mfa_required') return toSessionState(state) as SignedIn
    throw new GrantsError('not_signed_in', 'Another process signed this session out. Sign in again.', {})
  }

  /** Processes an event and returns its state. Throws why it had not the intended effect, or could not be saved. */
  async run(event: NewEvent, options: RunOptions): Promise<MachineState> {
    const { context, waitUntil } = this.#options
    const decide = () => {
      // The client's own token would open the session before the code does.
      if (event.type === 'request_client_token' && this.#runner.isSignInOpen) throw noToken(this.#runner.state)
      return { ...event, at: context.clock.now() }
    }
    const run = this.#runner.run(decide, { isExplicit: true, ...options })
    waitUntil?.(run.catch(() => {}))
    const result = await run
    throwFailure(result)
    return result.state
  }

  /** Returns the same object for the same state, and for what that reads as once it has expired. */
  #project(state: MachineState): SessionState {
    const from = this.#runner.latest
    if (this.#projection?.from !== from || this.#projection.to.status !== state.status) {
      this.#projection = { from, to: Object.freeze(toSessionState(state)) }
    }
    return this.#projection.to
  }
}

let areMethodsBound = false

/** Binds each method when it is first used: a pool keeps thousands of sessions that use few of them. */
function bindMethods(): void {
  if (areMethodsBound) return
  areMethodsBound = true
  const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(LiveSession.prototype)
  for (const [name, { value: method }] of Object.entries<PropertyDescriptor>(members)) {
    if (method === undefined) continue
    const get = function (this: LiveSession) {
      const value = method.bind(this)
      Object.defineProperty(this, name, { value })
      return value
    }
    Object.defineProperty(LiveSession.prototype, name, { get })
  }
}

type NewEvent = { [K in EventType]: Omit<MachineEvent<K>, 'at'> }[EventType]

function toRequested(grantType: 'password' | 'client_credentials', { expiresIn, scope }: TokenParameters) {
  if (expiresIn !== undefined) checkField([grantType, 'expires_in'], expiresIn, 'expiresIn')
  if (scope !== undefined) {
    checkField([grantType, 'scope'], scope)
    if (includesCustomer(scope)) throw invalidArgument('scope', 'must not name a customer: use subject')
  }
  return { expires_in: expiresIn, scope }
}
