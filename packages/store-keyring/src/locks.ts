import { GrantsError } from '@particle-grants/core'
import { LockTimeoutError, type ProcessLock, processLock, UnsafePathError } from '@particle-grants/process-lock'
import { storeUnavailable } from './keyring-errors.ts'

/** Locks between the processes of this machine, with the errors of a store. */
export class Locks {
  readonly #locks: ProcessLock

  constructor(directory: string, timeoutMs: number) {
    this.#locks = processLock({ directory, timeoutMs })
  }

  /** Rejects with the error of the task unchanged; errors of the lock are converted. */
  async withLock<T>(name: string, key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let hasStarted = false
    try {
      return await this.#locks.withLock(name, async ({ signal }) => {
        hasStarted = true
        return await task(signal)
      })
    } catch (thrown) {
      throw hasStarted ? thrown : toStoreError(thrown, key)
    }
  }
}

function toStoreError(thrown: unknown, key: string): unknown {
  if (thrown instanceof LockTimeoutError) {
    const { waitedMs } = thrown
    const message = `Another process held the lock on ${key} for ${waitedMs} ms. Try again.`
    return new GrantsError('lock_timeout', message, { key, waitedMs })
  }
  if (!(thrown instanceof UnsafePathError)) return thrown
  return storeUnavailable(`its locks cannot be used: ${thrown.path} ${thrown.problem}`, `${thrown.advice}.`)
}
