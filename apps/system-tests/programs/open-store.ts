import type { Store } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import type { RedisLocation } from './open-redis-store.ts'

/** Which store a program opens, and where. */
export type StoreLocation = { readonly type: 'file'; readonly directory: string } | RedisLocation

/** A store, and the function that closes its connection. */
export interface OpenedStore {
  readonly store: Store
  readonly close: () => void
}

/** Opens a store for one process. */
export async function openStore(location: StoreLocation): Promise<OpenedStore> {
  if (location.type === 'file') {
    const store = fileStore({ directory: location.directory, lockTimeoutMs: 300_000 })
    return { store, close: () => {} }
  }
  // Loaded only here: the Redis client doubles the start-up time of a process.
  const { openRedisStore } = await import('./open-redis-store.ts')
  return openRedisStore(location)
}
