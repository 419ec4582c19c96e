import { redisStore } from '@particle-grants/store-redis'
import { createClient } from 'redis'

/** The lease is long so that a process keeps its locks on a busy machine. A test that kills a process frees them. */
const defaultLeaseMs = 600_000

/** Opens a store on a Redis or Valkey server. */
export async function openRedisStore(url: string, leaseMs = defaultLeaseMs) {
  const client = createClient({ url })
  await client.connect()
  const store = redisStore(client, { leaseMs, lockTimeoutMs: 300_000, commandTimeoutMs: 60_000 })
  return { store, close: () => client.destroy() }
}
