/** Where the time comes from. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z, as the wall clock says. */
  now(): number
  /** Resolves after that many milliseconds. A clock without it sleeps in real time. */
  sleep?(milliseconds: number, options?: SleepOptions): Promise<void>
}

/** How one sleeps. */
export interface SleepOptions {
  /** Nobody waits for it: a process that has nothing else to do may end. @default false */
  readonly background?: boolean | undefined
  /** Ends the sleep's timer when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined
}

/** The longest delay that timers take; a longer one would fire at once. Milliseconds. */
export const longestDelay = 2 ** 31 - 1

/** Calls back after that many milliseconds of real time; gives the function that calls it off. */
export function alarm(milliseconds: number, ring: () => void): Alarm {
  // biome-ignore lint/style/noRestrictedGlobals: this is the clock; nothing else in core has a timer
  const timer = setTimeout(ring, Math.min(milliseconds, longestDelay))
  return {
    cancel: () => clearTimeout(timer),
    // Only Node's timers keep a process alive, and only there can they be told not to.
    inBackground: () => (timer as { unref?: () => void }).unref?.(),
  }
}

/** A timer that can be called off. */
export interface Alarm {
  cancel(): void
  /** Lets the process end before it rings. */
  inBackground(): void
}

/** The wall clock of the machine. */
export const systemClock: Clock & Required<Pick<Clock, 'sleep'>> = {
  now: () => Date.now(),
  sleep: (milliseconds, { background = false, signal } = {}) =>
    new Promise((resolve) => {
      const { inBackground, cancel } = alarm(milliseconds, () => {
        signal?.removeEventListener('abort', wake)
        resolve()
      })
      const wake = () => {
        cancel()
        resolve()
      }
      if (signal?.aborted) wake()
      signal?.addEventListener('abort', wake, { once: true })
      if (background) inBackground()
    }),
}

/** Sleeps by the given clock, or in real time where it can't. */
export function sleep(clock: Clock, milliseconds: number, options: SleepOptions = {}): Promise<void> {
  return clock.sleep === undefined
    ? systemClock.sleep(milliseconds, options)
    : clock.sleep(milliseconds, options)
}
