import { Mutex } from './async.ts'
import { GrantsError } from './errors.ts'

/** One stored value and its version. */
export interface StoreRecord {
  /** Written by the store, opaque to callers, never used twice. */
  readonly version: string
  /** A session record with its secrets in plain text. */
  readonly value: string
}

/**
 * Where sessions are kept. A save names the version it replaces, so that a slow writer never overwrites a newer record.
 * Keys consist of `a` to `z`, digits and `-`, have at most 80 characters and are not secret. Each method may reject with
 * `store_unavailable`.
 */
export interface Store {
  /** Whether it belongs to one person. Only then may sessions use `profile`. @default false */
  readonly singleUser?: boolean
  /** Also called without the lock: never returns a part of a value. Rejects with `store_damaged` if the record cannot be read. */
  load(key: string): Promise<StoreRecord | undefined>
  /**
   * Replaces the version `ifVersion` (`null`: no record). Resolves with the new version once the value would survive
   * a crash. Rejects with `store_conflict` if another version is stored.
   *
   * From `expiresAt` on, in whole milliseconds since 1970, every call treats the record as missing, and the store need not
   * keep it. Without `expiresAt` it stays. Each save replaces the expiry of the save before. A store compares it with the
   * system's clock (`Date.now()`), also when the session runs on another clock: sessions convert it before they save.
   */
  save(key: string, value: string, ifVersion: string | null, expiresAt?: number): Promise<string>
  /**
   * Removes the version `ifVersion`, and any copy kept of a damaged record; with `null`, only that copy. Rejects with
   * `store_conflict` if another version is stored.
   */
  remove(key: string, ifVersion: string | null): Promise<void>
  /**
   * Runs `task` while no other process holds the lock on `key`, and rejects with its error. Locks on other keys may be
   * nested. The signal aborts when the lock is lost. Rejects with `lock_timeout` if the lock stays taken.
   */
  withLock<T>(key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** Hashes strings with SHA-256, in hex. Keys become file names and reach servers, which must not see account names. */
export async function sha256Hex(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Marks memory stores, also those of another copy of this package. */
const memoryStoreMarker: symbol = Symbol.for('@particle-grants/memory-store')

/** Whether the store is a memory store, also one of another copy of this package. */
export function isMemoryStore(store: Store): boolean {
  return memoryStoreMarker in store
}

/** How often a memory store removes expired records, so that those that are never loaded again take no memory. */
const sweepIntervalMs = 60_000

/** Keeps sessions in this process's memory. Sessions with the same store share their tokens; a restart loses them. */
export function memoryStore(): Store {
  const records = new Map<string, { readonly record: StoreRecord; readonly expiresAt: number }>()
  const mutexes = new Map<string, Mutex>()
  /** Counts over all keys, so that a record saved after a removal never has an earlier record's version. */
  let lastVersion = 0
  let nextSweepAt = 0

  function find(key: string): StoreRecord | undefined {
    const found = records.get(key)
    return found !== undefined && Date.now() < found.expiresAt ? found.record : undefined
  }

  function assertVersion(key: string, ifVersion: string | null): void {
    if ((find(key)?.version ?? null) === ifVersion) return
    throw new GrantsError('store_conflict', `The record ${key} has changed. Load it and try again.`, { key })
  }

  function sweep(now: number): void {
    if (now < nextSweepAt) return
    for (const [key, { expiresAt }] of records) if (expiresAt <= now) records.delete(key)
    nextSweepAt = now + sweepIntervalMs
  }

  return {
    [memoryStoreMarker]: true,
    singleUser: true,
    load: async (key) => find(key),
    // biome-ignore lint/complexity/useMaxParams: the contract of Store
    async save(key, value, ifVersion, expiresAt = Number.POSITIVE_INFINITY) {
      assertVersion(key, ifVersion)
      sweep(Date.now())
      lastVersion += 1
      const version = String(lastVersion)
      records.set(key, { record: { version, value }, expiresAt })
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
