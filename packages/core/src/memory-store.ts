import { Mutex } from './async.ts'
import { GrantsError } from './errors.ts'
import type { Store, StoreRecord } from './store.ts'

/** Marks memory stores, also those of another copy of this package. */
const memoryStoreMarker: symbol = Symbol.for('@particle-grants/memory-store')

/** Whether the store is a memory store, also one of another copy of this package. */
export function isMemoryStore(store: Store): boolean {
  return memoryStoreMarker in store
}

/** Keeps sessions in this process's memory. Sessions with the same store share their tokens; a restart loses them. */
export function memoryStore(): Store {
  const records = new Map<string, StoreRecord>()
  const mutexes = new Map<string, Mutex>()
  /** Counts over all keys, so that a record saved after a removal never has an earlier record's version. */
  let lastVersion = 0

  function assertVersion(key: string, ifVersion: string | null): void {
    if ((records.get(key)?.version ?? null) === ifVersion) return
    throw new GrantsError('store_conflict', `The record ${key} has changed. Load it and try again.`, { key })
  }

  return {
    [memoryStoreMarker]: true,
    singleUser: true,
    load: async (key) => records.get(key),
    async save(key, value, ifVersion) {
      assertVersion(key, ifVersion)
      lastVersion += 1
      const version = String(lastVersion)
      records.set(key, { version, value })
      return version
    },
    async remove(key, ifVersion) {
      assertVersion(key, ifVersion)
      records.delete(key)
    },
    async withLock(key, task) {
      const mutex = mutexes.get(key) ?? new Mutex()
      mutexes.set(key, mutex)
      try {
        // A lock in memory cannot be lost, so the signal never aborts.
        return await mutex.run(() => task(new AbortController().signal))
      } finally {
        if (mutex.isIdle) mutexes.delete(key)
      }
    },
  }
}
