/** What a store keeps under a key. `value` is text with secrets in the clear; `version` is the store's own, and opaque. */
export interface StoreRecord {
  readonly version: string
  readonly value: string
}

/** Held while a task runs alone on a key. */
export interface StoreLock {
  /** Aborted when the lock is lost: what the task saves after that is refused by version. */
  readonly signal: AbortSignal
}

/**
 * Where sessions are kept. Every save and remove names the version it saw (`null`: there was none), and rejects
 * with `store_conflict` when another one is there: a loser never overwrites a winner. Versions are never used twice.
 * A store that can't be reached rejects with `store_unavailable`, a record that can't be read with `store_damaged`.
 */
export interface Store {
  /** The record under a key. Keys have the letters a to z, digits and `-`, 80 at most, and are no secret. */
  load(key: string): Promise<StoreRecord | undefined>
  /** Resolves with the new version, once the value would outlive a crash. */
  save(key: string, value: string, ifVersion: string | null): Promise<string>
  /** Removes the record, and whatever was kept aside of a damaged one. With `null`, only the latter. */
  remove(key: string, ifVersion: string | null): Promise<void>
  /** The keys of all records. */
  list(): Promise<readonly string[]>
  /**
   * Runs the task while nobody else, in any process that shares the store, runs one on this key. Tasks on other keys
   * may be nested. Rejects with what the task rejects with, or with `lock_timeout`.
   */
  exclusively<T>(key: string, task: (lock: StoreLock) => Promise<T>): Promise<T>
  /** Gives back what the store holds open. Records stay. */
  close(): Promise<void>
}
