import { GrantsError } from '@particle-grants/core'
import { AxiosError, type InternalAxiosRequestConfig } from 'axios'

/** How long a call waits for a token, its own time-out aside. Milliseconds. */
const longestWait = 30_000

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

/**
 * Waits for what others wait for too. This request's signal, cancel token and time-out end its own waiting at once,
 * and nothing else. Axios makes its own error of an abort.
 */
export function waitFor<T>(
  promise: Promise<T>,
  config: InternalAxiosRequestConfig,
  deadline: number | undefined,
): Promise<T> {
  const { signal, cancelToken } = config
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new GrantsError('aborted', {}))
    const left = deadline === undefined ? longestWait : Math.max(0, deadline - performance.now())
    const timer = setTimeout(
      () => {
        const isOwn = left < longestWait
        settle(() =>
          reject(isOwn ? timeoutError(config) : new GrantsError('wait_timeout', { waited: longestWait })),
        )
      },
      Math.min(left, longestWait),
    )
    const abort = () => settle(() => reject(new GrantsError('aborted', {})))
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

function timeoutError(config: InternalAxiosRequestConfig): AxiosError {
  const code = config.transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED'
  return new AxiosError(timeoutMessage(config), code, config)
}
