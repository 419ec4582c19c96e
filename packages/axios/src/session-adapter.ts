import { GrantsError, type Session } from '@particle-grants/core'
import { requestNotReplayable } from '@particle-grants/core/protocol'
import axios, { type AxiosAdapter, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { isReplayable, replaceFormData } from './body.ts'
import { assertNotReadable, getUrl, isAllowedDestination } from './destination.ts'
import { hasOwnCredentials } from './own-credentials.ts'
import { copyHeaders, createRedirectGuard, sendOnce, type TokenRequest, timeoutError, unwrap } from './send-once.ts'

export interface SessionAdapterOptions {
  readonly session: Session
  readonly allowedOrigins: readonly string[]
  readonly replay: boolean
  /** Called when a request gets no token. */
  readonly onTokenError: ((error: unknown) => void) | undefined
}

/** How long a token must be valid before a stream is sent, which cannot be replayed. */
const minValidityOfStreamMs = 5 * 60_000

// The declarations of older versions take only the names.
const getAdapter = axios.getAdapter as (names: typeof axios.defaults.adapter, config: object) => AxiosAdapter

/**
 * Wraps the adapter of each request.
 *
 * Rules:
 * - A request to another origin, with its own credentials, or with `particleGrants: false` is sent as it is.
 * - No request is sent with an invalid token: it waits for a valid one.
 * - If the API rejects the token, the request is sent once more, with a new token. Its response is final.
 * - Waiting, sending and the replay together take no longer than the request's own `timeout`.
 */
export class SessionAdapter {
  readonly #options: SessionAdapterOptions
  readonly #guardRedirect: TokenRequest['guardRedirect']
  #isAttached = true

  constructor(options: SessionAdapterOptions) {
    this.#options = options
    this.#guardRedirect = createRedirectGuard(options.allowedOrigins)
  }

  /** Request interceptor: wraps the adapter that the config names. */
  install(config: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
    const { adapter } = config
    config.adapter = (dispatched) => {
      dispatched.adapter = adapter as AxiosAdapter
      return this.#send(dispatched)
    }
    return config
  }

  /** Afterwards no request gets the token, not even one whose config was kept. */
  detach(): void {
    this.#isAttached = false
  }

  #send(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const { session, allowedOrigins } = this.#options
    const names = config.adapter ?? axios.defaults.adapter
    const adapter = typeof names === 'function' ? names : getAdapter(names, config)
    // The CommonJS build has its own class, which the adapters of old versions do not read.
    if (!(config.headers instanceof AxiosHeaders)) config.headers = copyHeaders(config.headers)
    const isIncluded = this.#isAttached && config.particleGrants !== false
    if (!isIncluded || !isAllowedDestination(config, allowedOrigins) || hasOwnCredentials(config))
      return adapter(config)
    assertNotReadable(config, adapter)
    replaceFormData(config)
    const request = {
      config,
      adapter,
      guardRedirect: this.#guardRedirect,
      deadline: config.timeout ? performance.now() + Number(config.timeout) : undefined,
      hasWaited: false,
    }
    const token = isReplayable(config.data) ? session.peekAccessToken() : undefined
    return token === undefined ? this.#sendWhenReady(request) : this.#sendWithToken(request, token)
  }

  async #sendWhenReady(request: TokenRequest): Promise<AxiosResponse> {
    return this.#sendWithToken(request, await this.#getToken(request))
  }

  #sendWithToken(request: TokenRequest, token: string): Promise<AxiosResponse> {
    const { session, replay } = this.#options
    return sendOnce(request, token, async (outcome) => {
      session.invalidateToken(token)
      if (!((request.config.particleGrants || undefined)?.replay ?? replay)) return unwrap(outcome)
      const newToken = await this.#getToken(request)
      if (!isReplayable(request.config.data))
        throw requestNotReplayable(String(request.config.method).toUpperCase(), getUrl(request.config))
      return sendOnce(request, newToken, (second) => {
        session.invalidateToken(newToken)
        return unwrap(second)
      })
    })
  }

  /** Returns a valid token. For a stream, renews one that expires soon if that is possible. */
  async #getToken(request: TokenRequest): Promise<string> {
    const { session, onTokenError } = this.#options
    const minValidityMs = isReplayable(request.config.data) ? 0 : minValidityOfStreamMs
    request.hasWaited = true
    try {
      return await waitForToken(request, (signal) => session.getAccessToken({ signal, minValidityMs }))
    } catch (error) {
      const current = minValidityMs > 0 ? session.peekAccessToken() : undefined
      if (current !== undefined) return current
      onTokenError?.(error)
      throw copyError(error)
    }
  }
}

/** Waits within the limits of one request: its signal, cancel token and time-out abort the given signal. */
async function waitForToken(
  { config, deadline }: TokenRequest,
  getToken: (signal: AbortSignal) => Promise<string>,
): Promise<string> {
  const { signal } = config
  // The declarations of Axios leave these methods out.
  const cancelToken = config.cancelToken as Record<'subscribe' | 'unsubscribe', (f: () => void) => void> | undefined
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (signal?.aborted) abort()
  signal?.addEventListener?.('abort', abort)
  cancelToken?.subscribe(abort)
  // Longer delays would end at once.
  const left = deadline && Math.min(deadline - performance.now(), 2 ** 31 - 1)
  const timer = deadline && setTimeout(() => controller.abort(timeoutError(config)), left)
  try {
    return await getToken(controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener?.('abort', abort)
    cancelToken?.unsubscribe(abort)
  }
}

/** Each request rejects with its own error, because Axios adds the caller's stack to it. */
function copyError(error: unknown): unknown {
  if (!GrantsError.isInstance(error)) return error
  const { code, message, details, cause } = error
  return new GrantsError(code, message, details, cause instanceof Error ? { cause } : {})
}
