import { describeWithService } from '@particle-grants/test-kit/services'
import { describe, onTestFinished } from 'vitest'
import { RedisServer } from '../../../packages/store-redis/test/redis-server.ts'
import type { StoreOrders } from '../programs/open-store.ts'
import { temporaryFolder } from '../src/world.ts'

/** A store that several processes can share. */
export interface SharedStore {
  readonly name: string
  /** Starts the store for one test. */
  readonly open: () => Promise<StoreOrders>
  /** Frees the locks of a killed process immediately, without waiting for the end of their lease. */
  readonly freeLocks: (orders: StoreOrders) => Promise<void>
}

const fileStore: SharedStore = {
  name: 'a file store',
  open: async () => ({ type: 'file', directory: temporaryFolder() }),
  freeLocks: async () => {},
}

const servers = [
  { service: 'redis', name: 'Redis', program: 'redis-server' },
  { service: 'valkey', name: 'Valkey', program: 'valkey-server' },
] as const

/** Registers tests for Redis and for Valkey. */
export function describeOnEachServer(title: string, body: (store: SharedStore) => void): void {
  for (const { service, name, program } of servers) {
    const store = { name, open: () => startServer(program), freeLocks: freeServerLocks }
    describeWithService(service, `${title} on ${name}`, () => body(store))
  }
}

/** Registers tests for every store that several processes can share. */
export function describeOnEachStore(title: string, body: (store: SharedStore) => void): void {
  describe(`${title} on ${fileStore.name}`, () => body(fileStore))
  describeOnEachServer(title, body)
}

async function startServer(program: string): Promise<StoreOrders> {
  const server = await RedisServer.start(program)
  onTestFinished(() => server.remove())
  return { type: 'redis', url: server.url }
}

async function freeServerLocks(orders: StoreOrders): Promise<void> {
  if (orders.type !== 'redis') return
  const { createClient } = await import('redis')
  const client = createClient({ url: orders.url })
  await client.connect()
  await client.del(await client.keys('particle-grants:lock:*'))
  client.destroy()
}
