import { describeStoreContract } from '@particle-grants/test-kit/store-contract'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { createClient as createClient5, createClientPool as createPool5 } from 'redis-5'
import { afterAll, beforeAll, describe } from 'vitest'
import { createPrefix, openStore } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'
import type { RedisClient } from './redis-client.ts'

interface OpenClient {
  readonly client: RedisClient
  readonly close: () => unknown
}

/** Every client that the README lists. */
const clients: Readonly<Record<string, (url: string) => Promise<OpenClient>>> = {
  'redis 6': async (url) => {
    const client = await createClient({ url }).connect()
    return { client, close: () => client.close() }
  },
  'redis 6 with RESP 2': async (url) => {
    const client = await createClient({ url, RESP: 2 }).connect()
    return { client, close: () => client.close() }
  },
  'redis 5': async (url) => {
    const client = await createClient5({ url }).connect()
    return { client, close: () => client.close() }
  },
  'redis 5, a pool': async (url) => {
    const client = createPool5({ url })
    await client.connect()
    return { client, close: () => client.close() }
  },
  'redis 4': async (url) => {
    const client = createClient4({ url })
    await client.connect()
    return { client, close: () => client.disconnect() }
  },
  ioredis: async (url) => {
    const client = new Redis(url)
    return { client, close: () => client.quit() }
  },
}

describeOnEachServer('the contract of redisStore', (program) => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start(program)
  })
  afterAll(() => server.remove())

  for (const [name, connect] of Object.entries(clients)) {
    describe(name, () => {
      // Tests reuse connections, because a store keeps no state in them.
      const idle: OpenClient[] = []
      afterAll(async () => {
        for (const { close } of idle) await close()
      })

      describeStoreContract('redisStore', () => {
        const prefix = createPrefix()
        const used: OpenClient[] = []
        return {
          open: async () => {
            const connection = idle.pop() ?? (await connect(server.url))
            used.push(connection)
            return openStore(connection.client, { prefix })
          },
          listNames: () => listNames(server.url),
          remove: () => {
            idle.push(...used)
          },
        }
      })
    })
  }
})

/** Returns everything that is visible without reading a value: keys and channels. */
async function listNames(url: string): Promise<unknown> {
  const client = await createClient({ url }).connect()
  const names = [await client.keys('*'), await client.pubSubChannels()]
  client.destroy()
  return names
}
