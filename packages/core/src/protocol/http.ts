import { raceAbort } from '../async.ts'

/** The part of `fetch` that core uses. Every platform's `fetch` fits. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

/** What core passes to `fetch`. */
export interface FetchInit {
  method: string
  headers: Record<string, string>
  body?: string
  redirect: 'manual'
  signal: AbortSignal
}

/** What core reads of a `Response`. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: { getReader(): BodyReader } | null
}

interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** An HTTP response whose body has been read. */
export interface HttpResponse {
  /** 0 for an opaque redirect, as browsers report it. */
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: string
}

/** Longer bodies are not read to their end. The longest known response has less than 1,000 characters. */
export const maxBodyLength = 1_048_576

/**
 * Reads a body as text. Of one that does not end, reads at most one chunk beyond `limit` characters, and nothing after
 * the signal is aborted.
 */
export async function readBody(
  response: FetchResponse,
  limit: number = maxBodyLength,
  signal?: AbortSignal,
): Promise<string> {
  const reader = response.body?.getReader()
  // Never awaited: one half of a cloned body is not canceled before the other half is.
  const cancel = (): void => void reader?.cancel().catch(() => {})
  // Ends the read that is pending.
  signal?.addEventListener('abort', cancel)
  const decoder = new TextDecoder()
  let text = ''
  while (reader !== undefined && text.length <= limit) {
    const { done, value } = await reader.read()
    if (done || value === undefined) break
    text += decoder.decode(value, { stream: true })
  }
  if (text.length > limit) cancel()
  return text
}

/**
 * Sends a request to a path of the base URL and reads its response, which may be a redirect: none is followed. Rejects with
 * the error of `fetch`, with a `TimeoutError`, or with the signal's reason, even if this `fetch` ignores time-out and signal.
 */
export async function sendRequest(
  { fetch, baseUrl, timeoutMs }: { readonly fetch: Fetch; readonly baseUrl: string; readonly timeoutMs: number },
  path: string,
  { signal, ...init }: Pick<FetchInit, 'method' | 'headers' | 'body'> & { readonly signal: AbortSignal | undefined },
): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signals = signal === undefined ? [timeout] : [timeout, signal]
  const receive = async (): Promise<HttpResponse> => {
    // Following a redirect would send the credentials wherever the response says.
    const options = { redirect: 'manual', signal: AbortSignal.any(signals) } as const
    const response = await fetch(baseUrl + path, { ...init, headers: { ...init.headers }, ...options })
    return { status: response.status, headers: response.headers, body: await readBody(response) }
  }
  return raceAbort(receive(), signals)
}

/** A JSON object without a prototype: a field named "toString" or "__proto__" is only a field. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Why a body is not a JSON object. */
export type JsonProblem = 'empty' | 'html' | 'not_json' | 'not_an_object'

/** Parses a body that should hold a JSON object. Never throws, and takes time in proportion to the length. */
export function parseJsonObject(text: string): JsonObject | JsonProblem {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object'
    return Object.assign(Object.create(null), value)
  } catch {
    const start = text.trimStart()
    if (start === '') return 'empty'
    return start.startsWith('<') ? 'html' : 'not_json'
  }
}

/** Encodes a text's UTF-8 bytes in base64. */
export function encodeBase64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** Whether a value is a token that a header can carry: ASCII without spaces (RFC 6750, section 2.1, allows fewer). */
export function isHeaderSafe(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}

/** What the headers say about time. */
export interface ResponseTiming {
  /** The server's time, milliseconds since 1970; `undefined` where `Date` cannot be read (a browser, another origin). */
  readonly date: number | undefined
  /** How long to wait, from `Retry-After`; at most a day. */
  readonly retryAfterSeconds: number | undefined
}

/** `Retry-After` is seconds, or a date that is compared with the server's own clock (RFC 9110, section 10.2.3). */
export function readTiming(headers: HttpResponse['headers']): ResponseTiming {
  const date = parseHttpDate(readHeader(headers, 'date'))
  const retryAfter = readHeader(headers, 'retry-after')
  const isNumber = /^\s*\d+\s*$/.test(retryAfter)
  const seconds = isNumber ? Number(retryAfter) : Math.ceil((parseHttpDate(retryAfter) - date) / 1000)
  // A longer one is a mistake, or not Particle's.
  return { date: toOptional(date), retryAfterSeconds: toOptional(Math.max(0, Math.min(86_400, seconds))) }
}

function toOptional(number: number): number | undefined {
  return Number.isNaN(number) ? undefined : number
}

/** Headers of a custom `fetch` may throw. The response is parsed nevertheless. */
function readHeader(headers: HttpResponse['headers'], name: string): string {
  try {
    return headers.get(name) ?? ''
  } catch {
    return ''
  }
}

/**
 * All three formats of HTTP start with the day: `Date.parse` alone takes "-5" for a date in May 2001. One of them has no
 * time zone, which `Date.parse` would take for local time.
 */
function parseHttpDate(value: string): number {
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return Number.NaN
  return Date.parse(/GMT\s*$/.test(value) ? value : `${value} GMT`)
}
