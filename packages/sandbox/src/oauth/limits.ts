import type { ParsedRequest } from '../http/request.ts'
import type { Settings } from '../state/settings.ts'
import { OAuthError } from './errors.ts'

/** Counts requests per address: those in a sliding window, and failed token requests in a row. */
export class RequestLimits {
  readonly #settings: Settings
  readonly #now: () => number
  readonly #requests = new Map<string, number[]>()
  readonly #failures = new Map<string, number>()
  readonly #lockedUntil = new Map<string, number>()

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  /** Runs a token request if its address may send one, and counts the outcome. Throws `rate_limit_exceeded`. */
  runTokenRequest<T>(request: ParsedRequest, run: () => T): T {
    const { address } = request
    const lockedUntil = this.#lockedUntil.get(address)
    if (lockedUntil !== undefined && lockedUntil > this.#now()) throw createRateLimitError()
    this.countRequest(request, 'token')
    try {
      const result = run()
      this.#failures.delete(address)
      return result
    } catch (error) {
      if (error instanceof OAuthError) this.#countFailure(address)
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
    const key = `${kind} ${address}`
    const windowStart = now - rateLimit.seconds * 1000
    const recent = (this.#requests.get(key) ?? []).filter((at) => at > windowStart)
    if (recent.length >= rateLimit.requests) throw createRateLimitError()
    this.#requests.set(key, [...recent, now])
  }

  /** Counts a failure. The last one of the lockout blocks the address, and the next count starts. */
  #countFailure(address: string): void {
    const { lockout } = this.#settings
    if (!lockout) return
    const count = (this.#failures.get(address) ?? 0) + 1
    this.#failures.set(address, count)
    if (count < lockout.failures) return
    this.#failures.delete(address)
    this.#lockedUntil.set(address, this.#now() + lockout.seconds * 1000)
  }
}

function createRateLimitError(): OAuthError {
  return new OAuthError('rate_limit_exceeded', 'Rate limit exceeded.')
}
