import { GrantsError } from '@particle-grants/core'
import {
  LockTimeoutError,
  type ProcessLock,
  processLock,
  UnsafePathError,
} from '@particle-grants/process-lock'
import type { Settings } from './options.ts'

/** Locks among the processes of this machine, with the errors of a store. */
export class Locks {
  readonly #locks: ProcessLock

  constructor({ directory, lockTimeout }: Settings) {
    this.#locks = processLock({ directory, timeout: lockTimeout })
  }

  /** Rejects with what the task rejects with; only what came before it is told as an error of the store. */
  async exclusively<T>(
    name: string,
    key: string,
    task: (lock: { readonly signal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    let began = false
    try {
      return await this.#locks.exclusively(name, async (lock) => {
        began = true
        return await task(lock)
      })
    } catch (thrown) {
      throw began ? thrown : storeError(thrown, key)
    }
  }
}

function storeError(thrown: unknown, key: string): unknown {
  if (thrown instanceof LockTimeoutError)
    return new GrantsError('lock_timeout', { key, waited: thrown.waited })
  if (!(thrown instanceof UnsafePathError)) return thrown
  return new GrantsError('store_unavailable', {
    store: 'keyring',
    problem: `${thrown.path}, its folder for locks, ${thrown.problem}`,
    advice: `${thrown.advice.charAt(0).toUpperCase()}${thrown.advice.slice(1)}.`,
  })
}
