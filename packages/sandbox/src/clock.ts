/** The sandbox's time: real time plus what it was moved by. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number
  /** Moves time on by `'90d'`, `'10m'`, `'1h 30m'` or milliseconds, and returns the new time. */
  advance(by: string | number): number
  /** Sets the time, in milliseconds since 1970; also back. Returns it. */
  set(time: number): number
  /** Back to how the clock was made. A clock without it is left alone by `sandbox.reset()`. */
  reset?(): void
}

/** How a clock starts: where it reads real time, at which time it begins, and whether it stands still. */
export interface ClockOptions {
  /** Where real time comes from. @default Date.now */
  now?: () => number
  /** Time to begin at, in milliseconds. @default the real time */
  start?: number
  /** Time passes only when it is moved. @default false */
  frozen?: boolean
}

/** Milliseconds from 1970 to the last moment that a `Date` can tell, and back to the first. */
export const endOfTime = 8.64e15

/**
 * Makes a clock that runs with real time, or stands still, and can be moved while it is in use. Throws a RangeError
 * where it is to go beyond what a `Date` can tell, and stays where it was.
 */
export function createClock({
  now = () => Date.now(),
  start,
  frozen = false,
}: ClockOptions = {}): SandboxClock {
  let base = 0
  let offset = 0
  const real = () => (frozen ? base : now())
  // A clock that was set to the end of time stays there.
  const reading = () => Math.min(real() + offset, endOfTime)
  const moveTo = (time: number): number => {
    if (Math.abs(time) > endOfTime) {
      throw new RangeError('A clock goes from the year -271821 to the year 275760, and no further')
    }
    offset = time - real()
    return reading()
  }

  const clock = {
    now: reading,
    advance: (by: string | number) => moveTo(reading() + parseDuration(by)),
    set(time: number): number {
      if (!Number.isFinite(time))
        throw new RangeError(`A clock is set to milliseconds since 1970, not to ${time}`)
      return moveTo(time)
    },
    reset(): void {
      base = now()
      offset = 0
      if (start !== undefined) clock.set(start)
    },
  }
  clock.reset()
  return clock
}

const unitInMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads `'90d'`, `'1h 30m'` or a number of milliseconds. Throws a RangeError that shows what it understands. */
function parseDuration(duration: string | number): number {
  const ms = typeof duration === 'number' ? duration : sumOfParts(duration)
  if (!Number.isFinite(ms) || ms < 0) {
    throw new RangeError(
      `"${duration}" is no duration. Use for example '30s', '10m', '1h', '90d', or milliseconds`,
    )
  }
  return ms
}

function sumOfParts(text: string): number {
  const parts = text.trim().split(/\s+/)
  return parts.reduce((sum, part) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(part)
    return sum + (match ? Number(match[1]) * (unitInMs[match[2] as string] as number) : Number.NaN)
  }, 0)
}
