import type { AxiosError, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { getUrl } from './destination.ts'

/** What was sent: its token must not be readable in an error. */
export interface Sent {
  /** The caller's config, without the token. */
  readonly config: InternalAxiosRequestConfig
  readonly token: string
}

/**
 * Removes the token from an error: from its texts, its config, its request, its response and its causes. Of the request
 * remain method, URL and status.
 */
export function redactError(error: unknown, sent: Sent, depth = 0): void {
  // Longer chains of causes are circles.
  if (typeof error !== 'object' || error === null || depth > 8) return
  // Its response has the same parts.
  const failed: Partial<AxiosError & AxiosResponse> = error
  for (const name of ['message', 'stack'] as const) {
    const text = String(failed[name])
    if (text.includes(sent.token)) replace(failed, name, text.replaceAll(sent.token, '[redacted]'))
  }
  const { cause, config, data, request, response, toJSON } = failed
  if (config) replace(failed, 'config', sent.config)
  if (request) replace(failed, 'request', summarize(request, sent, (response ?? failed).status))
  if (config && toJSON) replace(failed, 'toJSON', () => toJSON.call(withoutConnections(failed, sent.config)))
  // A stream of Node leads to its request.
  if (redactLaterErrors(data, sent)) failed.data = getNodeReadable().from(data, { objectMode: false })
  for (const inner of [response, cause]) redactError(inner, sent, depth + 1)
}

/**
 * Keeps the token of a response out of logs, and out of errors that a transform throws or its stream emits. The request can
 * still be read, for example for the URL after redirects. Logs do not show it: they skip properties that are not
 * enumerable, and with `showHidden` or `%o` they print an accessor without calling it.
 */
export function hideRequest(response: AxiosResponse, sent: Sent): void {
  response.config = sent.config
  let { request } = response
  if (request) {
    const set = (value: unknown) => {
      request = value
    }
    Object.defineProperty(response, 'request', { enumerable: false, get: () => request, set })
  }
  redactLaterErrors(response.data, sent)
}

/** Redacts the errors that a stream of Node emits. Returns whether it is one. */
function redactLaterErrors(data: unknown, sent: Sent): data is NodeStream {
  if (!isNodeStream(data)) return false
  data.on(getNodeReadable().errorMonitor, (error) => redactError(error, sent))
  return true
}

/** What the adapters tell about the last request, after redirects: a ClientRequest, an XMLHttpRequest or a Request. */
export interface LastRequest {
  readonly getHeader?: (name: string) => unknown
  readonly res?: { readonly responseUrl?: string }
  readonly responseURL?: string
  readonly headers?: Headers
  readonly url?: string
}

function summarize(request: LastRequest, { config }: Sent, status: number | undefined): object {
  const url = request.res?.responseUrl || request.responseURL || request.url || getUrl(config)
  return { method: String(config.method).toUpperCase(), url, ...(status && { status }) }
}

/** For JSON, in which agents and an uploaded stream would lead to requests in progress, and so to tokens. */
function withoutConnections(error: object, config: InternalAxiosRequestConfig): object {
  const data = typeof config.data === 'object' ? undefined : config.data
  const value = { ...config, data, httpAgent: undefined, httpsAgent: undefined }
  return Object.create(error, { config: { value } })
}

/** Also if the property is a getter, as the message of a DOMException is, or inherited. */
function replace<T extends object>(target: T, name: keyof T, value: unknown): void {
  Reflect.defineProperty(target, name, { value, configurable: true, writable: true })
}

interface NodeStream {
  pipe(target: object): unknown
  on(event: symbol, listener: (error: unknown) => void): void
}

export function isNodeStream(value: unknown): value is NodeStream {
  return typeof value === 'object' && value !== null && 'pipe' in value && 'on' in value
}

/** What is used of Node's `Readable`. */
interface NodeReadable {
  readonly errorMonitor: symbol
  from(source: object, options?: { readonly objectMode: false }): unknown
}

/** There are streams of Node only where there is Node. An import would keep this package out of browsers. */
export function getNodeReadable(): NodeReadable {
  const { process } = globalThis as unknown as {
    readonly process: { getBuiltinModule(name: 'node:stream'): { readonly Readable: NodeReadable } }
  }
  return process.getBuiltinModule('node:stream').Readable
}
