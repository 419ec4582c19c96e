import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { getUrl } from './destination.ts'

/** What was sent: its token must not be readable in an error. */
export interface Sent {
  /** The caller's config, without the token. */
  readonly config: InternalAxiosRequestConfig
  readonly token: string
}

/** What errors of Axios, in all supported versions, contain. */
interface RequestError {
  message?: unknown
  stack?: unknown
  config?: InternalAxiosRequestConfig
  request?: object
  response?: AxiosResponse
  cause?: unknown
  toJSON?: (this: object) => object
}

/**
 * Removes the token from an error: from its texts, its config, its request, its response and its causes. Of the request
 * remain method, URL and status.
 */
export function redactError(error: unknown, sent: Sent, depth = 0): void {
  // Longer chains of causes are circles.
  if (typeof error !== 'object' || error === null || depth > 8) return
  const failed: RequestError = error
  for (const name of ['message', 'stack'] as const) {
    const text = failed[name]
    if (typeof text === 'string' && text.includes(sent.token)) {
      replace(failed, name, text.replaceAll(sent.token, '[redacted]'))
    }
  }
  const { config, request, response, toJSON } = failed
  if (config) replace(failed, 'config', sent.config)
  if (request) replace(failed, 'request', summarize(request, sent, response))
  if (response) redactResponse(response, sent)
  if (config && toJSON) {
    const value = () => toJSON.call(withoutConnections(failed, sent.config))
    Reflect.defineProperty(failed, 'toJSON', { value, configurable: true })
  }
  redactError(failed.cause, sent, depth + 1)
}

function redactResponse(response: AxiosResponse, sent: Sent): void {
  response.config = sent.config
  if (response.request) response.request = summarize(response.request, sent, response)
  const data: unknown = response.data
  // A stream of Node leads to its request.
  if (redactLaterErrors(data, sent)) response.data = getNodeReadable().from(data, { objectMode: false })
}

/** Keeps the token of a response out of logs, and out of an error that a transform throws. */
export function hideRequest(response: AxiosResponse, sent: Sent): void {
  response.config = sent.config
  if (response.request) Object.defineProperty(response, 'request', { enumerable: false })
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

function summarize(request: LastRequest, { config }: Sent, response: AxiosResponse | undefined): object {
  const url = request.res?.responseUrl || request.responseURL || request.url || getUrl(config)
  return { method: config.method?.toUpperCase() ?? 'GET', url, ...(response && { status: response.status }) }
}

/** Hides agents and an uploaded stream from JSON: they lead to requests in progress, and so to tokens. */
function withoutConnections(error: object, config: InternalAxiosRequestConfig): object {
  const { httpAgent: _, httpsAgent: __, data, ...rest } = config
  const value = isNodeStream(data) ? rest : { ...rest, data }
  return Object.create(error, { config: { value } })
}

/** Also if the property is a getter, as the message of a DOMException is. */
function replace<T extends object>(target: T, name: keyof T, value: unknown): void {
  if (Reflect.set(target, name, value)) return
  Reflect.defineProperty(target, name, { value, configurable: true, writable: true })
}

interface NodeStream {
  pipe(target: object): unknown
  on(event: symbol, listener: (error: unknown) => void): void
}

/** What is used of Node's `Readable`. */
interface NodeReadable {
  readonly errorMonitor: symbol
  from(stream: NodeStream, options: { readonly objectMode: false }): unknown
  toWeb(stream: NodeStream): ReadableStream<Uint8Array>
  fromWeb(stream: ReadableStream<Uint8Array>): unknown
}

export function isNodeStream(value: unknown): value is NodeStream {
  return typeof value === 'object' && value !== null && 'pipe' in value && 'on' in value
}

/** There are streams of Node only where there is Node. An import would keep this package out of browsers. */
export function getNodeReadable(): NodeReadable {
  const { process } = globalThis as unknown as {
    readonly process: { getBuiltinModule(name: 'node:stream'): { readonly Readable: NodeReadable } }
  }
  return process.getBuiltinModule('node:stream').Readable
}
