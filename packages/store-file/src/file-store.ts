import { join } from 'node:path'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import {
  type HeldLock,
  LockTimeoutError,
  type ProcessLock,
  preparePrivateDirectory,
  processLock,
} from '@particle-grants/process-lock'
import { defaultDirectory } from './default-directory.ts'
import { SessionFolder } from './session-folder.ts'
import { conflict, invalidArgument, toStoreError } from './store-errors.ts'

export interface FileStoreOptions {
  /** A folder on a disk of this machine. Created with mode 0700. @default {@link defaultDirectory} */
  readonly directory?: string
  /** How long to wait for a lock that another process holds, in milliseconds. @default 60_000 */
  readonly lockTimeoutMs?: number
}

/**
 * Keeps each session in a file that the processes of one machine share. Creates and reads nothing before the first use.
 */
export function fileStore({
  directory = defaultDirectory(),
  lockTimeoutMs = 60_000,
}: FileStoreOptions = {}): Store {
  return new FileStore(directory, lockTimeoutMs)
}

class FileStore implements Store {
  readonly singleUser = true
  readonly #folder: SessionFolder
  /** Tasks and single writes have separate locks, so that a task can save under its own key. */
  readonly #taskLocks: ProcessLock
  readonly #writeLocks: ProcessLock
  #prepared: Promise<void> | undefined

  constructor(directory: string, timeoutMs: number) {
    this.#folder = new SessionFolder(directory)
    this.#taskLocks = processLock({ directory: join(directory, 'locks', 'tasks'), timeoutMs })
    this.#writeLocks = processLock({ directory: join(directory, 'locks', 'writes'), timeoutMs })
  }

  load(key: string): Promise<StoreRecord | undefined> {
    return this.#run(key, async () => {
      const found = await this.#folder.find(key)
      return 'record' in found ? found.record : this.#loadDamaged(key, found.damage)
    })
  }

  save(key: string, value: string, ifVersion: string | null): Promise<string> {
    return this.#run(key, () =>
      this.#write(key, async (lock) => {
        await this.#assertStoredVersion(key, ifVersion)
        return this.#folder.replace(key, value, async () => {
          // The process may have slept while it synced, so the last check is right before the change.
          if (!(await lock.isHeld())) throw conflict(key)
          await this.#assertStoredVersion(key, ifVersion)
        })
      }),
    )
  }

  remove(key: string, ifVersion: string | null): Promise<void> {
    return this.#run(key, () =>
      this.#write(key, async (lock) => {
        const found = await this.#folder.find(key)
        // A damaged record has no version to compare. It is removed, because signing out must remove it.
        if ('record' in found) assertVersion(key, found.record, ifVersion)
        await this.#folder.removeDamaged(key)
        if (!(await lock.isHeld())) throw conflict(key)
        await this.#folder.remove(key)
      }),
    )
  }

  async withLock<T>(key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    assertKey(key)
    let hasStarted = false
    try {
      await this.#prepare()
      return await this.#taskLocks.withLock(key, ({ signal }) => {
        hasStarted = true
        return task(signal)
      })
    } catch (thrown) {
      throw hasStarted ? thrown : toStoreError(thrown, { directory: this.#folder.path, key })
    }
  }

  /** Runs one call of the store and converts its errors. */
  async #run<T>(key: string, call: () => Promise<T>): Promise<T> {
    assertKey(key)
    try {
      await this.#prepare()
      return await call()
    } catch (thrown) {
      throw toStoreError(thrown, { directory: this.#folder.path, key })
    }
  }

  /** Runs `change` while no other process changes the files of this key. Cleans up after a writer that was killed. */
  #write<T>(key: string, change: (lock: HeldLock) => Promise<T>): Promise<T> {
    return this.#writeLocks.withLock(key, async (lock) => {
      if (lock.isInherited) await this.#folder.removeTemporaryFiles(key)
      return change(lock)
    })
  }

  async #loadDamaged(key: string, damage: string): Promise<StoreRecord | undefined> {
    try {
      return await this.#write(key, async () => {
        // Another process may have replaced it in the meantime.
        const found = await this.#folder.find(key)
        if ('record' in found) return found.record
        throw await this.#folder.moveDamaged(key, found.damage)
      })
    } catch (thrown) {
      if (GrantsError.isInstance(thrown) || thrown instanceof LockTimeoutError) throw thrown
      // Where it cannot be moved, the damage is still what the caller must know.
      throw this.#folder.damagedInPlace(key, damage, thrown)
    }
  }

  async #assertStoredVersion(key: string, ifVersion: string | null): Promise<void> {
    const found = await this.#folder.find(key)
    if ('damage' in found) throw await this.#folder.moveDamaged(key, found.damage)
    assertVersion(key, found.record, ifVersion)
  }

  /** Prepares the folder once. A failure is tried again by the next call. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#prepareFolder().catch((thrown) => {
      this.#prepared = undefined
      throw thrown
    })
    return this.#prepared
  }

  async #prepareFolder(): Promise<void> {
    await preparePrivateDirectory(this.#folder.path)
    for (const key of await this.#folder.keysWithTemporaryFiles()) {
      // Fails while another process writes, and on a read-only disk. Both can wait.
      const removal = () => this.#folder.removeTemporaryFiles(key)
      await this.#writeLocks.withLock(key, removal, { timeoutMs: 0 }).catch(() => {})
    }
  }
}

function assertKey(key: string): void {
  if (/^[a-z0-9-]{1,80}$/.test(key)) return
  throw invalidArgument('key', 'must consist of 1 to 80 letters a to z, digits and -')
}

function assertVersion(key: string, record: StoreRecord | undefined, ifVersion: string | null): void {
  if ((record?.version ?? null) !== ifVersion) throw conflict(key)
}
