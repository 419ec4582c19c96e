import { GrantsError } from '../errors/grants-error.ts'
import { invalidArgument } from '../errors/invalid-argument.ts'

/** How long a caller waits for what others wait for too. */
export interface WaitOptions {
  /** Ends this caller's waiting, and nothing that others wait for. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. @default 30000 */
  readonly timeout?: number | undefined
}

/** How long one waits, and how long one request may take, unless something else is asked for. Milliseconds. */
export const defaultTimeout = 30_000

/** Timers count milliseconds in 31 bits: told to wait for longer, they fire at once. */
const longestTimeout = 2 ** 31 - 1

/** Throws `invalid_argument` for a time-out that no timer can keep. */
export function assertTimeout(timeout: number): void {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > longestTimeout) {
    throw invalidArgument('timeout', `must be an integer of milliseconds from 1 to ${longestTimeout}`)
  }
}

/** The same for the options of a wait, before anything is begun that nobody would then wait for. */
export function assertWait({ timeout = defaultTimeout }: WaitOptions): void {
  assertTimeout(timeout)
}

/** Waits for a shared promise. Rejects with the signal's reason, or with `wait_timeout`; what is waited for goes on. */
export function waitFor<T>(
  promise: Promise<T>,
  { signal, timeout = defaultTimeout }: WaitOptions,
): Promise<T> {
  const limit = AbortSignal.timeout(timeout)
  return unlessAborted(promise, [signal, limit]).catch((thrown: unknown) => {
    throw limit.aborted && thrown === limit.reason
      ? new GrantsError('wait_timeout', { waited: timeout })
      : thrown
  })
}

/** Waits for a promise, whether or not it heeds the signals. Rejects with the reason of the first that is aborted. */
export function unlessAborted<T>(
  promise: Promise<T>,
  signals: readonly (AbortSignal | undefined)[],
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = () => {
      for (const signal of signals) signal?.removeEventListener('abort', abort)
    }
    const abort = () => {
      stopListening()
      reject(signals.find((signal) => signal?.aborted)?.reason)
    }
    for (const signal of signals) signal?.addEventListener('abort', abort)
    if (signals.some((signal) => signal?.aborted)) abort()
    promise.then(resolve, reject).finally(stopListening)
  })
}
