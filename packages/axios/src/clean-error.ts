import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { urlOf } from './destinations.ts'
import { veil } from './veil.ts'

/** A request whose token must not be told. One without a token may lead to others' by an agent that they share. */
export interface Sent {
  readonly config: InternalAxiosRequestConfig
  readonly token: string | undefined
}

/** What errors of Axios, in all supported versions, carry of a request. */
interface Failed {
  message?: unknown
  stack?: unknown
  config?: unknown
  request?: object
  response?: Partial<AxiosResponse>
  event?: unknown
  cause?: unknown
}

/**
 * Takes the token out of an error that is passed on: no member, message or print-out of it leads there any more.
 * Of the request method, URL and status are left; config and response stay as they are otherwise. Gives the error, or
 * a copy of one that lets nobody change it.
 */
export function withoutToken(error: unknown, sent: Sent): unknown {
  hideWhatLeadsToSockets(sent.config)
  return withoutRequest(error, sent)
}

/** The part of it that leaves the config as it is, which may be sent again. */
export function withoutRequest(error: unknown, sent: Sent, depth = 0): unknown {
  // The causes too. No chain of them is this long, unless it is a circle.
  if (typeof error !== 'object' || error === null || depth === 8) return error
  const failed: Failed = Object.isFrozen(error) ? thawed(error) : error
  clean(failed, sent)
  if ('cause' in failed) {
    const cause = withoutRequest(failed.cause, sent, depth + 1)
    if (cause !== failed.cause) put(failed, 'cause', cause)
  }
  return failed
}

function clean(failed: Failed, sent: Sent): void {
  const { config, event, request, response } = failed
  redact(failed, 'message', sent.token)
  redact(failed, 'stack', sent.token)
  // The copy that another build of Axios sent by.
  if (config !== sent.config && carries(config, sent.token)) put(failed, 'config', sent.config)
  if (typeof event === 'object' && event !== null && 'target' in event) {
    put(failed, 'event', { type: (event as { type?: unknown }).type })
  }
  if (request) put(failed, 'request', describe(request, response?.status, sent.config))
  if (!response) return
  if (response.request) {
    put(response, 'request', describe(response.request, response.status, sent.config))
  }
  if (isNodeStream(response.data)) put(response, 'data', veil(response.data))
}

/**
 * Hides what a config holds besides the request: agents hold sockets, and an uploaded stream is piped into one. An
 * error is about to carry it.
 */
export function hideWhatLeadsToSockets(config: InternalAxiosRequestConfig): void {
  for (const name of ['beforeRedirect', 'timeoutErrorMessage'] as const) {
    if (config[name] === undefined) delete config[name]
  }
  if (config.headers?.Authorization === undefined) delete config.headers?.Authorization
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

function redact(failed: Failed, name: 'message' | 'stack', token: string | undefined): void {
  const text = failed[name]
  if (token === undefined || typeof text !== 'string' || !text.includes(token)) return
  put(failed, name, text.replaceAll(token, '[redacted]'))
}

function carries(config: unknown, token: string | undefined): boolean {
  const { headers } = (config ?? {}) as { headers?: { Authorization?: unknown } }
  return token !== undefined && String(headers?.Authorization).includes(token)
}

/** Also where the member is a getter, as a DOMException's message is. */
function put<T extends object>(target: T, name: keyof T, value: unknown): void {
  if (Reflect.set(target, name, value)) return
  Reflect.defineProperty(target, name, { value, writable: true, configurable: true })
}

/** A copy that can be changed: an error that is frozen can't be cleaned, and must not be lost. */
function thawed(error: object): object {
  const members = Object.entries(Object.getOwnPropertyDescriptors(error)).map(
    ([name, { value, enumerable }]) => [name, { value, enumerable, writable: true, configurable: true }],
  )
  return Object.create(Object.getPrototypeOf(error), Object.fromEntries(members))
}

function isNodeStream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'pipe' in value
}
