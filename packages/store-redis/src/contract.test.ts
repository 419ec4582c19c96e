import { storeContract } from '@particle-grants/store-contract'
import { Cluster, Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis-5'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { createClient as createClient4 } from 'redis-4'
import { createClient as createClient5 } from 'redis-5'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { createPrefix, openStore } from '../test/clients.ts'
import { RedisCluster, send } from '../test/redis-cluster.ts'
import { RedisSentinel } from '../test/redis-sentinel.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'
import type { RedisClient } from './redis-client.ts'

interface OpenClient {
  readonly client: RedisClient
  readonly close: () => unknown
}

/** Every client of one server that the README lists. */
const clients: Readonly<Record<string, (url: string) => Promise<OpenClient>>> = {
  'redis 6': async (url) => {
    const client = await createClient({ url }).connect()
    return { client, close: () => client.close() }
  },
  'redis 6 with RESP 2': async (url) => {
    const client = await createClient({ url, RESP: 2 }).connect()
    return { client, close: () => client.close() }
  },
  'redis 6, a pool': async (url) => {
    const client = createClientPool({ url })
    await client.connect()
    return { client, close: () => client.close() }
  },
  'redis 5': async (url) => {
    const client = await createClient5({ url }).connect()
    return { client, close: () => client.close() }
  },
  'redis 4': async (url) => {
    const client = createClient4({ url })
    await client.connect()
    return { client, close: () => client.disconnect() }
  },
  'ioredis 6': async (url) => {
    const client = new Redis(url)
    return { client, close: () => client.quit() }
  },
  'ioredis 5': async (url) => {
    const client = new Redis5(url)
    return { client, close: () => client.quit() }
  },
}

/** Every client of a cluster. */
const clusterClients: Readonly<Record<string, (urls: readonly string[]) => Promise<OpenClient>>> = {
  'redis 6': async (urls) => {
    const client = createCluster({ rootNodes: urls.map((url) => ({ url })) })
    await client.connect()
    return { client, close: () => client.close() }
  },
  'ioredis 6': async (urls) => {
    const client = new Cluster([...urls])
    return { client, close: () => client.quit() }
  },
}

/** Every client of a sentinel. */
const sentinelClients: Readonly<Record<string, (sentinel: RedisSentinel) => Promise<OpenClient>>> = {
  'redis 6': async ({ name, sentinel: { port } }) => {
    const sentinelRootNodes = [{ host: '127.0.0.1', port }]
    const client = await createSentinel({ name, sentinelRootNodes }).connect()
    return { client, close: () => client.close() }
  },
  'ioredis 6': async ({ name, sentinel: { port } }) => {
    const client = new Redis({ name, sentinels: [{ host: '127.0.0.1', port }] })
    return { client, close: () => client.quit() }
  },
}

/** Registers the contract for one kind of client. Tests run concurrently and reuse connections: a store has no state. */
function describeContract(name: string, connect: () => Promise<OpenClient>, listNames: () => Promise<unknown>): void {
  describe.concurrent(name, () => {
    const idle: OpenClient[] = []
    afterAll(async () => {
      for (const { close } of idle) await close()
    })
    const cases = storeContract(() => {
      const prefix = createPrefix()
      const used: OpenClient[] = []
      return {
        open: async () => {
          const connection = idle.pop() ?? (await connect())
          used.push(connection)
          return openStore(connection.client, { prefix })
        },
        listNames,
        remove: () => {
          idle.push(...used)
        },
      }
    })
    for (const { name, run } of cases) it(name, run)
  })
}

describeOnEachServer('the contract of redisStore', (program) => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start(program)
  })
  afterAll(() => server.remove())

  for (const [name, connect] of Object.entries(clients)) {
    describeContract(
      name,
      () => connect(server.url),
      () => listNames([server]),
    )
  }
})

describeOnEachServer('the contract of redisStore on a cluster', (program) => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await RedisCluster.start(program)
  })
  afterAll(() => cluster.remove())

  for (const [name, connect] of Object.entries(clusterClients)) {
    describeContract(
      name,
      () => connect(cluster.urls),
      () => listNames(cluster.primaries),
    )
  }
})

describeOnEachServer('the contract of redisStore with a sentinel', (program) => {
  let sentinel: RedisSentinel
  beforeAll(async () => {
    sentinel = await RedisSentinel.start(program)
  })
  afterAll(() => sentinel.remove())

  for (const [name, connect] of Object.entries(sentinelClients)) {
    describeContract(
      name,
      () => connect(sentinel),
      () => listNames([sentinel.primary]),
    )
  }
})

/** Returns everything that is visible without reading a value: keys and channels. */
async function listNames(servers: readonly RedisServer[]): Promise<unknown> {
  const commands = [
    ['KEYS', '*'],
    ['PUBSUB', 'CHANNELS'],
  ]
  return Promise.all(servers.flatMap((server) => commands.map((command) => send(server, ...command))))
}
