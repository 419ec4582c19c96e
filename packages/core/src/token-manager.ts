import { raceAbort } from './async.ts'
import { maxDelayMs, type ServerClock, setLongTimeout } from './clock.ts'
import { type ErrorCode, GrantsError, invalidArgument, withRetryAt } from './errors.ts'
import { assertKnownOptions } from './known-options.ts'
import type { MachineEvent } from './machine/event.ts'
import { noToken, renewalBackoff } from './machine/machine-errors.ts'
import {
  canRequestClientToken,
  getClientTokenSubject,
  getTokens,
  type MachineState,
  type RenewalBackoff,
} from './machine/state.ts'
import { canRenew, getRenewalTime, isBackingOff, startBackoff } from './renewal.ts'
import { Secret } from './secret.ts'
import { isStoreConflict } from './session-record.ts'
import { type RunResult, type SessionRunner, throwFailure, toTrigger } from './session-runner.ts'
import { owner } from './subject.ts'

export interface CallOptions {
  /** Aborts this call only. Other callers keep waiting. */
  readonly signal?: AbortSignal | undefined
}
export interface IdleOptions extends CallOptions {
  /** How long to wait, in milliseconds. In a server, less than the time that it has to shut down. @default no limit */
  readonly timeoutMs?: number | undefined
}
export interface AccessTokenOptions extends CallOptions {
  /** How long to wait for a renewal, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** Renews first if the token expires sooner than this, e.g. before a long upload. @default 0 */
  readonly minValidityMs?: number | undefined
}

/** The default limit of one request, and of waiting for a token. */
export const defaultTimeoutMs = 30_000

/** Who needs a token: a caller, one that forces a renewal, or the token manager itself. */
interface Demand {
  readonly type: 'caller' | 'forced' | 'background'
  readonly minValidityMs: number
}

/**
 * Caches the access token and renews it once for everyone who waits.
 *
 * Rules:
 * - A token that is valid for long enough is returned at once.
 * - Shortly before expiry the token is still returned, and a renewal starts in the background.
 * - After expiry, or after `invalidate`, callers wait for one renewal. It reads the store first: another process may
 *   have renewed already.
 * - A session that has never signed in requests its first token, if its client can.
 * - After a failure, only a forced renewal is sent before the back-off ends. Callers wait for the last second of it. After
 *   a refusal, callers send one too: the lockout guard decides when.
 * - Requests are sent one after another. Callers who give up (abort, time-out) do not cancel them for the others.
 * - A caller joins the request in progress unless that one may end with less than the caller needs.
 */
export class TokenManager {
  readonly #runner: SessionRunner
  readonly #clock: ServerClock
  readonly #waitUntil: ((promise: Promise<unknown>) => void) | undefined
  #state: MachineState | undefined
  #cached: CachedToken | undefined
  #pending: { readonly promise: Promise<void>; readonly demand: Demand } | undefined
  /** The state's back-off, or one that it does not record: of a first request, or of a renewal that was not sent. */
  #backoff: RenewalBackoff | undefined

  constructor(runner: SessionRunner, clock: ServerClock, waitUntil?: (promise: Promise<unknown>) => void) {
    this.#runner = runner
    this.#clock = clock
    this.#waitUntil = waitUntil
  }

  /** Returns a valid token, waiting for a request if there is none. */
  async get(options: AccessTokenOptions & { forceRefresh?: boolean | undefined } = {}): Promise<string> {
    const { minValidityMs = 0, forceRefresh = false } = options
    assertAccessTokenOptions(options)
    const cached = forceRefresh ? undefined : this.peek(minValidityMs)
    if (cached !== undefined) return cached
    options.signal?.throwIfAborted()
    const demand = { type: forceRefresh ? 'forced' : 'caller', minValidityMs } as const
    const request = async () => {
      await this.#request(demand).catch(async (thrown) => {
        await this.#waitOutBackoff(thrown, options)
        await this.#request(demand)
      })
    }
    await wait(request(), options)
    const token = this.peek()
    if (token === undefined) throw noToken(this.#runner.state)
    return token
  }

  /** Returns the cached token while it is valid. Starts a background renewal shortly before expiry. */
  peek(minValidityMs = 0): string | undefined {
    const cached = this.#getCached()
    const now = this.#clock.now()
    if (cached === undefined || !isValid(cached, now, minValidityMs)) return undefined
    if (now >= cached.renewAt) this.#renewInBackground(now)
    return cached.token
  }

  /** Marks a token that the API rejected. Ignored unless it is the current one: an older one was replaced already. */
  invalidate(token: string): void {
    const at = this.#clock.now()
    this.#runner.rejectToken({ type: 'token_rejected', accessToken: new Secret(token), at })
  }

  async idle(): Promise<void> {
    while (this.#pending !== undefined) await this.#pending.promise.catch(() => {})
  }

  /** Reads the state if it has changed. There is no listener, because a pool keeps thousands of sessions. */
  #getCached(): CachedToken | undefined {
    const { latest } = this.#runner
    if (latest !== this.#state) {
      this.#state = latest
      this.#cached = toCachedToken(latest)
      if (latest.status === 'signed_in') this.#backoff = latest.backoff
    }
    return this.#cached
  }

  /**
   * Resolves at the end of a back-off that has a second left at most. Throws any other error again. Without this, a call
   * would fail whose token was revoked twice in a minute, although the next one is a second away.
   */
  async #waitOutBackoff(thrown: unknown, { signal, timeoutMs = defaultTimeoutMs }: AccessTokenOptions): Promise<void> {
    const isBackoff = GrantsError.isInstance(thrown) && thrown.code === 'renewal_backoff'
    // A timer may fire a millisecond early.
    const waitMs = isBackoff ? thrown.details.retryAt - this.#clock.now() + 1 : Number.POSITIVE_INFINITY
    if (waitMs > Math.min(maxBackoffWaitMs, timeoutMs)) throw thrown
    await this.#clock.sleep(waitMs, signal)
    signal?.throwIfAborted()
  }

  #renewInBackground(now: number): void {
    if (this.#pending !== undefined || isBackingOff(this.#backoff, now)) return
    // The current token is valid, so that no caller gets this error. It is recorded, so that the next call does not repeat it.
    this.#request({ type: 'background', minValidityMs: 0 }).catch((error: unknown) => {
      this.#getCached()
      const isRecorded = isBackingOff(this.#backoff, this.#clock.now())
      if (!isRecorded && GrantsError.isInstance(error)) this.#recordFailure(error)
    })
  }

  /** Starts a request, or joins the one in progress. */
  #request(demand: Demand): Promise<void> {
    if (this.#pending !== undefined && canJoin(demand, this.#pending.demand)) return this.#pending.promise
    const promise = this.#renewOrRequest(demand)
      .catch((thrown) => this.#reportFailure(demand, thrown))
      .finally(() => {
        if (this.#pending?.promise === promise) this.#pending = undefined
      })
    this.#pending = { promise, demand }
    this.#waitUntil?.(promise.catch(() => {}))
    return promise
  }

  async #renewOrRequest(demand: Demand): Promise<void> {
    const options = {
      isExplicit: demand.type === 'forced',
      demand: demand.type,
      // A user client's first use is for its owner, whose record it may take over: it has the client's secret.
      subject: canRequestFirstToken(this.#runner.state) ? owner : undefined,
      isEnough:
        demand.type === 'caller' ? (state: MachineState) => isSatisfied(demand, state, this.#clock.now()) : undefined,
    }
    // A token that cannot be renewed, or an MFA challenge, may have expired: listeners hear of it.
    if (this.#runner.state !== this.#runner.latest) {
      await this.#runner.run(() => ({ type: 'time_passed', at: this.#clock.now() }), options)
    }
    const request = () => this.#runner.run(() => this.#toEvent(demand), options)
    let result = await request()
    // The client's own credentials may do instead.
    if (isRefreshTokenInvalid(result)) result = await request()
    // The process that took the lock may have renewed; otherwise nothing was sent.
    if (isStoreConflict(result.storeError)) result = await request()
    // Another process renewed while this one's lock was lost: the caller has what it wants.
    const isSatisfiedNow = demand.type === 'caller' && isSatisfied(demand, this.#runner.state, this.#clock.now())
    if (result.error !== undefined && isSatisfiedNow) return
    if (result.error !== undefined && canRequestFirstToken(result.state)) {
      const { retryAt } = this.#recordFailure(result.error)
      throw withRetryAt(result.error, result.error.retryAt ?? retryAt)
    }
    throwFailure(result)
  }

  /** Reports why there is no new token, and throws the error. Calls that had nothing to send are no failures. */
  #reportFailure({ type }: Demand, thrown: unknown): never {
    if (GrantsError.isInstance(thrown) && !nothingToSend.includes(thrown.code)) {
      const trigger = toTrigger(this.#runner.latest, { demand: type })
      const { code, retryAt } = thrown
      this.#runner.report({ type: 'renewal_failed', at: this.#clock.now(), trigger, error: code, retryAt })
    }
    throw thrown
  }

  /** Returns the event that gets the token; `undefined`: there is one already, perhaps from another process. */
  #toEvent(demand: Demand): MachineEvent | undefined {
    const { state } = this.#runner
    const at = this.#clock.now()
    if (isSatisfied(demand, state, at)) return undefined
    const isRenewal = state.status === 'signed_in'
    if (!isRenewal && !canRequestFirstToken(state)) throw noToken(state)
    const backoff = isRenewal ? state.backoff : this.#backoff
    if (isBackingOff(backoff, at) && !mayIgnoreBackoff(demand, backoff)) throw renewalBackoff(backoff)
    if (isRenewal) return { type: 'renew', at }
    return { type: 'request_client_token', requested: { expires_in: undefined, scope: undefined }, at }
  }

  #recordFailure({ code, retryAt }: GrantsError): RenewalBackoff {
    const failures = (this.#backoff?.failures ?? 0) + 1
    const backoff = startBackoff({ failures, failedAt: this.#clock.now(), cause: code, notBefore: retryAt })
    this.#backoff = backoff
    return backoff
  }
}

/** How much of a back-off a caller waits for: the first one, which is a second, and the end of a longer one. */
const maxBackoffWaitMs = 1001

/** Errors of calls for which no request was due: a back-off was reported when it started. */
const nothingToSend: readonly ErrorCode[] = ['renewal_backoff', 'not_signed_in', 'mfa_required']

/** The current token, with what the fast path needs. Times in milliseconds since 1970. */
interface CachedToken {
  readonly token: string
  readonly expiresAt: number
  readonly lifetimeMs: number
  readonly renewAt: number
}

function toCachedToken(state: MachineState): CachedToken | undefined {
  const tokens = getTokens(state)
  if (tokens === undefined || tokens.isRejected) return undefined
  const { accessToken, requestedAt } = tokens
  const expiresAt = tokens.expiresAt ?? Number.POSITIVE_INFINITY
  const isRenewable = canRenew(state)
  return {
    token: accessToken.reveal(),
    expiresAt,
    lifetimeMs: isRenewable ? expiresAt - requestedAt : Number.POSITIVE_INFINITY,
    renewAt: isRenewable ? getRenewalTime(tokens) : Number.POSITIVE_INFINITY,
  }
}

function isValid({ expiresAt, lifetimeMs }: CachedToken, now: number, minValidityMs: number): boolean {
  // A token that lives no longer than the caller wants cannot be improved by another one.
  return now < expiresAt && (now + minValidityMs < expiresAt || lifetimeMs <= minValidityMs)
}

/** Whether no sign-in was completed, and the client can request the first token itself. */
function canRequestFirstToken(state: MachineState): boolean {
  if (state.status !== 'signed_out') return false
  return state.reason === 'never_signed_in' && canRequestClientToken(state.identity, getClientTokenSubject(state))
}

/** Whether the token of this state is enough. */
function isSatisfied({ type, minValidityMs }: Demand, state: MachineState, now: number): boolean {
  const cached = toCachedToken(state)
  if (type === 'forced' || cached === undefined || !isValid(cached, now, minValidityMs)) return false
  return type === 'caller' || now < cached.renewAt
}

/** Whether a success of the pending request would be enough. */
function canJoin({ type, minValidityMs }: Demand, pending: Demand): boolean {
  return pending.type === 'forced' || (type !== 'forced' && pending.minValidityMs >= minValidityMs)
}

/** Refusals are the lockout guard's to hold back from callers: it knows when the account may be tried again. */
function mayIgnoreBackoff({ type }: Demand, { cause }: RenewalBackoff): boolean {
  const isRefusal = cause === 'oauth_error' || cause === 'unknown_customer'
  return type === 'forced' || (type === 'caller' && isRefusal)
}

/** Whether Particle refused the refresh token, and another grant remains. */
function isRefreshTokenInvalid({ state, error }: RunResult): boolean {
  if (!GrantsError.isInstance(error) || error.code !== 'oauth_error') return false
  const { grantType, error: code } = error.details
  return grantType === 'refresh_token' && code === 'invalid_grant' && canRenew(state)
}

/** Waits as long as this caller wants. What it waits for continues. */
function wait<T>(
  promise: Promise<T>,
  { signal, timeoutMs = defaultTimeoutMs }: AccessTokenOptions,
  problem = 'No token was available',
): Promise<T> {
  const timeout = new AbortController()
  // The timer keeps the process alive while a caller waits.
  const cancelTimeout = setLongTimeout(timeoutMs, () => {
    const message = `${problem} within ${timeoutMs / 1000} s. The request continues; call again, or allow more time.`
    timeout.abort(new GrantsError('wait_timeout', message, { waitedMs: timeoutMs }))
  })
  return raceAbort(promise, [signal, timeout.signal]).finally(cancelTimeout)
}

/**
 * Waits until nothing is pending, as long as this caller wants.
 *
 * @throws GrantsError `wait_timeout`: what is pending continues, and may be lost if the process ends
 */
export async function waitForIdle(idle: () => Promise<unknown>, options: IdleOptions = {}): Promise<void> {
  assertKnownOptions(options, { signal: true, timeoutMs: true })
  const { signal, timeoutMs } = options
  assertAccessTokenOptions({ timeoutMs })
  // Without a limit there is no timer, which would keep the process alive.
  const isLimited = signal !== undefined || timeoutMs !== undefined
  await (isLimited ? wait(idle(), { signal, timeoutMs: timeoutMs ?? maxDelayMs }, 'The session was not idle') : idle())
}

/** @throws GrantsError `invalid_argument` */
export function assertAccessTokenOptions(options: AccessTokenOptions & { forceRefresh?: unknown }): void {
  assertKnownOptions(options, { signal: true, timeoutMs: true, minValidityMs: true, forceRefresh: true })
  const { timeoutMs, minValidityMs = 0 } = options
  if (timeoutMs !== undefined && timeoutMs !== Number.POSITIVE_INFINITY) assertTimeout(timeoutMs)
  if (!(minValidityMs >= 0)) throw invalidArgument('minValidityMs', 'must be a number of milliseconds, 0 or more')
}

/** @throws GrantsError `invalid_argument` for a time-out that no timer can keep */
export function assertTimeout(timeoutMs: number): void {
  if (Number.isInteger(timeoutMs) && timeoutMs >= 1 && timeoutMs <= maxDelayMs) return
  throw invalidArgument('timeoutMs', `must be an integer of milliseconds from 1 to ${maxDelayMs}`)
}
