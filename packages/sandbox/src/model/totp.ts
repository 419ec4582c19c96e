import { Secret, TOTP } from 'otpauth'

const stepMs = 30_000

/** The time-based codes of one account: six digits, steps of 30 s, accepted one step early or late. */
export interface Totp {
  readonly secret: string
  /** The code of a moment, in milliseconds. */
  code(now: number): string
  /** Whether a code is right; with `reuse` false each step's code is accepted once. */
  accept(code: string, now: number, reuse: boolean): boolean
}

/** Makes the codes of a base32 secret. */
export function createTotp(secret: string): Totp {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const usedSteps = new Set<number>()
  return {
    secret,
    code: (now) => totp.generate({ timestamp: now }),
    accept(code, now, reuse) {
      // Number-like texts of another length never match: a code is exactly what the authenticator shows.
      if (!/^\d{6}$/.test(code)) return false
      const delta = totp.validate({ token: code, timestamp: now, window: 1 })
      if (delta === null) return false
      const step = Math.floor(now / stepMs) + delta
      if (usedSteps.has(step) && !reuse) return false
      usedSteps.add(step)
      return true
    },
  }
}

/** A fresh secret in base32, for an enrolment. */
export function randomTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** Seconds until the code of a moment gives way to the next. */
export function secondsLeft(now: number): number {
  return Math.ceil((stepMs - (now % stepMs)) / 1000)
}
