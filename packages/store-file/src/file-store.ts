import { join } from 'node:path'
import { GrantsError, type Store, type StoreLock, type StoreRecord } from '@particle-grants/core'
import {
  type HeldLock,
  LockTimeoutError,
  type ProcessLock,
  preparePrivateDirectory,
  processLock,
} from '@particle-grants/process-lock'
import { defaultDirectory } from './default-directory.ts'
import { asStoreError } from './failures.ts'
import { SessionFolder } from './session-folder.ts'

/** Where sessions are kept, and how long one waits for a lock. */
export interface FileStoreOptions {
  /** A folder on a disk of this machine, made with mode 0700. @default what {@link defaultDirectory} says */
  readonly directory?: string
  /** How long to wait for another process that holds a lock, in milliseconds. @default 60_000 */
  readonly timeout?: number
}

/** Sessions in one file each, shared by the processes of one machine. Nothing is read or made before the first use. */
export function fileStore({
  directory = defaultDirectory(),
  timeout = 60_000,
}: FileStoreOptions = {}): Store {
  return new FileStore(directory, timeout)
}

class FileStore implements Store {
  readonly #folder: SessionFolder
  /** One for the tasks, one for the single writes: a task may save under its own key. */
  readonly #tasks: ProcessLock
  readonly #writes: ProcessLock
  #ready: Promise<void> | undefined

  constructor(directory: string, timeout: number) {
    this.#folder = new SessionFolder(directory)
    this.#tasks = processLock({ directory: join(directory, 'locks', 'tasks'), timeout })
    this.#writes = processLock({ directory: join(directory, 'locks', 'writes'), timeout })
  }

  load(key: string): Promise<StoreRecord | undefined> {
    return this.#using(key, async () => {
      const found = await this.#folder.find(key)
      return 'record' in found ? found.record : this.#loadDamaged(key, found.damage)
    })
  }

  save(key: string, value: string, ifVersion: string | null): Promise<string> {
    return this.#using(key, () =>
      this.#writing(key, async (lock) => {
        await this.#expect(key, ifVersion)
        return this.#folder.replace(key, value, async () => {
          // Syncing takes its time, or this process slept: the last look is right before the change.
          if (!(await lock.stillHeld())) throw new GrantsError('store_conflict', { key })
          await this.#expect(key, ifVersion)
        })
      }),
    )
  }

  remove(key: string, ifVersion: string | null): Promise<void> {
    return this.#using(key, () =>
      this.#writing(key, async (lock) => {
        const found = await this.#folder.find(key)
        // Whoever logs out wants it gone, and of a damaged record nobody can name the version.
        if ('record' in found) assertVersion(key, found.record, ifVersion)
        await this.#folder.removeSetAside(key)
        if (!(await lock.stillHeld())) throw new GrantsError('store_conflict', { key })
        await this.#folder.remove(key)
      }),
    )
  }

  list(): Promise<readonly string[]> {
    return this.#explaining('', async () => {
      await this.#prepare()
      return this.#folder.keys()
    })
  }

  async exclusively<T>(key: string, task: (lock: StoreLock) => Promise<T>): Promise<T> {
    assertKey(key)
    let started = false
    const run = async ({ signal }: HeldLock) => {
      started = true
      return task({ signal })
    }
    try {
      await this.#prepare()
      return await this.#tasks.exclusively(key, run)
    } catch (thrown) {
      // What the task throws is its own.
      throw started ? thrown : this.#explained(thrown, key)
    }
  }

  async close(): Promise<void> {}

  #using<T>(key: string, run: () => Promise<T>): Promise<T> {
    return this.#explaining(key, async () => {
      assertKey(key)
      await this.#prepare()
      return run()
    })
  }

  async #explaining<T>(key: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (thrown) {
      throw this.#explained(thrown, key)
    }
  }

  #explained(thrown: unknown, key: string): unknown {
    return asStoreError(thrown, { directory: this.#folder.path, key })
  }

  /** Runs alone among all that change this key's files, and first clears up after one that died at it. */
  #writing<T>(key: string, run: (lock: HeldLock) => Promise<T>): Promise<T> {
    return this.#writes.exclusively(key, async (lock) => {
      if (lock.inherited) await this.#folder.sweep(key)
      return run(lock)
    })
  }

  async #loadDamaged(key: string, damage: string): Promise<StoreRecord | undefined> {
    try {
      return await this.#writing(key, async () => {
        // Somebody may have put it right in the meantime.
        const found = await this.#folder.find(key)
        if ('record' in found) return found.record
        throw await this.#folder.setAside(key, found.damage)
      })
    } catch (thrown) {
      if (GrantsError.isInstance(thrown) || thrown instanceof LockTimeoutError) throw thrown
      // Where nothing can be moved, that it is damaged is what matters.
      throw this.#folder.leftInPlace(key, { problem: damage, cause: thrown })
    }
  }

  async #expect(key: string, ifVersion: string | null): Promise<void> {
    const found = await this.#folder.find(key)
    if ('damage' in found) throw await this.#folder.setAside(key, found.damage)
    assertVersion(key, found.record, ifVersion)
  }

  /** Once for each handle; a failure is tried again. */
  #prepare(): Promise<void> {
    this.#ready ??= this.#firstUse().catch((thrown) => {
      this.#ready = undefined
      throw thrown
    })
    return this.#ready
  }

  async #firstUse(): Promise<void> {
    await preparePrivateDirectory(this.#folder.path)
    for (const key of await this.#folder.keysWithLeftovers()) {
      // Who holds the lock is writing just now; on a read-only disk there is nothing to be done.
      await this.#writes.exclusively(key, () => this.#folder.sweep(key), { timeout: 0 }).catch(() => {})
    }
  }
}

function assertKey(key: string): void {
  if (/^[a-z0-9-]{1,80}$/.test(key)) return
  const problem = 'has the letters a to z, digits and -, 80 at most'
  throw new GrantsError('invalid_argument', { parameter: 'key', problem })
}

function assertVersion(key: string, record: StoreRecord | undefined, ifVersion: string | null): void {
  if ((record?.version ?? null) !== ifVersion) throw new GrantsError('store_conflict', { key })
}
