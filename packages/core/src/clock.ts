/** Where the time comes from: milliseconds since 1970-01-01T00:00Z, as the wall clock says. */
export interface Clock {
  now(): number
}

/** The wall clock of the machine. */
export const systemClock: Clock = { now: () => Date.now() }
