import type { Settings } from './settings.ts'

/** Why an address has to wait, and for how many seconds. */
export interface Wait {
  readonly reason: 'locked out' | 'too many requests'
  readonly seconds: number
}

interface AddressRecord {
  requests: number[]
  failures: number
  lastFailure: number
  lockedUntil: number
}

/** Counts token requests per address: a sliding window, and failures in a row. */
export class Attempts {
  readonly #settings: Settings
  readonly #now: () => number
  readonly #byAddress = new Map<string, AddressRecord>()

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  /**
   * Lets a token request of an address in, or says that it has to wait. Requests that have to wait count
   * neither for the window nor as failures: whether the service counts them is unknown.
   */
  admit(address: string): Wait | undefined {
    const record = this.#record(address)
    const now = this.#now()
    if (record.lockedUntil > now)
      return { reason: 'locked out', seconds: secondsUntil(record.lockedUntil, now) }

    const { rateLimit } = this.#settings
    if (!rateLimit) return undefined
    record.requests = record.requests.filter((at) => at > now - rateLimit.seconds * 1000)
    const [oldest] = record.requests
    if (oldest !== undefined && record.requests.length >= rateLimit.requests) {
      return { reason: 'too many requests', seconds: secondsUntil(oldest + rateLimit.seconds * 1000, now) }
    }
    record.requests.push(now)
    return undefined
  }

  /** A success ends a row of failures. */
  succeeded(address: string): void {
    this.#record(address).failures = 0
  }

  /** Counts a failure; the last allowed one blocks the address. */
  failed(address: string): void {
    const { lockout, failureCountFades } = this.#settings
    if (!lockout) return
    const record = this.#record(address)
    const now = this.#now()
    const faded = failureCountFades !== false && now - record.lastFailure > failureCountFades * 1000
    record.failures = faded ? 1 : record.failures + 1
    record.lastFailure = now
    if (record.failures >= lockout.failures) {
      record.lockedUntil = now + lockout.seconds * 1000
      record.failures = 0
    }
  }

  #record(address: string): AddressRecord {
    const known = this.#byAddress.get(address)
    if (known) return known
    // The clock may stand before 1970.
    const long = Number.NEGATIVE_INFINITY
    const fresh = { requests: [], failures: 0, lastFailure: long, lockedUntil: long }
    this.#byAddress.set(address, fresh)
    return fresh
  }
}

function secondsUntil(time: number, now: number): number {
  return Math.ceil((time - now) / 1000)
}
