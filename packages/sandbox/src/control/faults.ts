import type { ParsedRequest } from '../http/request.ts'
import { canHaveBody, type HttpResponse } from '../http/response.ts'
import { errorStatus, noStore, type OAuthErrorCode } from '../oauth/errors.ts'
import { checkMembers, type MemberType } from './input.ts'

/** How a request fails. */
export interface FaultOptions {
  /** @default the status of `error`, otherwise 200 */
  status?: number
  /** Sets the body to `{"error":…,"error_description":…}`. */
  error?: string
  /** @default the text of `error` */
  error_description?: string
  /** The body: an object is sent as JSON, a text unchanged (as HTML if it starts with `<`). */
  body?: string | object
  headers?: Record<string, string>
  /** Delays the response, in milliseconds of real time. With nothing else, the request is then handled normally. */
  delay?: number
  /** Ends the connection without a response (`'before'`, `true`) or after half of the body (`'during'`). */
  drop?: 'before' | 'during' | boolean
  /** Handles the request first, then replaces, delays or loses its response. @default false */
  after?: boolean
  /** How many requests fail. @default 1 */
  times?: number
  /** Which requests fail. Without it all except those for `/__sandbox` and the page. */
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

/** The longest delay of a timer. */
const maxDelayMs = 2 ** 31 - 1

/** Checks a fault from a program or from HTTP. Throws a TypeError that names the member. */
export function checkFault(options: Record<string, unknown>): FaultOptions {
  checkMembers('A fault', options, faultMembers)
  const fault: FaultOptions = options
  const { status = 200, delay = 0, times = 1, headers = {}, match = {}, drop } = fault
  check(Number.isInteger(status) && status >= 200 && status <= 599, 'status', 'an integer from 200 to 599')
  check(delay >= 0 && delay <= maxDelayMs, 'delay', `from 0 to ${maxDelayMs} ms`)
  check(times === Number.POSITIVE_INFINITY || Number.isInteger(times), 'times', 'an integer')
  check(times >= 1, 'times', 'at least 1')
  check(typeof drop !== 'string' || /^(before|during)$/.test(drop), 'drop', "'before' or 'during'")
  check(
    canHaveBody(status) || !hasBody(fault),
    'status',
    "204, 205 or 304 only without body, error and drop: 'during'",
  )
  check(
    hasOnlyStrings(headers) && areHeaders(headers),
    'headers',
    'an object of names and strings that are valid in HTTP',
  )
  const hasKnownNames = Object.keys(match).every((name) => ['method', 'path', 'grant_type'].includes(name))
  check(
    hasKnownNames && hasOnlyStrings(match),
    'match',
    'an object of method, path and grant_type, each a string',
  )
  return fault
}

function check(isValid: boolean, name: string, rule: string): void {
  if (!isValid) throw new TypeError(`A fault's "${name}" is ${rule}`)
}

function hasBody({ body, error, drop }: FaultOptions): boolean {
  return body !== undefined || error !== undefined || drop === 'during'
}

/** An array or a `Headers` has no members of this kind, and would be ignored. */
function hasOnlyStrings(object: object): boolean {
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

/** The queue of faults. A request takes the first one that matches. */
export class Faults {
  #queue: { fault: FaultOptions; timesLeft: number }[] = []

  add(fault: FaultOptions): void {
    this.#queue.push({ fault, timesLeft: fault.times ?? 1 })
  }

  take(request: ParsedRequest): FaultOptions | undefined {
    const entry = this.#queue.find(({ fault }) => matches(fault, request))
    if (!entry) return undefined
    entry.timesLeft -= 1
    if (entry.timesLeft <= 0) this.#queue = this.#queue.filter((other) => other !== entry)
    return entry.fault
  }

  /** Returns the queued faults. Their `times` is how many requests are left. */
  list(): FaultOptions[] {
    return this.#queue.map(({ fault, timesLeft }) => ({ ...fault, times: timesLeft }))
  }

  clear(): void {
    this.#queue = []
  }
}

function matches({ match = {} }: FaultOptions, { method, path, form }: ParsedRequest): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === method) &&
    (match.path === undefined || match.path === path) &&
    (match.grant_type === undefined || match.grant_type === form.get('grant_type'))
  )
}

/** Whether a fault has its own response. Half a response needs one, unless the request is handled first. */
export function replacesResponse({ status, error, body, headers, drop, after }: FaultOptions): boolean {
  const hasResponse = [status, error, body, headers].some((part) => part !== undefined)
  return hasResponse || (drop === 'during' && !after)
}

const truncatedBody =
  '{"token_type":"bearer","access_token":"the rest of this response is lost","expires_in":7776000}'

/** Returns the response of a fault. */
export function faultResponse(fault: FaultOptions): HttpResponse {
  const { status, error, headers } = fault
  const content = getContent(fault)
  return {
    status: status ?? (error === undefined ? 200 : (errorStatus[error as OAuthErrorCode] ?? 500)),
    headers: {
      'content-type': `${getMediaType(content)}; charset=utf-8`,
      ...(error !== undefined && noStore),
      ...Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    },
    body: typeof content === 'string' ? content : JSON.stringify(content),
    error,
  }
}

function getContent({ body, error, error_description, drop }: FaultOptions): string | object {
  if (body !== undefined && body !== '') return body
  if (error !== undefined) return { error, error_description: error_description ?? error }
  return drop === 'during' ? truncatedBody : ''
}

function getMediaType(content: string | object): string {
  if (typeof content === 'object') return 'application/json'
  return /^\s*</.test(content) ? 'text/html' : 'text/plain'
}
