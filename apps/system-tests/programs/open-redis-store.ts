import { redisStore } from '@particle-grants/store-redis'
import { createClient } from 'redis'

/** Opens a store on a Redis or Valkey server. */
export async function openRedisStore(url: string) {
  const client = createClient({ url })
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
