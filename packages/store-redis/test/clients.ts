import { randomUUID } from 'node:crypto'
import type { Store } from '@particle-grants/core'
import { createClient } from 'redis'
import { onTestFinished } from 'vitest'
import { type RedisClient, type RedisStoreOptions, redisStore } from '../src/index.ts'

const create = (url: string) => createClient({ url, socket: { reconnectStrategy: 20 } })

export type Client = ReturnType<typeof create>

/** Connects a client and closes it after the test. */
export async function connectClient(url: string): Promise<Client> {
  const client = create(url)
  // Many tests break the connection.
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => {
    if (client.isOpen) client.destroy()
  })
  return client
}

/** Opens a store on a client. Its time limit is as long as a test may take, so that a slow server changes no result. */
export function openStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  return redisStore(client, { commandTimeoutMs: 60_000, ...options })
}

/** Opens a store on a new connection. */
export async function connectStore(url: string, options: RedisStoreOptions = {}): Promise<Store> {
  return openStore(await connectClient(url), options)
}

/** Returns a new prefix, which separates the tests on one server. */
export function createPrefix(): string {
  return `test-${randomUUID()}:`
}

/** Waits until the condition is true. The time limit of the test ends the wait. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
