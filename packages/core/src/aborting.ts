/**
 * Gives what a promise gives, whether or not what is behind it heeds the signals. Rejects with the reason of the first
 * that is aborted; what was begun goes on.
 */
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
