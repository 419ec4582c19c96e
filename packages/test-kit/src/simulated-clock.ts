/** A clock that stands still until it is moved. Milliseconds since 1970. */
export class SimulatedClock {
  #now: number

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  /** Moves by a number of milliseconds. A negative one moves back, as NTP can. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
}
