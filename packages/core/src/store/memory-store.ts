import { GrantsError } from '../errors/grants-error.ts'
import { Mutex } from '../mutex.ts'
import type { Store, StoreLock, StoreRecord } from './store.ts'

/** A store in this process's memory. Sessions that share one share their tokens; nothing outlives the process. */
export function memoryStore(): Store {
  return new MemoryStore()
}

/** Nothing in memory takes a lock away. */
const lock: StoreLock = { signal: new AbortController().signal }

class MemoryStore implements Store {
  readonly #records = new Map<string, StoreRecord>()
  readonly #mutexes = new Map<string, Mutex>()
  /** Never used twice, so that a record that was removed and written anew is not taken for the old one. */
  #lastVersion = 0

  async load(key: string): Promise<StoreRecord | undefined> {
    return this.#records.get(key)
  }

  async save(key: string, value: string, ifVersion: string | null): Promise<string> {
    this.#expect(key, ifVersion)
    this.#lastVersion += 1
    const version = String(this.#lastVersion)
    this.#records.set(key, { version, value })
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    this.#expect(key, ifVersion)
    this.#records.delete(key)
  }

  async list(): Promise<readonly string[]> {
    return [...this.#records.keys()]
  }

  async exclusively<T>(key: string, task: (lock: StoreLock) => Promise<T>): Promise<T> {
    const mutex = this.#mutexes.get(key) ?? new Mutex()
    this.#mutexes.set(key, mutex)
    try {
      return await mutex.run(() => task(lock))
    } finally {
      if (mutex.idle) this.#mutexes.delete(key)
    }
  }

  async close(): Promise<void> {}

  #expect(key: string, ifVersion: string | null): void {
    const version = this.#records.get(key)?.version ?? null
    if (version !== ifVersion) throw new GrantsError('store_conflict', { key })
  }
}
