import type { Clock } from '../clock.ts'

/** A clock that is wrong by less than this is taken as right: `Date` has seconds, and answers take their time. ms. */
const tolerance = 2000

/**
 * No answer moves the clock by more than this, in ms: a cached or forged `Date` must not make old tokens look good.
 * Half of an MFA challenge's life, too: the process that takes a challenge up has learned nothing yet, and on a machine
 * whose clock is wrong by an hour it sees the challenge that much older than it is.
 */
const clamp = 5 * 60_000

/**
 * The session's clock, set right by what the token endpoint says the time is. Expiry is written and read on the
 * server's time, so that machines whose clocks differ agree on it.
 */
export class ServerClock implements Clock {
  readonly #clock: Clock
  #skew = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock.now() + this.#skew
  }

  /**
   * Learns from an answer's `Date`, ms since 1970; `undefined` where it can't be read. It was written at some moment of
   * the `elapsed` milliseconds that the exchange took: what is right for one of these moments is left as it is.
   */
  learn(date: number | undefined, elapsed = 0): void {
    if (date === undefined) return
    const least = date - this.#clock.now()
    const most = least + elapsed
    if (this.#skew > least - tolerance && this.#skew < most + tolerance) return
    const skew = this.#skew < least ? least : most
    this.#skew = Math.abs(skew) < tolerance ? 0 : Math.max(-clamp, Math.min(clamp, skew))
  }
}
