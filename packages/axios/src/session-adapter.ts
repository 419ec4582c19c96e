import { GrantsError, type Session } from '@particle-grants/core'
import { requestNotReplayable } from '@particle-grants/core/protocol'
import axios, {
  type AxiosAdapter,
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios'
import { isReplayable, replaceFormData } from './body.ts'
import { assertNotReadable, createUrlCheck, getUrl } from './destination.ts'
import { getResponse, isTokenRejected, settle, unwrap } from './outcome.ts'
import { hasOwnCredentials } from './own-credentials.ts'
import { hideRequest, redactError } from './redact-error.ts'
import { copyHeaders, createRedirectGuard, followRedirects, isFollowedHere } from './redirects.ts'

/** How long a token must be valid before a stream is sent, which cannot be replayed. */
const minValidityOfStreamMs = 5 * 60_000

/** The longest delay of a timer. */
const maxDelayMs = 2 ** 31 - 1

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
  readonly #session: Omit<Session, 'logout'>
  readonly #replay: boolean
  readonly #allowedOrigins: readonly string[]
  readonly #mayCarryToken: ReturnType<typeof createUrlCheck>
  #isAttached = true

  constructor(session: Omit<Session, 'logout'>, allowedOrigins: readonly string[], replay: boolean) {
    this.#session = session
    this.#replay = replay
    this.#allowedOrigins = allowedOrigins
    this.#mayCarryToken = createUrlCheck(allowedOrigins)
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
    const names = config.adapter ?? axios.defaults.adapter
    const adapter = typeof names === 'function' ? names : getAdapter(names, config)
    // The CommonJS build has its own class, which the adapters of old versions do not read.
    if (!(config.headers instanceof AxiosHeaders)) config.headers = copyHeaders(config.headers)
    const isIncluded = this.#isAttached && config.particleGrants !== false
    if (!isIncluded || !this.#mayCarryToken(config) || hasOwnCredentials(config)) return adapter(config)
    assertNotReadable(config, adapter)
    replaceFormData(config)
    return this.#sendWithToken(config, isFollowedHere(config, adapter) ? followRedirects(adapter) : adapter)
  }

  /** The config is the caller's: it contains the token only while the request is in progress. */
  async #sendWithToken(config: InternalAxiosRequestConfig, adapter: AxiosAdapter): Promise<AxiosResponse> {
    const { headers, beforeRedirect, timeout, timeoutErrorMessage } = config
    const deadline = getDeadline(config)
    const { replay = this.#replay } = config.particleGrants || {}
    let token = isReplayable(config.data) ? this.#session.peekAccessToken() : undefined
    try {
      config.beforeRedirect = createRedirectGuard(this.#allowedOrigins, beforeRedirect)
      for (let isReplay = false; ; isReplay = true) {
        token ??= await this.#waitForToken(config, deadline)
        if (isReplay && !isReplayable(config.data))
          throw requestNotReplayable(String(config.method).toUpperCase(), getUrl(config))
        config.headers = copyHeaders(headers)
        config.headers.Authorization = `Bearer ${token}`
        const outcome = await settle(adapter(config))
        const response = getResponse(outcome)
        const sent = { config, token }
        const isRejected = response?.status === 401 && (await isTokenRejected(response, sent))
        if (outcome.status === 'rejected') redactError(outcome.reason, sent)
        else hideRequest(outcome.value, sent)
        if (isRejected) this.#session.invalidateToken(token)
        if (!isRejected || isReplay || !replay) return unwrap(outcome)
        token = undefined
      }
    } finally {
      config.headers = headers
      config.beforeRedirect = beforeRedirect as NonNullable<typeof beforeRedirect>
      config.timeout = timeout as number
      if (config.timeoutErrorMessage !== timeoutErrorMessage) config.timeoutErrorMessage = timeoutErrorMessage as string
    }
  }

  /**
   * Waits for a valid token as long as the request may take, and reduces its time-out to what is left. For a stream, renews
   * a token that expires soon if that is possible.
   */
  async #waitForToken(config: InternalAxiosRequestConfig, deadline: number | undefined): Promise<string> {
    const { signal, timeout, timeoutErrorMessage = `timeout of ${timeout}ms exceeded` } = config
    // The declarations of Axios leave these methods out.
    const cancelToken = config.cancelToken as Record<'subscribe' | 'unsubscribe', (f: () => void) => void> | undefined
    const controller = new AbortController()
    const abort = () => controller.abort()
    const getTimeLeft = () => deadline && Math.min(Math.max(Math.ceil(deadline - performance.now()), 1), maxDelayMs)
    const minValidityMs = isReplayable(config.data) ? 0 : minValidityOfStreamMs
    if (signal?.aborted) abort()
    signal?.addEventListener?.('abort', abort)
    cancelToken?.subscribe(abort)
    try {
      return await this.#session.getAccessToken({ signal: controller.signal, timeoutMs: getTimeLeft(), minValidityMs })
    } catch (error) {
      const current = minValidityMs > 0 ? this.#session.peekAccessToken() : undefined
      if (current !== undefined) return current
      const isTimeout = deadline && GrantsError.isInstance(error) && error.code === 'wait_timeout'
      throw isTimeout ? createTimeoutError(config, timeoutErrorMessage) : copyError(error)
    } finally {
      signal?.removeEventListener?.('abort', abort)
      cancelToken?.unsubscribe(abort)
      // The error of a time-out states the whole time.
      if (deadline) Object.assign(config, { timeout: getTimeLeft(), timeoutErrorMessage })
    }
  }
}

/** When the request's own `timeout` ends, by `performance.now()`. */
function getDeadline({ timeout }: InternalAxiosRequestConfig): number | undefined {
  return (timeout && performance.now() + Number(timeout)) || undefined
}

/** The error of Axios' adapters. */
function createTimeoutError(config: InternalAxiosRequestConfig, message: string): AxiosError {
  return new AxiosError(message, config.transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED', config)
}

/** Each request rejects with its own error, because Axios adds the caller's stack to it. */
function copyError(error: unknown): unknown {
  if (!GrantsError.isInstance(error)) return error
  const { code, message, details, cause } = error
  return new GrantsError(code, message, details, cause instanceof Error ? { cause } : {})
}
