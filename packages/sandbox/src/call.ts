import { randomUuid } from './random.ts'

/** What a server knows of a request beside the `Request`: it is passed to `sandbox.answer`. */
export interface Connection {
  /** Address that the request came from; rate limit and lockout count by it. */
  readonly address: string
  /** The body, where the `Request` comes without it: with GET it could not carry one. */
  readonly body?: string
  /** The method, where a `Request` could not have it (`TRACE`) and came with another. */
  readonly method?: string
  /** Version of the package that listens, for `GET /__sandbox/`. */
  readonly version?: string
}

/** One request, read once: the answer, the journal, the hints and the faults all look at this. */
export interface Call {
  readonly id: string
  readonly at: number
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** Without parameters, in lower case; empty when there is no body. */
  readonly contentType: string
  /** Fields of a form-encoded body. A repeated one holds its values joined by commas, and so matches nothing. */
  readonly form: ReadonlyMap<string, string>
  /** Members of a JSON object in the body. */
  readonly json: Readonly<Record<string, unknown>>
  /** The body as it came. */
  readonly body: string
  readonly connection: Connection
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** Media type of the only body that the token endpoint reads. */
export const formType = 'application/x-www-form-urlencoded'

/** Reads a request to its end. */
export async function readCall(request: Request, connection: Connection, now: () => number): Promise<Call> {
  const url = new URL(request.url)
  const contentType = hasBody(request) ? mediaType(request.headers) : ''
  const body = connection.body ?? (await request.text())
  return {
    id: randomUuid(),
    at: now(),
    method: connection.method ?? request.method,
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    contentType,
    form: contentType === formType ? readForm(body) : new Map(),
    json: contentType === 'application/json' ? readJsonObject(body) : {},
    body,
    connection,
    signal: request.signal,
  }
}

/** A field of a form, or a member of a JSON object that is a text; API routes take both. */
export function field(call: Call, name: string): string | undefined {
  const member = call.json[name]
  return call.form.get(name) ?? (typeof member === 'string' ? member : undefined)
}

/** Over a socket the headers tell, also of an empty body; a `Request` made in a program has no such headers. */
function hasBody({ headers, body }: Request): boolean {
  const length = headers.get('content-length')
  return headers.has('transfer-encoding') || /^\d+$/.test(length ?? '') || body !== null
}

/** A type with parameters, each `; name=value` with a value that may be quoted. */
const typeWithParameters =
  /^([^;]+)(?:; *[\w!#$%&'*+.^`|~-]+ *= *(?:"(?:[^"\\]|\\.)*"|[\w!#$%&'*+.^`|~-]+) *)*$/

/** A type whose parameters are malformed is none, as for Express: `…; charset` and even a `;` at the end. */
function mediaType(headers: Headers): string {
  return (typeWithParameters.exec(headers.get('content-type') ?? '')?.[1] ?? '').trim().toLowerCase()
}

/** The fields of a form-encoded text. */
export function readForm(body: string): Map<string, string> {
  // Behind an empty field a question mark at the start belongs to the first name, and isn't taken for a query's.
  const fields = new URLSearchParams(`&${body}`)
  return new Map([...fields.keys()].map((name) => [name, fields.getAll(name).join(',')]))
}

/** The members of a JSON object; of anything else there are none. */
export function readJsonObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}
