import { GrantsError } from '../errors/grants-error.ts'

/** How long a caller waits for what others wait for too. */
export interface WaitOptions {
  /** Ends this caller's waiting, and nothing that others wait for. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. @default 30000 */
  readonly timeout?: number | undefined
}

/** Waits for a shared promise. Rejects with the signal's reason, or with `wait_timeout`; what is waited for goes on. */
export function waitFor<T>(promise: Promise<T>, { signal, timeout = 30_000 }: WaitOptions): Promise<T> {
  const limit = AbortSignal.timeout(timeout)
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason)
    const giveUp = () => reject(new GrantsError('wait_timeout', { waited: timeout }))
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    limit.addEventListener('abort', giveUp, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal?.removeEventListener('abort', abort)
      limit.removeEventListener('abort', giveUp)
    })
  })
}
