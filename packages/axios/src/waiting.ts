import { GrantsError } from '@particle-grants/core'
import { AxiosError, type InternalAxiosRequestConfig } from 'axios'

/** How long a call waits for a token, its own time-out aside. Milliseconds. */
const longestWait = 30_000

/** Whose waiting it is, and for how long. */
export interface Waiting {
  readonly config: InternalAxiosRequestConfig
  /** When the call's own `timeout` is over, by `performance.now()`. */
  readonly deadline: number | undefined
  /** What ends it where the call has no sooner end. Milliseconds. @default 30000 */
  readonly longest?: number
}

/** When a request's own `timeout` is over: for waiting, sending and sending again together. */
export function deadlineOf({ timeout }: InternalAxiosRequestConfig): number | undefined {
  return timeout ? performance.now() + Number(timeout) : undefined
}

/** What is left of it for the next sending, in whole milliseconds. Throws Axios' own error when nothing is. */
export function timeLeft(config: InternalAxiosRequestConfig, deadline: number): number {
  const left = deadline - performance.now()
  if (left <= 0) throw timeoutError(config)
  return Math.ceil(left)
}

/** Whether the caller has ended a request, by its signal or its cancel token. */
export function isAborted({ signal, cancelToken }: InternalAxiosRequestConfig): boolean {
  return signal?.aborted === true || cancelToken?.reason !== undefined
}

/**
 * Waits for what others wait for too. This request's signal, cancel token and time-out end its own waiting at once,
 * and nothing else. Axios makes its own error of an abort.
 */
export function waitFor<T>(promise: Promise<T>, waiting: Waiting): Promise<T> {
  const { config, deadline, longest = longestWait } = waiting
  const { signal, cancelToken } = config
  // Whoever stops waiting leaves it to nobody.
  promise.catch(() => {})
  return new Promise((resolve, reject) => {
    if (isAborted(config)) return reject(new Error('The request was aborted.'))
    const left = deadline === undefined ? longest : Math.max(0, deadline - performance.now())
    const giveUp = () => settle(() => reject(left < longest ? timeoutError(config) : waitTimeout(longest)))
    const wait = Math.min(left, longest)
    const timer = wait === Number.POSITIVE_INFINITY ? undefined : setTimeout(giveUp, wait)
    const abort = () => settle(() => reject(new Error('The request was aborted.')))
    const settle = (how: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener?.('abort', abort)
      cancelled?.unsubscribe(abort)
      how()
    }
    signal?.addEventListener?.('abort', abort)
    const cancelled = cancelToken as Subscribable | undefined
    cancelled?.subscribe(abort)
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}

/** What a cancel token has besides its declared members, in all supported versions. */
interface Subscribable {
  subscribe(listener: () => void): void
  unsubscribe(listener: () => void): void
}

/** As the adapters make it. */
export function timeoutMessage({ timeout, timeoutErrorMessage }: InternalAxiosRequestConfig): string {
  return timeoutErrorMessage || `timeout of ${timeout}ms exceeded`
}

function waitTimeout(waitedMs: number): GrantsError {
  const message = `No token was available within ${waitedMs / 1000} s. The request for it continues; try again.`
  return new GrantsError('wait_timeout', message, { waitedMs })
}

function timeoutError(config: InternalAxiosRequestConfig): AxiosError {
  const code = config.transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED'
  return new AxiosError(timeoutMessage(config), code, config)
}
