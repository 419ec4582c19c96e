import { endOfTime } from '../clock.ts'
import type { ParsedRequest } from '../http/request.ts'
import type { Settings } from '../state/settings.ts'
import { OAuthError } from './errors.ts'

interface Failures {
  count: number
  last: number
  lockedUntil: number
}

/** Counts requests per address: those in a sliding window, and failed token requests in a row. */
export class RequestLimits {
  readonly #settings: Settings
  readonly #now: () => number
  readonly #requests = new Map<string, number[]>()
  readonly #failures = new Map<string, Failures>()

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  /** Runs a token request if its address may send one, and counts the outcome. Throws `rate_limit_exceeded`. */
  runTokenRequest<T>(request: ParsedRequest, run: () => T): T {
    const { address } = request
    const { lockedUntil = -endOfTime } = this.#failures.get(address) ?? {}
    if (lockedUntil > this.#now()) throw this.#rateLimitError(lockedUntil)
    this.countRequest(request, 'token')
    try {
      const result = run()
      this.#failures.delete(address)
      return result
    } catch (error) {
      if (error instanceof OAuthError && this.#isFailure(request, error)) this.#countFailure(address)
      throw error
    }
  }

  /**
   * Counts a request in its window. Throws `rate_limit_exceeded` if the window is full: such a request is not counted,
   * and is not a failure. Whether the service counts it is unknown.
   */
  countRequest({ address }: ParsedRequest, kind: 'token' | 'list or delete tokens'): void {
    const { rateLimit } = this.#settings
    if (!rateLimit) return
    const now = this.#now()
    const windowMs = rateLimit.seconds * 1000
    const key = `${kind} ${address}`
    const recent = (this.#requests.get(key) ?? []).filter((at) => at > now - windowMs)
    const [oldest = now] = recent
    if (recent.length >= rateLimit.requests) throw this.#rateLimitError(oldest + windowMs)
    this.#requests.set(key, [...recent, now])
  }

  #isFailure({ form }: ParsedRequest, { code }: OAuthError): boolean {
    if (code === 'mfa_required') return this.#settings.mfaRequiredCounts
    const isRefresh = form.get('grant_type') === 'refresh_token'
    return code === 'invalid_grant' && isRefresh ? this.#settings.rejectedRefreshCounts : true
  }

  /** Counts a failure. The last one of the lockout blocks the address, and the next count starts. */
  #countFailure(address: string): void {
    const { lockout, failuresExpireAfter } = this.#settings
    if (!lockout) return
    const now = this.#now()
    const failures = this.#failures.get(address) ?? { count: 0, last: now, lockedUntil: -endOfTime }
    const isExpired = failuresExpireAfter !== false && now - failures.last > failuresExpireAfter * 1000
    failures.count = isExpired ? 1 : failures.count + 1
    failures.last = now
    if (failures.count >= lockout.failures) {
      failures.count = 0
      failures.lockedUntil = now + lockout.seconds * 1000
    }
    this.#failures.set(address, failures)
  }

  #rateLimitError(until: number): OAuthError {
    const seconds = Math.ceil((until - this.#now()) / 1000)
    return new OAuthError('rate_limit_exceeded', 'Rate limit exceeded.', {
      retryAfterSeconds: this.#settings.retryAfter ? seconds : undefined,
    })
  }
}
