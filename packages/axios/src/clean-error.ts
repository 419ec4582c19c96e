import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { urlOf } from './destinations.ts'
import { veil } from './veil.ts'

/** A request whose token must not be told. */
export interface Sent {
  readonly config: InternalAxiosRequestConfig
  readonly token: string
}

/** What errors of Axios, in all supported versions, carry of a request. */
interface Failed {
  message?: unknown
  stack?: unknown
  config?: object
  request?: object
  response?: Partial<AxiosResponse>
  cause?: unknown
}

/**
 * Takes the token out of an error that is passed on: no member, message or print-out of it leads there any more.
 * Of the request method, URL and status are left; config and response stay as they are otherwise.
 */
export function withoutToken(error: unknown, sent: Sent): unknown {
  hideWhatLeadsToSockets(sent.config)
  return withoutRequest(error, sent)
}

/** The part of it that leaves the config as it is, which may be sent again. */
export function withoutRequest(error: unknown, sent: Sent): unknown {
  let current: unknown = error
  // The causes too. No chain of them is this long, unless it is a circle.
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    clean(current, sent)
    current = 'cause' in current ? current.cause : undefined
  }
  return error
}

function clean(failed: Failed, sent: Sent): void {
  const { response } = failed
  redact(failed, 'message', sent.token)
  redact(failed, 'stack', sent.token)
  if (failed.request) failed.request = describe(failed.request, response?.status, sent.config)
  if (!response) return
  if (response.request) response.request = describe(response.request, response.status, sent.config)
  if (isNodeStream(response.data)) response.data = veil(response.data)
}

/** Agents hold sockets, and an uploaded stream is piped into one. */
function hideWhatLeadsToSockets(config: InternalAxiosRequestConfig): void {
  if (config.headers.Authorization === undefined) delete config.headers.Authorization
  if (config.beforeRedirect === undefined) delete config.beforeRedirect
  for (const name of ['httpAgent', 'httpsAgent'] as const) {
    if (config[name]) config[name] = veil(config[name])
  }
  if (isNodeStream(config.data)) config.data = veil(config.data)
}

/** What is left of a request. Node's holds its raw headers and its socket, and a platform's `Request` its headers. */
function describe(request: object, status: number | undefined, config: InternalAxiosRequestConfig): object {
  const { res, responseURL, url } = request as {
    res?: { responseUrl?: string }
    responseURL?: string
    url?: string
  }
  return {
    method: config.method?.toUpperCase() ?? 'GET',
    url: res?.responseUrl || responseURL || url || urlOf(config),
    ...(status !== undefined && { status }),
  }
}

function redact(failed: Failed, name: 'message' | 'stack', token: string): void {
  const text = failed[name]
  if (typeof text === 'string' && text.includes(token)) failed[name] = text.replaceAll(token, '[redacted]')
}

function isNodeStream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'pipe' in value
}
