import { describeWithService } from '@particle-grants/test-kit/services'
import { describe, onTestFinished } from 'vitest'
import { RedisServer } from '../../../packages/store-redis/test/redis-server.ts'
import type { StoreLocation } from '../programs/open-store.ts'
import { createTemporaryFolder } from './signed-in-customer.ts'

/** A store that several processes can share. */
export interface SharedStore {
  readonly name: string
  /** Starts the store for one test. */
  readonly start: () => Promise<StoreLocation>
  /** Frees the locks of killed processes immediately, without waiting for the end of their lease. */
  readonly freeLocks: (location: StoreLocation) => Promise<void>
}

const fileStore: SharedStore = {
  name: 'a file store',
  start: async () => ({ type: 'file', directory: createTemporaryFolder() }),
  freeLocks: async () => {},
}

const servers = [
  { service: 'redis', name: 'Redis', program: 'redis-server' },
  { service: 'valkey', name: 'Valkey', program: 'valkey-server' },
] as const

/** Registers tests for the programs of Redis and of Valkey. */
export function describeOnEachProgram(title: string, body: (program: string, name: string) => void): void {
  for (const { service, name, program } of servers) {
    describeWithService(service, `${title} on ${name}`, () => body(program, name))
  }
}

/** Registers tests for a store on Redis and on Valkey. */
export function describeOnEachServer(title: string, body: (store: SharedStore) => void): void {
  describeOnEachProgram(title, (program, name) =>
    body({ name, start: () => startServer(program), freeLocks: freeServerLocks }),
  )
}

/** Registers tests for every store that several processes can share. */
export function describeOnEachStore(title: string, body: (store: SharedStore) => void): void {
  describe(`${title} on ${fileStore.name}`, () => body(fileStore))
  describeOnEachServer(title, body)
}

async function startServer(program: string): Promise<StoreLocation> {
  const server = await RedisServer.start(program)
  onTestFinished(() => server.remove())
  return { type: 'redis', url: server.url }
}

async function freeServerLocks(location: StoreLocation): Promise<void> {
  if (location.type !== 'redis') return
  const { createClient } = await import('redis')
  const client = createClient({ url: location.url })
  await client.connect()
  const locks = await client.keys('particle-grants:lock:*')
  if (locks.length > 0) await client.del(locks)
  client.destroy()
}
