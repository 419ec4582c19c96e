import { randomUuid } from '../random.ts'

/** A request as a server received it, with its whole body. */
export interface HttpRequest {
  readonly method: string
  /** The path with the query, such as `/v1/user?access_token=…`. */
  readonly url: string
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  /** The client's IP address. The rate limit and the lockout count by it. */
  readonly address: string
  /** Returns a signal that aborts when the client disconnects. A function, because few requests need one. */
  readonly getSignal?: (() => AbortSignal) | undefined
}

/** A request with everything that routes, journal, hints and faults read from it. */
export interface ParsedRequest extends Omit<HttpRequest, 'url'> {
  readonly id: string
  /** When it arrived by the sandbox's clock, in milliseconds since 1970. */
  readonly at: number
  readonly path: string
  readonly query: URLSearchParams
  /** In lower case and without parameters. Empty if there is no body. */
  readonly contentType: string
  /** Fields of a form. The values of a repeated field are joined by commas, so they match nothing. */
  readonly form: ReadonlyMap<string, string>
  /** Members of a JSON object. */
  readonly json: Readonly<Record<string, unknown>>
  /** The credentials of HTTP Basic: of an account, or the id and secret of a client. */
  readonly basic: { readonly username: string; readonly password: string } | undefined
}

/** The only media type that the token endpoint accepts. */
export const formType = 'application/x-www-form-urlencoded'

const noQuery = new URLSearchParams()

export function parseRequest(request: HttpRequest, now: number): ParsedRequest {
  const { url, headers, body } = request
  const queryStart = url.indexOf('?')
  const contentType = hasBody(headers) ? parseMediaType(headers['content-type']) : ''
  return {
    method: request.method,
    headers,
    body,
    address: request.address,
    getSignal: request.getSignal,
    id: randomUuid(),
    at: now,
    path: queryStart < 0 ? url : url.slice(0, queryStart),
    query: queryStart < 0 ? noQuery : new URLSearchParams(url.slice(queryStart)),
    contentType,
    form: contentType === formType ? parseForm(body) : new Map(),
    json: (contentType === 'application/json' && parseJsonObject(body)) || {},
    basic: getBasic(headers.authorization),
  }
}

/** Converts a web-standard request. */
export async function fromWebRequest(request: Request, address: string): Promise<HttpRequest> {
  const { pathname, search } = new URL(request.url)
  const headers: Record<string, string> = Object.fromEntries(request.headers)
  const body = await request.text()
  // A request that a program creates has no header that says whether there is a body.
  if (request.body || body) headers['content-length'] ??= String(body.length)
  const { method, signal } = request
  return { method, url: pathname + search, headers, body, address, getSignal: () => signal }
}

/** Returns a form field, or a JSON member that is a string. API routes accept both. */
export function getField({ form, json }: ParsedRequest, name: string): string | undefined {
  const member = json[name]
  return form.get(name) ?? (typeof member === 'string' ? member : undefined)
}

function hasBody(headers: HttpRequest['headers']): boolean {
  return headers['transfer-encoding'] !== undefined || /^\d+$/.test(headers['content-length'] ?? '')
}

/** A media type with parameters: `; name=value`, where the value may be quoted. */
const mediaType = /^([^;]+)(?:; *[\w!#$%&'*+.^`|~-]+ *= *(?:"(?:[^"\\]|\\.)*"|[\w!#$%&'*+.^`|~-]+) *)*$/

/** Express ignores a media type with a malformed parameter, such as `…; charset` or a final `;`. */
function parseMediaType(header = ''): string {
  if (header === formType) return formType
  return (mediaType.exec(header)?.[1] ?? '').trim().toLowerCase()
}

function parseForm(body: string): Map<string, string> {
  const fields = new Map<string, string>()
  // The leading "&" keeps a question mark at the start, which is part of the first name.
  for (const [name, value] of new URLSearchParams(`&${body}`)) {
    const previous = fields.get(name)
    fields.set(name, previous === undefined ? value : `${previous},${value}`)
  }
  return fields
}

/** Returns the members of a JSON object; `undefined` for anything else. */
export function parseJsonObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Decodes percent-encoding. Returns malformed text unchanged. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

let lastHeader: string | undefined
let lastBasic: ParsedRequest['basic']

/** A client sends the same header with each request, and parsing it takes longer than the password check. */
function getBasic(header: string | undefined): ParsedRequest['basic'] {
  if (header !== lastHeader) lastBasic = parseBasic(header)
  lastHeader = header
  return lastBasic
}

/** Parses HTTP Basic like the `basic-auth` package: UTF-8, split at the first colon, no percent-decoding. */
function parseBasic(header = ''): ParsedRequest['basic'] {
  const encoded = /^ *basic +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1]
  if (encoded === undefined) return undefined
  const [, username, password] = /^([^:]*):(.*)$/.exec(decodeBase64(encoded)) ?? []
  return username === undefined || password === undefined ? undefined : { username, password }
}

/** Accepts both alphabets, skips characters of neither, and drops a single digit at the end. */
function decodeBase64(encoded: string): string {
  const digits = encoded
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/[^A-Za-z0-9+/]/g, '')
  const text = atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits)
  if (/^[ -~]*$/.test(text)) return text
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
