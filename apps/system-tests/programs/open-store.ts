import type { Store } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import { redisStore } from '@particle-grants/store-redis'

/** Which store a program opens, and where. */
export type StoreOrders =
  | { readonly type: 'file'; readonly directory: string }
  | { readonly type: 'redis'; readonly url: string }

/** Opens a store for one process. */
export async function openStore(orders: StoreOrders): Promise<{ store: Store; close: () => Promise<void> }> {
  if (orders.type === 'file') {
    const store = fileStore({ directory: orders.directory })
    return { store, close: () => store.close() }
  }
  // Loaded only here: it doubles the start-up time of a process.
  const { createClient } = await import('redis')
  const client = createClient({ url: orders.url })
  await client.connect()
  // The lease is long so that a process keeps its locks on a busy machine. A test that kills a process frees them.
  const store = redisStore(client, { leaseDuration: 600_000, commandTimeout: 60_000 })
  return {
    store,
    close: async () => {
      await store.close()
      client.destroy()
    },
  }
}
