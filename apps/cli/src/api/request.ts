import { CliError } from '@particle-grants/plugin-auth'
import { readFields, readInput, toJson, toQuery } from './fields.ts'

/** The methods that the API has. */
const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What the flags of `api` say about a request. */
export interface RequestFlags {
  readonly method?: string | undefined
  readonly 'raw-field'?: readonly string[] | undefined
  readonly field?: readonly string[] | undefined
  readonly header?: readonly string[] | undefined
  readonly input?: string | undefined
  readonly paginate: boolean
}

/** A request that is ready to send. */
export interface ApiRequest {
  readonly method: string
  /** The path with its query. */
  readonly path: string
  readonly headers: Headers
  readonly body: Uint8Array | string | null
}

/**
 * Creates a request as `gh api` does: GET, or POST if there are fields or an input; fields go into a JSON body, or into
 * the query of a GET and beside an input.
 */
export async function createRequest(given: string, flags: RequestFlags): Promise<ApiRequest> {
  const { 'raw-field': strings = [], field: typed = [], input } = flags
  const path = parsePath(given)
  const headers = parseHeaders(flags.header ?? [])
  const hasContent = strings.length > 0 || typed.length > 0 || input !== undefined
  const method = parseMethod(flags.method ?? (hasContent ? 'POST' : 'GET'))
  checkFlags(method, flags)
  const fields = await readFields(strings, typed)
  if (input !== undefined) {
    const body = await readInput(input)
    setDefault(headers, isJson(body) ? 'application/json' : 'application/octet-stream')
    return { method, path: addQuery(path, toQuery(fields)), headers, body: new Uint8Array(body) }
  }
  if (!hasBody(method)) return { method, path: addQuery(path, toQuery(fields)), headers, body: null }
  if (fields.length === 0) return { method, path, headers, body: null }
  setDefault(headers, 'application/json')
  return { method, path, headers, body: JSON.stringify(toJson(fields)) }
}

function hasBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function checkFlags(method: string, { input, field = [], paginate }: RequestFlags): void {
  if (paginate && method !== 'GET') {
    throw new CliError('usage', { what: '--paginate works with GET only.', remedy: 'Add -X GET.' })
  }
  if (input !== undefined && !hasBody(method)) {
    throw new CliError('usage', {
      what: `A ${method} request has no body.`,
      remedy: 'Leave --input out, or choose another method with -X.',
    })
  }
  if ([input === '-', ...field.map((one) => one.endsWith('=@-'))].filter(Boolean).length > 1) {
    throw new CliError('usage', {
      what: 'Standard input can be read only once.',
      remedy: 'Name a file instead of -.',
    })
  }
}

/**
 * Returns the path of a call, with a slash in front. The token is sent to it: anything that could lead to another host is
 * refused. The slash may be missing, because some shells on Windows replace a path that starts with one.
 */
function parsePath(given: string): string {
  if (given === '') throw invalidPath('Pass a path.')
  if (/^[a-z][a-z0-9+.-]*:/i.test(given)) throw invalidPath('Pass a path, not a URL.')
  if (given.startsWith('//')) throw invalidPath('The path starts with //, which names another host.')
  if (given.includes('\\')) throw invalidPath('The path contains a backslash, which URLs treat as a slash.')
  if (/[\s\p{Cc}]/u.test(given)) throw invalidPath('The path contains a space or a control character. Write %20.')
  if (given.includes('#')) throw invalidPath('The path contains #, which is never sent. Write %23.')
  return given.startsWith('/') ? given : `/${given}`
}

/** Returns the path with fields added to its query. */
function addQuery(path: string, fields: readonly (readonly [string, string])[]): string {
  if (fields.length === 0) return path
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields.map(([...field]) => field))}`
}

function invalidPath(what: string): CliError {
  const remedy = 'Example: /v1/devices. To call another server, use --base-url.'
  return new CliError('usage', { what, remedy })
}

function parseMethod(given: string): string {
  const method = given.toUpperCase()
  if (methods.includes(method)) return method
  throw new CliError('usage', {
    what: 'The method is not one of the API.',
    remedy: `Use one of ${methods.join(', ')}.`,
  })
}

function parseHeaders(given: readonly string[]): Headers {
  const headers = new Headers({ accept: '*/*' })
  for (const line of given) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/s.exec(line) ?? []
    if (/^(authorization|cookie)$/i.test(name.trim())) {
      throw new CliError('usage', {
        what: `The header ${name.trim()} cannot be set: the token is sent automatically.`,
        remedy: 'To use another token, set PARTICLE_ACCESS_TOKEN, or choose a profile with --profile.',
      })
    }
    try {
      headers.set(name.trim(), value)
    } catch (cause) {
      throw new CliError('usage', { what: 'A header is written as "Name: value".', cause })
    }
  }
  return headers
}

function setDefault(headers: Headers, contentType: string): void {
  if (!headers.has('content-type')) headers.set('content-type', contentType)
}

function isJson(data: Buffer): boolean {
  try {
    JSON.parse(data.toString('utf8'))
    return true
  } catch {
    return false
  }
}
