import type { Call } from '../call.ts'
import type { OAuthErrorCode } from '../oauth/errors.ts'
import { statusOf, uncached } from '../oauth/errors.ts'
import type { MemberType } from './check.ts'
import { checkMembers } from './check.ts'

/** How a request is to fail. */
export interface FaultOptions {
  /** @default the status that goes with `error`, else 200 */
  status?: number
  /** Makes the body `{"error":…,"error_description":…}`. */
  error?: string
  /** @default the same text as `error` */
  error_description?: string
  /** A body of one's own: an object is sent as JSON, a text as it is (HTML when it begins with `<`). */
  body?: string | object
  headers?: Record<string, string>
  /** Milliseconds of real time to wait. Alone: the request is slow, and then served as usual. */
  delay?: number
  /** Ends the connection without an answer (`'before'`, `true`) or after half a body (`'during'`). */
  drop?: 'before' | 'during' | boolean
  /** The request is served first, then its answer is replaced, delayed or lost. @default false */
  after?: boolean
  /** How many requests it hits. @default 1 */
  times?: number
  /** Which requests it hits; without it any that is not for `/__sandbox` or the page. */
  match?: { method?: string; path?: string; grant_type?: string }
}

/** The members of a fault. */
export const faultMembers: Record<keyof FaultOptions, readonly MemberType[]> = {
  status: ['number'],
  error: ['string'],
  error_description: ['string'],
  body: ['string', 'object'],
  headers: ['object'],
  delay: ['number'],
  drop: ['string', 'boolean'],
  after: ['boolean'],
  times: ['number'],
  match: ['object'],
}

/** Checks what came from a program or over HTTP. Throws a TypeError that names the member. */
export function checkFault(options: Record<string, unknown>): FaultOptions {
  checkMembers('A fault', options, faultMembers)
  const fault: FaultOptions = options
  checkRanges(fault)
  checkBody(fault)
  checkTexts(fault)
  return fault
}

/** Longer waits would be none: timers count in 31 bits. */
const longestDelay = 2 ** 31 - 1

function checkRanges({ status = 200, delay = 0, times = 1, drop }: FaultOptions): void {
  check(
    Number.isInteger(status) && status >= 200 && status <= 599,
    'status',
    'a whole number from 200 to 599',
  )
  check(delay >= 0 && delay <= longestDelay, 'delay', `from 0 to ${longestDelay} ms`)
  check(times === Number.POSITIVE_INFINITY || Number.isInteger(times), 'times', 'a whole number')
  check(times >= 1, 'times', 'at least 1')
  check(typeof drop !== 'string' || /^(before|during)$/.test(drop), 'drop', "'before' or 'during'")
}

function checkBody(fault: FaultOptions): void {
  const { status = 200, body, error, drop } = fault
  const hasBody = body !== undefined || error !== undefined || drop === 'during'
  check(
    !(isBodiless(status) && hasBody),
    'status',
    "204, 205 or 304 only without body, error and drop: 'during'",
  )
}

function checkTexts({ headers = {}, match = {} }: FaultOptions): void {
  check(
    hasOnlyTexts(headers) && areHeaders(headers),
    'headers',
    'an object of names and texts as HTTP has them',
  )
  const known = Object.keys(match).every((name) => ['method', 'path', 'grant_type'].includes(name))
  check(known && hasOnlyTexts(match), 'match', 'made of method, path and grant_type, each a text')
}

/** An array or a `Headers` has no members of its own, and would say nothing. */
function hasOnlyTexts(object: object): boolean {
  return !(Symbol.iterator in object) && Object.values(object).every((value) => typeof value === 'string')
}

function areHeaders(headers: Record<string, string>): boolean {
  try {
    new Headers(headers)
  } catch {
    return false
  }
  return Object.values(headers).every((value) => /^[\t -~\u0080-\u00ff]*$/.test(value))
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

function check(holds: boolean, name: string, rule: string): void {
  if (!holds) throw new TypeError(`A fault's "${name}" is ${rule}`)
}

/** Faults that wait for requests; the first that matches is taken. */
export class Faults {
  #waiting: { fault: FaultOptions; left: number }[] = []

  add(fault: FaultOptions): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  take(call: Call): FaultOptions | undefined {
    const entry = this.#waiting.find(({ fault }) => matches(fault, call))
    if (!entry) return undefined
    entry.left -= 1
    if (entry.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== entry)
    return entry.fault
  }

  /** Those that still wait, with `times` as what is left of them. */
  list(): FaultOptions[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, times: left }))
  }

  clear(): void {
    this.#waiting = []
  }
}

function matches({ match = {} }: FaultOptions, { method, path, form }: Call): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === method) &&
    (match.path === undefined || match.path === path) &&
    (match.grant_type === undefined || match.grant_type === form.get('grant_type'))
  )
}

/** Whether a fault has an answer of its own, or only delays or drops the real one. */
export function hasAnswer({ status, error, body, headers }: FaultOptions): boolean {
  return [status, error, body, headers].some((part) => part !== undefined)
}

/** The answer of a fault. */
export function faultResponse({ status, error, error_description, body, headers }: FaultOptions): Response {
  const code = status ?? (error === undefined ? 200 : (statusOf[error as OAuthErrorCode] ?? 500))
  const content =
    body ?? (error === undefined ? '' : { error, error_description: error_description ?? error })
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return new Response(isBodiless(code) ? null : text, {
    status: code,
    headers: {
      'content-type': `${mediaTypeOf(content)}; charset=utf-8`,
      ...(error !== undefined && uncached),
      ...headers,
    },
  })
}

function mediaTypeOf(content: string | object): string {
  if (typeof content === 'object') return 'application/json'
  return /^\s*</.test(content) ? 'text/html' : 'text/plain'
}
