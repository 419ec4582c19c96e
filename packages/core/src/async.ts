/** Runs tasks one at a time, in the order of the calls. A task that fails does not stop the next one. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()
  #pending = 0

  /** Whether no task is running or waiting. */
  get isIdle(): boolean {
    return this.#pending === 0
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#pending += 1
    const result = this.#last.then(task).finally(() => {
      this.#pending -= 1
    })
    this.#last = result.catch(() => {})
    return result
  }
}

/**
 * Settles like the promise, or rejects with the reason of the first signal that is aborted. The promise's own work
 * continues.
 */
export function raceAbort<T>(promise: Promise<T>, signals: readonly (AbortSignal | undefined)[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const removeListeners = () => {
      for (const signal of signals) signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = () => {
      removeListeners()
      reject(signals.find((signal) => signal?.aborted)?.reason)
    }
    for (const signal of signals) signal?.addEventListener('abort', onAbort)
    if (signals.some((signal) => signal?.aborted)) onAbort()
    promise.then(resolve, reject).finally(removeListeners)
  })
}

/**
 * Calls a listener. An error that it throws becomes an unhandled rejection, which the platform reports, and does not
 * disturb the caller.
 */
export function notify<T>(listener: (value: T) => void, value: T): void {
  void (async () => listener(value))()
}
