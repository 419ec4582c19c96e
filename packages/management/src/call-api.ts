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
  /** What to do if the outcome is not known, where repeating the call is wrong. */
  readonly ifUnknown?: string
  /** Sent instead of the session's own token. */
  readonly token?: Secret
}

/** A response whose body has been read. */
interface ReadResponse {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/**
 * Sends a call and returns the JSON of its success; an empty object if a 204 has none. The session renews its token and
 * replays the call as `session.fetch` does. No redirect is followed.
 *
 * @throws GrantsError `api_error` for a refusal (4xx); `rate_limited`, `temporarily_unavailable`, `unexpected_response` and
 *   `network_error` as at the token endpoint; what `session.getAccessToken()` throws. The signal's reason.
 */
export async function callApi(session: ApiSession, call: ApiCall): Promise<JsonObject> {
  const response = await send(session, call)
  const { status, body } = response
  if (status === 204) return {}
  if (status >= 200 && status < 300) return parseObject(body) ?? fail(unexpected(session, call, response))
  if (status === 429) return fail(rateLimited(call, response))
  if (status >= 500) return fail(unavailable(call, response))
  return fail(status >= 400 ? refused(call, response) : unexpected(session, call, response))
}

async function send(session: ApiSession, call: ApiCall): Promise<ReadResponse> {
  const { method, path, body, token, signal = null } = call
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  // A request with a token of its own is sent as it is.
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

function fail(error: GrantsError): never {
  throw error
}

function parseObject(body: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** The codes that are about the token, whatever their status. Other 400s and 404s are about what was sent. */
const tokenErrors: readonly unknown[] = ['unauthorized', 'invalid_scope', 'forbidden', 'invalid_token']

function refused(call: ApiCall, { status, body }: ReadResponse): GrantsError {
  const { error, description } = parseApiError(body)
  const isAboutToken = status === 401 || status === 403 || tokenErrors.includes(error)
  const what = [status, error].filter((part) => part !== undefined).join(' ')
  const said = description === undefined ? '.' : `: ${description.replace(/\.?$/, '.')}`
  const advice = isAboutToken ? `Use ${call.allowedToken}.` : 'Check the names and values in the call.'
  return new GrantsError('api_error', `Particle refused ${formatCall(call)} (${what})${said} ${advice}`, {
    call: formatCall(call),
    status,
    error,
    description,
    ...(isAboutToken && { allowedToken: call.allowedToken }),
  })
}

function rateLimited(call: ApiCall, response: ReadResponse): GrantsError {
  const message = `Particle accepts no more calls from your IP address for now: ${formatCall(call)} got status 429. Wait before the next one.`
  return new GrantsError('rate_limited', message, { retryAt: readRetryAt(response) })
}

function unavailable(call: ApiCall, response: ReadResponse): GrantsError {
  const { status } = response
  const message = `Particle's API failed at ${formatCall(call)} (status ${status}). ${afterUnknownOutcome(call)}`
  const { error } = parseApiError(response.body)
  return new GrantsError('temporarily_unavailable', message, { status, error, retryAt: readRetryAt(response) })
}

function unreachable({ allowedOrigins: [baseUrl = ''] }: ApiSession, call: ApiCall, thrown: unknown): GrantsError {
  const cause = redactError(thrown, [])
  const systemCode = findSystemCode(cause)
  const reason = cause.name === 'TimeoutError' ? 'timeout' : 'network'
  const what = systemCode === undefined ? '' : ` (${systemCode})`
  const message = `There was no response to ${formatCall(call)} of ${baseUrl}${what}. ${afterUnknownOutcome(call)}`
  return new GrantsError('network_error', message, { baseUrl, reason, systemCode, mayBeSpent: false }, { cause })
}

function unexpected(
  { allowedOrigins: [baseUrl = ''] }: ApiSession,
  call: ApiCall,
  { status, body }: ReadResponse,
): GrantsError {
  const content = /^\s*</.test(body) ? 'html' : 'not_an_object'
  const reason = status < 200 || status >= 300 ? 'redirect' : content
  const message = `${baseUrl} did not respond to ${formatCall(call)} as Particle's API does: status ${status}, ${reason}. ${afterUnknownOutcome(call)}`
  return new GrantsError('unexpected_response', message, { baseUrl, status, reason })
}

/** Creates the error for a success that lacks what the call was made for. Its body is not shown: it may have secrets. */
export function incompleteResponse({ allowedOrigins: [baseUrl = ''] }: ApiSession, call: ApiCall): GrantsError {
  const message = `Particle's response to ${formatCall(call)} lacks what it should have. ${afterUnknownOutcome(call)}`
  return new GrantsError('unexpected_response', message, { baseUrl, status: 200, reason: 'wrong_type' })
}

function afterUnknownOutcome({ method, ifUnknown }: ApiCall): string {
  if (ifUnknown !== undefined) return ifUnknown
  return method === 'GET' || method === 'DELETE'
    ? 'Check the network and the base URL, then repeat the call.'
    : 'It is not known whether Particle processed it: look at the list before you repeat the call.'
}

function formatCall({ method, path }: ApiCall): string {
  return `${method} ${path}`
}

function readRetryAt({ headers }: ReadResponse): number | undefined {
  const { retryAfterSeconds } = readTiming(headers)
  return retryAfterSeconds === undefined ? undefined : Date.now() + retryAfterSeconds * 1000
}
