import type { Store } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'

/** Which store a program opens, and where. */
export type StoreOrders =
  | { readonly type: 'file'; readonly directory: string }
  | { readonly type: 'redis'; readonly url: string }

/** A store, and the function that closes it and its connection. */
export interface OpenedStore {
  readonly store: Store
  readonly close: () => Promise<void>
}

/** Opens a store for one process. */
export async function openStore(orders: StoreOrders): Promise<OpenedStore> {
  if (orders.type === 'file') {
    const store = fileStore({ directory: orders.directory })
    return { store, close: () => store.close() }
  }
  // Loaded only here: the Redis client doubles the start-up time of a process.
  const { openRedisStore } = await import('./open-redis-store.ts')
  return openRedisStore(orders.url)
}
