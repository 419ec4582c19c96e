import { describeStore } from '@particle-grants/test-kit/store-contract'
import { createClient } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { createClient as createClient5, createClientPool as createPool5 } from 'redis-5'
import { afterAll, beforeAll, describe } from 'vitest'
import { ownPrefix, storeOn } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'

/** Every client that the README names. */
const clients = {
  'redis 6': (url: string) => createClient({ url }),
  'redis 6 with RESP 2': (url: string) => createClient({ url, RESP: 2 }),
  'redis 5': (url: string) => createClient5({ url }),
  'redis 5, a pool': (url: string) => createPool5({ url }),
  'redis 4': (url: string) => createClient4({ url }),
}

type AnyClient = ReturnType<(typeof clients)[keyof typeof clients]>

describeOnEachServer('the contract of redisStore', (program) => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start(program)
  })
  afterAll(() => server.remove())

  for (const [name, create] of Object.entries(clients)) {
    describe(name, () => {
      // Connections are handed from test to test: nothing of a store's is bound to one.
      const idle: AnyClient[] = []
      const connect = async () => {
        const client = create(server.url)
        client.on('error', () => {})
        await client.connect()
        return client
      }
      afterAll(async () => {
        for (const client of idle) await ('disconnect' in client ? client.disconnect() : client.close())
      })

      describeStore('redisStore', () => {
        const prefix = ownPrefix()
        const used: AnyClient[] = []
        const open = async () => {
          const client = idle.pop() ?? (await connect())
          used.push(client)
          return client
        }
        return {
          open: async () => storeOn(await open(), { prefix }),
          names: () => namesIn(server.url),
          cleanup: () => {
            idle.push(...used)
          },
        }
      })
    })
  }
})

/** All that shows of what is kept: keys and channels. */
async function namesIn(url: string): Promise<unknown> {
  const observer = createClient({ url })
  await observer.connect()
  const names = [await observer.keys('*'), await observer.pubSubChannels()]
  observer.destroy()
  return names
}
