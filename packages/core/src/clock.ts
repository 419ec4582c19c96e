/** Where the time comes from. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z, as the wall clock says. */
  now(): number
  /** Resolves after that many milliseconds. A clock without it sleeps in real time. */
  sleep?(milliseconds: number): Promise<void>
}

/** The longest delay that timers take; a longer one would fire at once. Milliseconds. */
const longestDelay = 2 ** 31 - 1

/** The wall clock of the machine. */
export const systemClock: Clock & Required<Pick<Clock, 'sleep'>> = {
  now: () => Date.now(),
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      // biome-ignore lint/style/noRestrictedGlobals: this is the clock; nothing else in core has a timer
      setTimeout(resolve, Math.min(milliseconds, longestDelay))
    }),
}

/** Sleeps by the given clock, or in real time where it can't. */
export function sleep(clock: Clock, milliseconds: number): Promise<void> {
  return clock.sleep === undefined ? systemClock.sleep(milliseconds) : clock.sleep(milliseconds)
}
