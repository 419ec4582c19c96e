import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import { assertKnownOptions } from '@particle-grants/core/protocol'
import {
  type HeldLock,
  LockTimeoutError,
  type ProcessLock,
  preparePrivateDirectory,
  processLock,
} from '@particle-grants/process-lock'
import { damagedInPlace, moveDamaged, removeDamaged } from './damaged-records.ts'
import { defaultDirectory } from './default-directory.ts'
import { listTemporaryFiles, removeFile, removeTemporaryFiles, replaceFile } from './files.ts'
import { formatRecord, readRecord } from './record-format.ts'
import { conflict, invalidArgument, toStoreError } from './store-errors.ts'

/** How often a store that saves expiring records looks for expired ones. */
const sweepIntervalMs = 60 * 60 * 1000

export interface FileStoreOptions {
  /** A folder on a disk of this machine. Created with mode 0700. @default {@link defaultDirectory} */
  readonly directory?: string
  /** How long to wait for a lock that another process holds, in milliseconds. @default 60_000 */
  readonly lockTimeoutMs?: number
}

/**
 * Keeps each session in a file that the processes of one machine share. Creates and reads nothing before the first use.
 */
export function fileStore(options: FileStoreOptions = {}): Store {
  assertKnownOptions(options, { directory: true, lockTimeoutMs: true })
  const { directory = defaultDirectory(), lockTimeoutMs = 60_000 } = options
  return new FileStore(directory, lockTimeoutMs)
}

class FileStore implements Store {
  readonly singleUser = true
  readonly #directory: string
  /** Tasks and single writes have separate locks, so that a task can save under its own key. */
  readonly #taskLocks: ProcessLock
  readonly #writeLocks: ProcessLock
  #leftoversRemoved: Promise<void> | undefined
  #nextSweepAt = 0

  constructor(directory: string, timeoutMs: number) {
    this.#directory = directory
    this.#taskLocks = processLock({ directory: join(directory, 'locks', 'tasks'), timeoutMs })
    this.#writeLocks = processLock({ directory: join(directory, 'locks', 'writes'), timeoutMs })
  }

  load(key: string): Promise<StoreRecord | undefined> {
    return this.#run(key, async (place) => {
      const found = await readRecord(place)
      return 'record' in found ? found.record : this.#loadDamaged(key, place, found.damage)
    })
  }

  // biome-ignore lint/complexity/useMaxParams: the contract of Store
  async save(key: string, value: string, ifVersion: string | null, expiresAt?: number): Promise<string> {
    const saved = await this.#write(key, async (place, lock) => {
      const assertStoredVersion = async () => {
        const found = await readRecord(place)
        if ('damage' in found) throw await moveDamaged(place, found.damage)
        assertVersion(key, found.record, ifVersion)
      }
      await assertStoredVersion()
      const version = randomUUID()
      await replaceFile(place, formatRecord({ version, value }, expiresAt), async () => {
        // The process may have slept while it synced, so the last check is right before the change.
        if (!(await lock.isHeld())) throw conflict(key)
        await assertStoredVersion()
      })
      return version
    })
    if (expiresAt !== undefined) await this.#sweep()
    return saved
  }

  remove(key: string, ifVersion: string | null): Promise<void> {
    return this.#write(key, async (place, lock) => {
      const found = await readRecord(place)
      // A damaged record has no version to compare. It is removed, because signing out must remove it.
      if ('record' in found) assertVersion(key, found.record, ifVersion)
      await removeDamaged(place)
      if (!(await lock.isHeld())) throw conflict(key)
      await removeFile(place)
    })
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
      throw hasStarted ? thrown : toStoreError(thrown, { directory: this.#directory, key })
    }
  }

  /** Runs one call with the place of its record, and converts its errors. */
  async #run<T>(key: string, call: (place: string) => Promise<T>): Promise<T> {
    assertKey(key)
    try {
      await this.#prepare()
      return await call(join(this.#directory, `${key}.json`))
    } catch (thrown) {
      throw toStoreError(thrown, { directory: this.#directory, key })
    }
  }

  /** Runs `change` while no other process changes the files of this key. */
  #write<T>(key: string, change: (place: string, lock: HeldLock) => Promise<T>): Promise<T> {
    return this.#run(key, (place) => this.#lockPlace(key, place, (lock) => change(place, lock)))
  }

  #lockPlace<T>(key: string, place: string, change: (lock: HeldLock) => Promise<T>): Promise<T> {
    return this.#writeLocks.withLock(key, async (lock) => {
      // The last writer was killed.
      if (lock.isInherited) await removeTemporaryFiles(place)
      return change(lock)
    })
  }

  /**
   * Removes expired records that are never loaded again. Only programs whose records expire pay for it, once an hour. Never
   * rejects: what cannot be removed now is removed by a later sweep.
   */
  async #sweep(): Promise<void> {
    const now = Date.now()
    if (now < this.#nextSweepAt) return
    this.#nextSweepAt = now + sweepIntervalMs
    const names = await readdir(this.#directory).catch(() => [])
    for (const name of names.filter((name) => name.endsWith('.json'))) {
      const place = join(this.#directory, name)
      const isExpired = async () => {
        const found = await readRecord(place).catch(() => undefined)
        return found !== undefined && 'record' in found && found.isExpired === true
      }
      if (!(await isExpired())) continue
      // Under the lock, because another process may be saving a new record.
      const remove = async () => ((await isExpired()) ? removeFile(place) : undefined)
      await this.#writeLocks.withLock(basename(name, '.json'), remove, { timeoutMs: 0 }).catch(() => {})
    }
  }

  async #loadDamaged(key: string, place: string, damage: string): Promise<StoreRecord | undefined> {
    try {
      return await this.#lockPlace(key, place, async () => {
        // Another process may have replaced it in the meantime.
        const found = await readRecord(place)
        if ('record' in found) return found.record
        throw await moveDamaged(place, found.damage)
      })
    } catch (thrown) {
      if (GrantsError.isInstance(thrown) || thrown instanceof LockTimeoutError) throw thrown
      // Where it cannot be moved, the damage is still what the caller must know.
      throw damagedInPlace(place, damage, thrown as Error)
    }
  }

  /**
   * Creates the folder, and rejects one that other users can open. Every call does, because another folder or a link may
   * have taken its place since the last one.
   */
  async #prepare(): Promise<void> {
    await preparePrivateDirectory(this.#directory)
    this.#leftoversRemoved ??= this.#removeLeftovers().catch((thrown) => {
      this.#leftoversRemoved = undefined
      throw thrown
    })
    await this.#leftoversRemoved
  }

  /** Removes what killed writers left. Runs once. */
  async #removeLeftovers(): Promise<void> {
    for (const { target } of await listTemporaryFiles(this.#directory)) {
      // Fails while another process writes, and on a read-only disk. Both can wait.
      const removal = () => removeTemporaryFiles(target)
      await this.#writeLocks.withLock(basename(target, '.json'), removal, { timeoutMs: 0 }).catch(() => {})
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
