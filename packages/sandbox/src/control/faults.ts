import type { ParsedRequest } from '../http/request.ts'
import { canHaveBody, type HttpResponse } from '../http/response.ts'
import { errorStatus, noStore, type OAuthErrorCode } from '../oauth/errors.ts'
import { boolean, checkMembers, integer, oneOf, type Rules, string } from '../rules.ts'

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

/** The longest delay of a timer. */
const maxDelayMs = 2 ** 31 - 1

const faultRules: Rules<FaultOptions> = {
  status: integer(200, 599),
  error: string,
  error_description: string,
  body: [(value) => typeof value === 'string' || isObject(value), 'a string or an object'],
  headers: [areHeaders, 'an object of names and strings that are valid in HTTP'],
  delay: integer(0, maxDelayMs),
  drop: oneOf('before', 'during', true, false),
  after: boolean,
  times: integer(1),
  match: [isMatch, 'an object of method, path and grant_type, each a string'],
}

/** Checks a fault from a program or from HTTP. Throws a TypeError that names the member. */
export function checkFault(fault: FaultOptions): FaultOptions {
  checkMembers('A fault', fault, faultRules)
  const hasBody = fault.body !== undefined || fault.error !== undefined || fault.drop === 'during'
  if (hasBody && !canHaveBody(fault.status ?? 200)) {
    throw new TypeError("A fault with the status 204, 205 or 304 has no body, no error and no drop: 'during'")
  }
  return fault
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether all members are strings. An array or a `Headers` has no members of this kind, and would be ignored. */
function hasOnlyStrings(value: unknown): value is Record<string, string> {
  if (!isObject(value) || Symbol.iterator in value) return false
  return Object.values(value).every((member) => typeof member === 'string')
}

function isMatch(value: unknown): boolean {
  const names = ['method', 'path', 'grant_type']
  return hasOnlyStrings(value) && Object.keys(value).every((name) => names.includes(name))
}

function areHeaders(value: unknown): boolean {
  try {
    new Headers(value as Record<string, string>)
  } catch {
    return false
  }
  // Node rejects control characters, which `Headers` accepts.
  return hasOnlyStrings(value) && Object.values(value).every((text) => !/[^\t -~\u0080-\u00ff]/.test(text))
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

const truncatedBody = '{"token_type":"bearer","access_token":"the rest of this response is lost","expires_in":7776000}'

/** Returns the response of a fault. */
export function faultResponse(fault: FaultOptions): HttpResponse {
  const { status, error, headers } = fault
  const content = getContent(fault)
  return {
    status: status ?? (error === undefined ? 200 : (errorStatus[error as OAuthErrorCode] ?? 500)),
    headers: {
      'content-type': `${getMediaType(content)}; charset=utf-8`,
      ...(error !== undefined && noStore),
      ...Object.fromEntries(new Headers(headers)),
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
