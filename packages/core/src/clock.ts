/** A source of time. Tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms` milliseconds, or when the signal is aborted. @default real time */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>
}

/** The longest delay that platform timers support, in milliseconds. A longer one would fire at once. */
export const maxDelayMs = 2_147_483_647

/** Calls `callback` after `ms` milliseconds of real time, at most {@link maxDelayMs}. Returns the function that cancels it. */
export function setLongTimeout(ms: number, callback: () => void): () => void {
  // biome-ignore lint/style/noRestrictedGlobals: this is the clock; nothing else in core has a timer
  const timer = setTimeout(callback, Math.min(ms, maxDelayMs))
  return () => clearTimeout(timer)
}

/** The system's clock. */
export const systemClock: Required<Clock> = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const finish = () => {
        cancel()
        signal?.removeEventListener('abort', finish)
        resolve()
      }
      const cancel = setLongTimeout(ms, finish)
      signal?.addEventListener('abort', finish, { once: true })
      if (signal?.aborted) finish()
    }),
}

/** Sleeps on the given clock, or in real time if it has no `sleep`. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return clock.sleep?.(ms, signal) ?? systemClock.sleep(ms, signal)
}

/** Smaller differences are ignored: `Date` counts seconds, and responses take time. Milliseconds. */
const toleranceMs = 2000

/**
 * The clock is never adjusted by more than this: a cached or forged `Date` must not make expired tokens look valid. It
 * is half of an MFA challenge's lifetime, because a process that takes over a challenge has not adjusted its clock yet.
 */
const maxSkewMs = 300_000

/** A clock that follows the server's. Machines whose clocks differ agree on when a token expires. */
export class ServerClock implements Clock {
  /** This machine's clock. Durations are measured by it: an adjustment in between would change them. */
  readonly own: Clock
  #skewMs = 0

  constructor(clock: Clock) {
    this.own = clock
  }

  now(): number {
    return this.own.now() + this.#skewMs
  }

  /** Waits on the clock that it follows: a test's clock moves, and no time passes. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleep(this.own, ms, signal)
  }

  /** Adjusts the clock to a response's `Date`, which was written at some moment of the `elapsedMs` of the request. */
  adjust(date: number | undefined, elapsedMs = 0): void {
    if (date === undefined) return
    const least = date - this.own.now()
    const most = least + elapsedMs
    if (this.#skewMs > least - toleranceMs && this.#skewMs < most + toleranceMs) return
    const skew = this.#skewMs < least ? least : most
    this.#skewMs = Math.abs(skew) < toleranceMs ? 0 : Math.max(-maxSkewMs, Math.min(maxSkewMs, skew))
  }
}
