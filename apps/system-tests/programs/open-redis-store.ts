import { redisStore } from '@particle-grants/store-redis'
import { createClient, createSentinel } from 'redis'

export interface RedisLocation {
  readonly type: 'redis'
  /** Of the server, or of the sentinel that knows it as `main`. */
  readonly url: string
  readonly isSentinel?: boolean
  readonly leaseMs?: number
}

/** The lease is long so that a process keeps its locks on a busy machine. A test that kills a process frees them. */
const defaultLeaseMs = 600_000

/** Opens a store on a Redis or Valkey server, or on the primary of a sentinel. */
export async function openRedisStore({ url, isSentinel = false, leaseMs = defaultLeaseMs }: RedisLocation) {
  const { hostname: host, port } = new URL(url)
  const client = isSentinel
    ? createSentinel({ name: 'main', sentinelRootNodes: [{ host, port: Number(port) }] })
    : createClient({ url })
  client.on('error', () => {})
  await client.connect()
  const store = redisStore(client, { leaseMs, lockTimeoutMs: 300_000, commandTimeoutMs: 60_000 })
  return { store, close: () => void client.destroy() }
}
