import { boolean, checkMembers, type Rules } from './rules.ts'

/** The sandbox's time: real time plus the time it was moved by. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Advances the time by `'90d'`, `'10m'`, `'1h 30m'` or milliseconds, and returns the new time. */
  advance(by: string | number): number
  /** Sets the time, in milliseconds since 1970, and returns it. It can be earlier. */
  set(time: number): number
  /** Restores the start. `sandbox.reset()` does not change a clock without it. */
  reset?(): void
}

/** The start of a clock, and whether it is frozen. */
export interface ClockOptions {
  /** The start, in milliseconds since 1970. @default the real time */
  start?: number
  /** The time changes only when it is moved. @default false */
  frozen?: boolean
}

const clockRules: Rules<ClockOptions> = {
  start: [(value) => typeof value === 'number', 'a number of milliseconds since 1970'],
  frozen: boolean,
}

/** The last time that a `Date` can have, in milliseconds since 1970. The first one is its negative. */
export const endOfTime = 8.64e15

/**
 * Creates a clock that runs with real time, or is frozen, and can be moved. Throws a TypeError on a wrong option. The clock
 * throws a RangeError, and keeps its time, if a `Date` cannot have the new one.
 */
export function createClock(options: ClockOptions = {}): SandboxClock {
  checkMembers('A clock', options, clockRules)
  const { start, frozen = false } = options
  let frozenAt = Date.now()
  let offset = 0
  const getBase = () => (frozen ? frozenAt : Date.now())
  // A clock that was set to the end of time does not run.
  const getTime = () => Math.min(getBase() + offset, endOfTime)

  function set(time: number): number {
    if (!Number.isFinite(time)) throw new RangeError(`Set a clock to milliseconds since 1970, not to ${time}`)
    if (Math.abs(time) > endOfTime) throw new RangeError('A clock can have the years -271821 to 275760')
    offset = time - getBase()
    return getTime()
  }
  function reset(): void {
    frozenAt = Date.now()
    offset = 0
    if (start !== undefined) set(start)
  }

  reset()
  return { now: getTime, advance: (by) => set(getTime() + parseDuration(by)), set, reset }
}

const unitInMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Parses `'90d'`, `'1h 30m'` or a number of milliseconds. Throws a RangeError with examples. */
function parseDuration(duration: string | number): number {
  const ms = typeof duration === 'number' ? duration : sumParts(duration)
  if (!Number.isFinite(ms) || ms < 0) {
    throw new RangeError(`"${duration}" is not a duration. Use for example '30s', '10m', '1h', '90d', or milliseconds`)
  }
  return ms
}

function sumParts(text: string): number {
  const parts = text.trim().split(/\s+/)
  return parts.reduce((sum, part) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(part)
    return sum + (match ? Number(match[1]) * (unitInMs[match[2] as string] as number) : Number.NaN)
  }, 0)
}
