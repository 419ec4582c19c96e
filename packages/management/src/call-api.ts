import type { CallOptions, Session } from '@particle-grants/core'
import {
  findSystemCode,
  GrantsError,
  type JsonObject,
  parseApiError,
  readBody,
  readTiming,
  redactError,
  type Secret,
} from '@particle-grants/core/protocol'

/** What this package uses of a session: any session of core, also one of a given token. */
export type ApiSession = Pick<Session, 'fetch' | 'allowedOrigins'>

/** A call of the API. */
export interface ApiCall extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: object
  /** Which token may make the call, as the object of "Use …". */
  readonly allowedToken: string
  /** What to do if the outcome is not known. @default repeat the call */
  readonly ifUnknown?: string
  /** Sent instead of the session's own token. */
  readonly token?: Secret
}

/** A response whose body has been read. */
type ReadResponse = Pick<Response, 'status' | 'headers'> & { readonly body: string }

/**
 * Sends a call, and returns what `read` finds in the JSON of its success; `undefined`: what the call was made for is missing.
 * The session renews its token and replays the call as `session.fetch` does. No redirect is followed.
 *
 * @throws GrantsError `api_error` for a refusal (4xx); `rate_limited`, `temporarily_unavailable`, `unexpected_response` and
 *   `network_error` as at the token endpoint; what `session.getAccessToken()` throws. The signal's reason.
 */
export async function callApi<T = JsonObject>(
  session: ApiSession,
  call: ApiCall,
  read: (json: JsonObject) => T | undefined = (json) => json as T,
): Promise<T> {
  const response = await send(session, call)
  const isSuccess = response.status >= 200 && response.status < 300
  const json = response.status === 204 ? {} : parseObject(response.body)
  const result = isSuccess && json !== undefined ? read(json) : undefined
  if (result === undefined) throw isSuccess ? unexpected(session, call, response) : toError(session, call, response)
  return result
}

async function send(session: ApiSession, call: ApiCall): Promise<ReadResponse> {
  const { method, path, body, token, signal = null } = call
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  // `session.fetch` sends a request that has an Authorization header as it is.
  if (token !== undefined) headers.authorization = `Bearer ${token.reveal()}`
  const init: RequestInit = { method, headers, signal, redirect: 'manual' }
  if (body !== undefined) init.body = JSON.stringify(body)
  try {
    const response = await session.fetch(path, init)
    return { status: response.status, headers: response.headers, body: await readBody(response) }
  } catch (thrown) {
    if (signal?.aborted || GrantsError.isInstance(thrown)) throw thrown
    throw unreachable(session, call, thrown)
  }
}

function parseObject(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

const repeatCall = 'Check the network and the base URL, then repeat the call.'

/** The codes that are about the token, whatever their status. Other 400s and 404s are about what was sent. */
const tokenErrors: readonly unknown[] = ['unauthorized', 'invalid_scope', 'forbidden', 'invalid_token']

function toError(session: ApiSession, call: ApiCall, response: ReadResponse): GrantsError {
  const { status, headers, body } = response
  if (status < 400) return unexpected(session, call, response)
  const name = formatCall(call)
  const { error, description } = parseApiError(body)
  const { retryAfterSeconds } = readTiming(headers)
  const retryAt = retryAfterSeconds === undefined ? undefined : Date.now() + retryAfterSeconds * 1000
  if (status === 429) {
    const message = `Particle accepts no more calls from your IP address for now: ${name} got status 429. Wait before the next one.`
    return new GrantsError('rate_limited', message, { retryAt })
  }
  if (status >= 500) {
    const message = `Particle's API failed at ${name} (status ${status}). ${call.ifUnknown ?? repeatCall}`
    return new GrantsError('temporarily_unavailable', message, { status, error, retryAt })
  }
  const isAboutToken = status === 401 || status === 403 || tokenErrors.includes(error)
  const said = description === undefined ? '.' : `: ${description.replace(/\.?$/, '.')}`
  const advice = isAboutToken ? `Use ${call.allowedToken}.` : 'Check the names and values in the call.'
  const message = `Particle refused ${name} (${status}${error === undefined ? '' : ` ${error}`})${said} ${advice}`
  const allowed = isAboutToken && { allowedToken: call.allowedToken }
  return new GrantsError('api_error', message, { call: name, status, error, description, ...allowed })
}

function unreachable({ allowedOrigins: [baseUrl = ''] }: ApiSession, call: ApiCall, thrown: unknown): GrantsError {
  const cause = redactError(thrown, [])
  const systemCode = findSystemCode(cause)
  const reason = cause.name === 'TimeoutError' ? 'timeout' : 'network'
  const what = systemCode === undefined ? '' : ` (${systemCode})`
  const message = `There was no response to ${formatCall(call)} of ${baseUrl}${what}. ${call.ifUnknown ?? repeatCall}`
  return new GrantsError('network_error', message, { baseUrl, reason, systemCode, mayBeSpent: false }, { cause })
}

/** The body is not shown: it may have secrets. */
function unexpected(session: ApiSession, call: ApiCall, { status, body }: ReadResponse): GrantsError {
  const [baseUrl = ''] = session.allowedOrigins
  const content = /^\s*</.test(body) ? 'html' : 'wrong_type'
  const reason = status < 200 || status >= 300 ? 'redirect' : content
  const message = `${baseUrl} did not respond to ${formatCall(call)} as Particle's API does: status ${status}, ${reason}. ${call.ifUnknown ?? repeatCall}`
  return new GrantsError('unexpected_response', message, { baseUrl, status, reason })
}

function formatCall({ method, path }: ApiCall): string {
  return `${method} ${path}`
}
