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
  /** Rejects with `store_damaged` if the record cannot be read. */
  load(key: string): Promise<StoreRecord | undefined>
  /**
   * Replaces the version `ifVersion` (`null`: no record). Resolves with the new version once the value would survive
   * a crash. Rejects with `store_conflict` if another version is stored.
   */
  save(key: string, value: string, ifVersion: string | null): Promise<string>
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
