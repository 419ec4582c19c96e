import { randomUuid } from '../random.ts'
import type { Account } from './accounts.ts'

/** A second factor that was asked for, and what the first step wanted. */
export interface Challenge {
  readonly mfaToken: string
  readonly account: Account
  readonly clientId: string
  readonly scope: string | undefined
  readonly expiresIn: string | undefined
  readonly expiresAt: string | undefined
}

/** The `mfa_token`s that wait for their code. */
export class Challenges {
  readonly #now: () => number
  readonly #lifetimeMs: number
  readonly #open = new Map<string, { challenge: Challenge; until: number }>()

  /** `lifetime` in seconds. */
  constructor(lifetime: number, now: () => number) {
    this.#lifetimeMs = lifetime * 1000
    this.#now = now
  }

  open(about: Omit<Challenge, 'mfaToken'>): Challenge {
    const challenge = { ...about, mfaToken: randomUuid() }
    this.#open.set(challenge.mfaToken, { challenge, until: this.#now() + this.#lifetimeMs })
    return challenge
  }

  /** The challenge of an `mfa_token`, unless it is unknown, spent or too old. */
  find(mfaToken: string): Challenge | undefined {
    const entry = this.#open.get(mfaToken)
    return entry && entry.until >= this.#now() ? entry.challenge : undefined
  }

  spend({ mfaToken }: Challenge): void {
    this.#open.delete(mfaToken)
  }
}
