import type { AnswerTiming } from './answer.ts'

/** Nobody is asked to wait for longer: what says so is a mistake, or not Particle's. Seconds. */
const longestWait = 86_400

/**
 * Reads `Date` and `Retry-After`, the latter up to a day. In a browser neither can be read across origins: both are
 * `undefined` then.
 */
export function readTiming(headers: { get(name: string): string | null }): AnswerTiming {
  const date = readDate(readHeader(headers, 'date'))
  return { date, retryAfter: readRetryAfter(readHeader(headers, 'retry-after'), date) }
}

/** A `fetch` of somebody's own may give headers that throw; an answer is judged all the same. */
function readHeader(headers: { get(name: string): string | null }, name: string): string | null {
  try {
    return headers.get(name)
  } catch {
    return null
  }
}

/** Each of HTTP's three forms begins with the day. `Date.parse` alone takes "-5" for a date in May 2001. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/

function readDate(value: string | null): number | undefined {
  const date = value !== null && httpDate.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : date
}

/** Seconds, or a date that is measured against the server's own clock (RFC 9110 §10.2.3). */
function readRetryAfter(value: string | null, date: number | undefined): number | undefined {
  if (value === null) return undefined
  const seconds = /^\s*\d+\s*$/.test(value) ? Number(value) : secondsUntil(readDate(value), date)
  return seconds === undefined ? undefined : Math.max(0, Math.min(longestWait, seconds))
}

function secondsUntil(until: number | undefined, date: number | undefined): number | undefined {
  return until === undefined || date === undefined ? undefined : Math.ceil((until - date) / 1000)
}
