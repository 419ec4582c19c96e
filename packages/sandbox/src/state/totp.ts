import { Secret, TOTP } from 'otpauth'

const stepMs = 30_000

/** The time-based codes of one account: six digits, steps of 30 s, accepted one step early or late. */
export class Totp {
  readonly #totp: TOTP
  readonly #usedSteps = new Set<number>()

  /** In base32. */
  readonly secret: string

  constructor(secret: string) {
    this.secret = secret
    this.#totp = new TOTP({ secret: Secret.fromBase32(secret) })
  }

  /** Returns the code of a time, in milliseconds since 1970. */
  code(now: number): string {
    return this.#totp.generate({ timestamp: now })
  }

  /** Whether the code is correct. Without `allowReuse` the code of each step is accepted once. */
  accept(code: string, now: number, allowReuse: boolean): boolean {
    // The library accepts other spellings of a number. A code is exactly what the authenticator shows.
    if (!/^\d{6}$/.test(code)) return false
    const delta = this.#totp.validate({ token: code, timestamp: now, window: 1 })
    if (delta === null) return false
    const step = Math.floor(now / stepMs) + delta
    if (this.#usedSteps.has(step) && !allowReuse) return false
    this.#usedSteps.add(step)
    return true
  }
}

/** Returns a new secret in base32. */
export function randomTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}
