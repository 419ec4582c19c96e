import type { AnswerTiming } from './answer.ts'

/** Reads `Date` and `Retry-After`. In a browser neither can be read across origins: both are `undefined` then. */
export function readTiming(headers: { get(name: string): string | null }): AnswerTiming {
  const date = readDate(headers.get('date'))
  return { date, retryAfter: readRetryAfter(headers.get('retry-after'), date) }
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
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value)
  const until = readDate(value)
  return until === undefined || date === undefined ? undefined : Math.max(0, Math.ceil((until - date) / 1000))
}
