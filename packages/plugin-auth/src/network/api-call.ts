import { GrantsError } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'
import { getProxyRemedy } from './fetch.ts'

/** A response of the API whose body has been read. */
export interface ApiResponse {
  readonly status: number
  /** The body, if it is JSON. */
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
 * Calls the API with the session's token. Any status is a response.
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
    const response = await session.fetch(path, { method, ...body, signal: AbortSignal.timeout(30_000) })
    return { status: response.status, data: parseJson(await response.text()) }
  } catch (thrown) {
    throw GrantsError.isInstance(thrown) ? thrown : toNetworkError(thrown)
  }
}

/** Reads what the API knows of the session's token. The session rejects for an invalid one; here that is a 401. */
export function readCurrentToken(session: ApiSession): Promise<ApiResponse> {
  return callApi(session, '/v1/access_tokens/current').catch((thrown) => {
    if (thrown.code === 'reauthentication_required') return { status: 401, data: undefined }
    throw thrown
  })
}

/** Returns the error for a request that received no answer. */
export function toNetworkError(thrown: unknown): CliError {
  const reason = findReason(thrown)
  return new CliError('network_error', {
    what: `No answer from the API${reason === undefined ? '' : ` (${reason})`}.`,
    remedy: getProxyRemedy() ?? 'Check the base URL and the network.',
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
  if (status >= 500 || (status < 400 && data === undefined)) {
    return new CliError('network_error', { what: `${what}: this is not a response of the API (${status}).` })
  }
  return new CliError('call_refused', { what: `${what}: HTTP ${status}${formatErrorName(data)}.` })
}

/** The error's name only: a description may repeat what was sent. */
function formatErrorName(data: unknown): string {
  const { error } = toObject(data)
  return typeof error === 'string' && /^[\w .,'-]{1,80}$/.test(error) ? `, ${error}` : ''
}

/** Returns the innermost known reason: `fetch` wraps the error of the connection or of the proxy. */
function findReason(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { name, message, code, cause } = thrown as Error & { code?: unknown }
  const inner = findReason(cause)
  if (inner !== undefined) return inner
  if (name === 'TimeoutError') return 'timeout'
  const proxyStatus = /^Proxy response \((\d+)\)/.exec(message)?.[1]
  if (proxyStatus !== undefined) return `the proxy answered ${proxyStatus}`
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : undefined
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
