import type { Store } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import { redisStore } from '@particle-grants/store-redis'
import { createClient } from 'redis'

/** Which store a program opens, and where. */
export type StoreOrders =
  | { readonly type: 'file'; readonly directory: string }
  | { readonly type: 'redis'; readonly url: string }

/** Opens a store for one process, and gives what closes it. */
export async function openStore(orders: StoreOrders): Promise<{ store: Store; close: () => Promise<void> }> {
  if (orders.type === 'file') {
    const store = fileStore({ directory: orders.directory })
    return { store, close: () => store.close() }
  }
  const client = createClient({ url: orders.url })
  await client.connect()
  // Long, so that a process which a busy machine lets starve keeps its locks: who kills one frees them.
  const store = redisStore(client, { leaseDuration: 600_000, commandTimeout: 60_000 })
  return {
    store,
    close: async () => {
      await store.close()
      client.destroy()
    },
  }
}
