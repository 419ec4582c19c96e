import { randomUUID } from 'node:crypto'
import type { Store } from '@particle-grants/core'
import { createClient } from 'redis'
import { onTestFinished } from 'vitest'
import { type RedisConnection, type RedisStoreOptions, redisStore } from '../src/index.ts'

const create = (url: string) => createClient({ url, socket: { reconnectStrategy: 20 } })

export type Client = ReturnType<typeof create>

/** A connected client, closed when the test is finished. Connections that break are what many tests are about. */
export async function connected(url: string): Promise<Client> {
  const client = create(url)
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => {
    if (client.isOpen) client.destroy()
  })
  return client
}

/**
 * A store on a client. By itself it waits for as long as a test may take: how fast a busy machine's server answers or
 * starts anew decides nothing.
 */
export function storeOn(client: RedisConnection, options: RedisStoreOptions = {}): Store {
  return redisStore(client, { commandTimeout: 60_000, ...options })
}

/** A store on a connection of its own. */
export async function storeAt(url: string, options: RedisStoreOptions = {}): Promise<Store> {
  return storeOn(await connected(url), options)
}

/** So that tests on one server don't see each other. */
export function ownPrefix(): string {
  return `test-${randomUUID()}:`
}

/** Waits until something holds; the test's own time limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
