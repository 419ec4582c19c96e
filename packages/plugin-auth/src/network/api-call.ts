import { GrantsError } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'
import { describeNetworkFailure } from './failure.ts'
import { findFailedHost, getTimeoutMs } from './fetch.ts'

/** A response of the API whose body has been read. */
export interface ApiResponse {
  readonly status: number
  /** The JSON of the body; `undefined`: it is empty. */
  readonly data: unknown
}

/** What a call needs of a session. */
export type ApiSession = { readonly fetch: typeof fetch }

/** The method of a call, and a body that is sent as JSON. */
export interface ApiRequest {
  readonly method?: string
  readonly json?: object | undefined
}

/**
 * Calls the API with the session's token. Any status is a response, but a body that is not JSON is not the API's.
 *
 * @throws CliError `network_error`
 * @throws GrantsError what the session throws
 */
export async function callApi(
  session: ApiSession,
  path: string,
  { method = 'GET', json }: ApiRequest = {},
): Promise<ApiResponse> {
  const body = json && { body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } }
  try {
    const response = await session.fetch(path, { method, ...body, signal: AbortSignal.timeout(getTimeoutMs()) })
    const text = await response.text()
    const data = parseJson(text)
    if (data === undefined && text.trim() !== '') throw notFromParticle(response, 'no JSON')
    return { status: response.status, data }
  } catch (thrown) {
    throw GrantsError.isInstance(thrown) || CliError.isInstance(thrown) ? thrown : toNetworkError(thrown)
  }
}

/** Returns the error for a response of another server: a captive portal, a proxy, a wrong base URL. `body`: what it is. */
export function notFromParticle({ status, url }: Pick<Response, 'status' | 'url'>, body: string): CliError {
  const host = URL.canParse(url) ? new URL(url).host : 'The server'
  return new CliError('network_error', {
    what: `${host} sent a response that is not from Particle: ${body}, with status ${status}.`,
    remedy: 'Check the base URL, and whether this network has a sign-in page or a proxy.',
  })
}

/** Reads what the API knows of the session's token. The session rejects for an invalid one; here that is a 401. */
export function readCurrentToken(session: ApiSession): Promise<ApiResponse> {
  return callApi(session, '/v1/access_tokens/current').catch((thrown) => {
    if (thrown.code === 'reauthentication_required') return { status: 401, data: undefined }
    throw thrown
  })
}

/** Returns the error for a request that received no response. */
export function toNetworkError(thrown: unknown): CliError {
  return new CliError('network_error', {
    ...describeNetworkFailure(thrown, findFailedHost(thrown)),
    cause: thrown,
  })
}

/** Returns the error for a response that is not a success. `what` says which call failed. */
export function toApiError({ status, data }: ApiResponse, what: string): CliError {
  if (status === 401) {
    return new CliError('token_refused', {
      what: `Particle rejected the token (401${formatErrorName(data)}).`,
      remedy: 'Sign in again:',
      command: ['auth login'],
    })
  }
  if (status >= 500) return new CliError('network_error', { what: `${what}: the API failed (status ${status}).` })
  if (status < 400) return unexpectedResponse(`it is empty, with status ${status}`)
  return new CliError('call_refused', { what: `${what}: HTTP ${status}${formatErrorName(data)}.` })
}

/** The error's name only: a description may repeat what was sent. */
function formatErrorName(data: unknown): string {
  const { error } = toObject(data)
  return typeof error === 'string' && /^[\w .,'-]{1,80}$/.test(error) ? `, ${error}` : ''
}

/** Returns the error for a success that lacks what the API documents. */
export function unexpectedResponse(problem: string): CliError {
  return new CliError('network_error', { what: `Unexpected response of the API: ${problem}.` })
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Returns the value if it is an object, otherwise an empty one. */
export function toObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
}

/** Parses JSON; `undefined`: the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
