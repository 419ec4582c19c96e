import { readFile } from 'node:fs/promises'
import { CliError, type CommandCall, isRepeatable, readStdin } from '@particle-grants/plugin-auth'

/** What the flags of `api` say about a request. */
export interface RequestFlags {
  readonly method?: string | undefined
  readonly 'raw-field'?: readonly string[] | undefined
  readonly field?: readonly string[] | undefined
  readonly header?: readonly string[] | undefined
  readonly input?: string | undefined
  readonly paginate: boolean
}

/** A request that is ready to send. Only the path and the query of the URL count: the session knows the server. */
export interface ApiRequest {
  readonly url: URL
  readonly init: {
    readonly method: string
    readonly headers: Headers
    readonly body: Uint8Array | string | null
    readonly redirect: 'follow' | 'manual'
  }
}

/** A field as it was given: `name=kitchen`, `params[led]=on`, `groups[]=lab`. */
type Field = readonly [key: string, value: unknown]

/**
 * Creates a request as `gh api` does: GET, or POST if there are fields or an input; fields go into a JSON body, or into
 * the query of a GET and beside an input.
 */
export async function createRequest(
  path: string | undefined,
  flags: RequestFlags,
  baseUrl: string,
): Promise<ApiRequest> {
  if (path === undefined) throw wrongCall('Missing argument PATH.', 'Example:', ['api', '/v1/devices'])
  const { 'raw-field': strings = [], field: typed = [], header = [], input } = flags
  const hasContent = strings.length > 0 || typed.length > 0 || input !== undefined
  const method = flags.method?.toUpperCase() ?? (hasContent ? 'POST' : 'GET')
  checkFlags(method, flags)
  const url = parsePath(path, baseUrl)
  const headers = parseHeaders(header)
  const fields: Field[] = strings.map(splitField)
  for (const [key, text] of typed.map(splitField)) fields.push([key, await readValue(text)])
  const isQuery = !hasBody(method) || input !== undefined
  if (isQuery) for (const [key, value] of fields) url.searchParams.append(key, String(value))
  const json = isQuery || fields.length === 0 ? null : JSON.stringify(toJson(fields))
  const body = input === undefined ? json : new Uint8Array(await readInput(input))
  if (body !== null && !headers.has('content-type')) headers.set('content-type', 'application/json')
  return { url, init: { method, headers, body, redirect: getRedirectMode(method, header) } }
}

/** A redirect would take the fields, and a header such as an API key, to the server that it names. */
function getRedirectMode(method: string, headers: readonly string[]): 'follow' | 'manual' {
  return hasBody(method) || headers.length > 0 ? 'manual' : 'follow'
}

const hasBody = (method: string) => method !== 'GET' && method !== 'HEAD'

function checkFlags(method: string, { input, field = [], paginate }: RequestFlags): void {
  if (paginate && method !== 'GET') throw wrongCall('--paginate works with GET only.', 'Add -X GET.')
  if (input !== undefined && !hasBody(method)) {
    throw wrongCall(`A ${method} request has no body.`, 'Leave --input out, or choose another method with -X.')
  }
  if ([input === '-', ...field.map((one) => one.endsWith('=@-'))].filter(Boolean).length > 1) {
    throw wrongCall('Standard input can be read only once.', 'Name a file instead of -.')
  }
}

/**
 * Changes the URL to that of the next page. Returns whether there is one. Particle's lists take `page` and `per_page`, and
 * return `meta.total_pages` (the types of particle-api-js 12.0.3, `PaginationMeta`).
 */
export function goToNextPage({ searchParams }: URL, json: unknown): boolean {
  const page = Number(searchParams.get('page') ?? 1)
  const total = Number((json as { meta?: { total_pages?: unknown } | null } | null)?.meta?.total_pages)
  if (!(page < total)) return false
  searchParams.set('page', String(page + 1))
  return true
}

/**
 * Parses the path of a call, or a full URL below the base URL. The token is sent to it, so anything that leads to another
 * host is refused. The slash in front may be missing, because some shells on Windows replace a path that starts with one.
 */
function parsePath(given: string, baseUrl: string): URL {
  const origin = 'http://api.invalid'
  const { href = '' } = URL.canParse(given) ? new URL(given) : {}
  const path = href.startsWith(`${baseUrl}/`) ? href.slice(baseUrl.length) : given
  const url = URL.canParse(path, origin) ? new URL(path, origin) : undefined
  if (path === '' || url?.origin !== origin) {
    const remedy = 'Example: /v1/devices. To call another server, use --base-url.'
    throw wrongCall(`Pass a path of the API, or a URL that starts with ${baseUrl}/.`, remedy)
  }
  if (url.hash !== '') throw wrongCall('In a path, write %23 for #.')
  return url
}

function parseHeaders(lines: readonly string[]): Headers {
  const headers = new Headers({ accept: '*/*' })
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w-]+):([\t -~\u0080-\u00ff]*)$/.exec(line) ?? []
    if (name === '') throw wrongCall('A header is written as "Name: value".')
    if (name.toLowerCase() === 'authorization') {
      const remedy = 'To use another token, set PARTICLE_ACCESS_TOKEN, or choose a profile with --profile.'
      throw wrongCall('The header Authorization cannot be set: the token is sent automatically.', remedy)
    }
    headers.set(name, value)
  }
  return headers
}

function splitField(given: string): readonly [key: string, text: string] {
  const equals = given.indexOf('=')
  // A value without a key may be a secret and is not repeated.
  if (equals < 1) throw wrongCall('A field is written as key=value. Example: -f name=kitchen', otherBody)
  return [given.slice(0, equals), given.slice(equals + 1)]
}

/** `true`, `false`, `null` and numbers become JSON values, `@file` the text of a file, and everything else a string. */
async function readValue(text: string): Promise<unknown> {
  if (text.startsWith('@')) return (await readInput(text.slice(1))).toString('utf8')
  if (['true', 'false', 'null'].includes(text)) return JSON.parse(text)
  // A number that JavaScript would change, such as a long id, remains a string.
  return String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Reads a file, or standard input for `-`. */
async function readInput(name: string): Promise<Buffer> {
  if (name === '-') return readStdin({ remedy: 'End it, or name a file.' })
  return readFile(name).catch(({ code }: NodeJS.ErrnoException) => {
    // Anything that does not look like a file's name may be a secret, and is not repeated.
    const file = isRepeatable(name) ? ` ${name}` : ''
    if (code === 'ENOENT') throw wrongCall(file === '' ? 'There is no such input file.' : `There is no file${file}.`)
    throw wrongCall(`The input file${file} could not be read (${code}).`)
  })
}

/** Returns the fields as one object: `a[b]=c` becomes `{"a":{"b":"c"}}`, and `a[]=b` becomes `{"a":["b"]}`. */
function toJson(fields: readonly Field[]): object {
  const body = createObject()
  for (const [key, value] of fields) {
    if (!/^[^[\]]+(?:\[[^[\]]+\])*(?:\[\])?$/.test(key))
      throw wrongCall('A field is named like a, a[b] or a[].', otherBody)
    if (!setField(body, key.replaceAll(']', '').split('['), value)) {
      throw wrongCall(`The field ${JSON.stringify(key)} is given more than once, or as two different types.`, otherBody)
    }
  }
  return body
}

/** Sets the value at the path, where an empty key adds to a list. Returns whether it could be set. */
function setField(target: Record<string, unknown>, [key = '', ...rest]: string[], value: unknown): boolean {
  if (Array.isArray(target)) return target.push(value) > 0
  if (rest.length === 0) {
    if (key in target) return false
    target[key] = value
    return true
  }
  const isList = rest[0] === ''
  target[key] ??= isList ? [] : createObject()
  const next = target[key] as Record<string, unknown>
  return typeof next === 'object' && Array.isArray(next) === isList && setField(next, rest, value)
}

/** An object without a prototype: a field named `__proto__` is only a field. */
const createObject = (): Record<string, unknown> => Object.create(null)

const otherBody = 'To send any other body, use --input.'

export function wrongCall(what: string, remedy?: string, command?: CommandCall): CliError {
  return new CliError('usage', { what, remedy, command })
}
