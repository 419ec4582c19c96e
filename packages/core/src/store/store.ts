/** What a store keeps for a session. `value` holds secrets in the clear; `version` is the store's own, and opaque. */
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
 * Where sessions are kept. Every save and remove names the version it saw (`null`: there was none), and is refused
 * with `store_conflict` when another one is there: a loser never overwrites a winner.
 */
export interface Store {
  load(key: string): Promise<StoreRecord | undefined>
  /** Resolves with the new version. */
  save(key: string, value: string, ifVersion: string | null): Promise<string>
  remove(key: string, ifVersion: string): Promise<void>
  /** The keys of all sessions. */
  list(): Promise<readonly string[]>
  /** Runs the task while nobody else, in any process that shares the store, runs one on this key. */
  exclusively<T>(key: string, task: (lock: StoreLock) => Promise<T>): Promise<T>
  close(): Promise<void>
}
