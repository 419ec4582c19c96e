import { GrantsError } from '@particle-grants/core'
import { findLeaks } from '@particle-grants/test-kit'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Client, connectClient, connectStore, openStore, waitUntil } from '../test/clients.ts'
import { RedisCluster, send } from '../test/redis-cluster.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'
import type { RedisClient } from './redis-client.ts'

/** How often a connection is cut in the middle of a save. */
const cuts = rounds({ test: 12, stress: 200 })
const secret = 'planted-5up3r-5ecret'

describe('invalid options', () => {
  const client: RedisClient = {
    isOpen: true,
    sendCommand: () => Promise.reject(new Error('must not be called')),
  }
  const wrong = { ttlMs: 0, leaseMs: 2 ** 31, lockTimeoutMs: -1, commandTimeoutMs: 0.5 }
  for (const [parameter, value] of Object.entries(wrong)) {
    it(`are rejected at once: ${parameter} = ${value}`, () => {
      expect(() => openStore(client, { [parameter]: value })).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          details: expect.objectContaining({ parameter }),
        }),
      )
    })
  }

  it('are rejected at once: an unknown one', () => {
    expect(() => openStore(client, { ttl: 60 } as object)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: 'ttl is not an option here. Known: prefix, ttlMs, leaseMs, lockTimeoutMs, commandTimeoutMs.',
      }),
    )
  })
})

describeOnEachServer('failures of redisStore', (program, name) => {
  let server: RedisServer

  beforeEach(async () => {
    server = await RedisServer.start(program)
    return () => server.remove()
  })

  /** Calls every method and returns the errors. */
  async function collectErrors(store: ReturnType<typeof openStore>): Promise<unknown[]> {
    let ran = false
    const task = async () => {
      ran = true
    }
    const attempts = [
      store.load('session-a'),
      store.save('session-a', secret, null),
      store.remove('session-a', null),
      store.withLock('session-a', task),
    ]
    const outcomes = await Promise.all(attempts.map((attempt) => attempt.catch((thrown: unknown) => thrown)))
    expect(ran, 'a task ran without the lock').toBe(false)
    expect(findLeaks(outcomes, [secret])).toEqual([])
    return outcomes
  }

  async function expectUnavailable(store: ReturnType<typeof openStore>, problem: RegExp): Promise<void> {
    for (const failure of await collectErrors(store)) {
      expect(failure).toMatchObject({ code: 'store_unavailable', details: { store: 'redis' } })
      if (!GrantsError.isInstance(failure) || failure.code !== 'store_unavailable') throw failure
      expect(failure.details.problem).toMatch(problem)
      expect(failure.message).toMatch(/^The Redis store cannot be used: .*\. [A-Z].{20,}\.$/)
    }
  }

  describe('rejects every call in time and runs no task', () => {
    it('if the server is gone', async () => {
      const store = await connectStore(server.url, { commandTimeoutMs: 150 })
      await server.kill()
      await expectUnavailable(store, /^(no response within 0\.[12] s|no connection( \(ECONN\w+\))?)$/)
    })

    it('if the server does not respond', async () => {
      const store = await connectStore(server.url, { commandTimeoutMs: 150 })
      server.pause()
      await expectUnavailable(store, /^no response within 0\.[12] s$/)
    })

    it('if the client queues nothing', async () => {
      const client = createClient({
        url: server.url,
        disableOfflineQueue: true,
        socket: { reconnectStrategy: 20 },
      })
      client.on('error', () => {})
      await client.connect()
      onTestFinished(() => client.destroy())
      await server.kill()
      await expectUnavailable(openStore(client, { commandTimeoutMs: 150 }), /^no (connection|response)/)
    })

    it('if the client was never connected', async () => {
      await expectUnavailable(openStore(createClient({ url: server.url })), /^its client is not connected$/)
    })

    it('if the cluster or the sentinel was never connected', async () => {
      const cluster = createCluster({ rootNodes: [{ url: server.url }] })
      await expectUnavailable(openStore(cluster), /^its client is not connected$/)
      const sentinel = createSentinel({
        name: 'main',
        sentinelRootNodes: [{ host: '127.0.0.1', port: server.port }],
      })
      await expectUnavailable(openStore(sentinel), /^its client is not connected$/)
    })

    it('if the client was closed', async () => {
      const client = await connectClient(server.url)
      const store = openStore(client)
      await client.close()
      await expectUnavailable(store, /^its client is not connected$/)
    })

    it('if the client is connected to one node of a cluster', async () => {
      const cluster = await RedisCluster.start(program)
      onTestFinished(() => cluster.remove())
      // The slot of this key is on another node.
      const slot = Number(await send(cluster.primaries[0] ?? server, 'CLUSTER', 'KEYSLOT', 'session-a'))
      const other = cluster.primaries[slot < 5461 ? 1 : 0] ?? server
      await expectUnavailable(await connectStore(other.url), /^the server responded with MOVED$/)
    })

    it('if the user lacks the permission', async () => {
      const admin = await connectClient(server.url)
      await admin.sendCommand(['ACL', 'SETUSER', 'default', '-eval'])
      await expectUnavailable(openStore(admin), /^the server responded with NOPERM$/)
    })

    it('if the server has no such command and quotes the arguments', async () => {
      await server.remove()
      server = await RedisServer.start(program, { settings: ['rename-command EVAL ""'] })
      await expectUnavailable(await connectStore(server.url), /^the server responded with ERR$/)
    })
  })

  describe('with a client of ioredis', () => {
    /** Connects a client and closes it after the test. */
    async function connectIoredis(): Promise<Redis> {
      const client = new Redis(server.url, { retryStrategy: () => 20 })
      client.on('error', () => {})
      onTestFinished(() => client.disconnect())
      await client.ping()
      return client
    }

    it('rejects every call if the server is gone, and sends none of them later', async () => {
      const client = await connectIoredis()
      const store = openStore(client, { commandTimeoutMs: 150 })
      await server.kill()
      await waitUntil(() => client.status !== 'ready')
      await expectUnavailable(store, /^no connection$/)
      await server.start()
      await waitUntil(() => client.status === 'ready')
      expect(await client.keys('*')).toEqual([])
    })

    it('rejects every call if the server does not respond', async () => {
      const store = openStore(await connectIoredis(), { commandTimeoutMs: 150 })
      server.pause()
      await expectUnavailable(store, /^no response within 0\.[12] s$/)
    })

    it('rejects every call if the client was closed', async () => {
      const client = await connectIoredis()
      await client.quit()
      await waitUntil(() => client.status === 'end')
      await expectUnavailable(openStore(client), /^its client is not connected$/)
    })

    it('connects a lazy client at the first call', async () => {
      const client = new Redis(server.url, { lazyConnect: true })
      onTestFinished(() => client.disconnect())
      const store = openStore(client)
      const version = await store.save('session-a', 'a', null)
      expect(await store.load('session-a')).toEqual({ version, value: 'a' })
    })

    it('continues when the server is back in time', async () => {
      const client = await connectIoredis()
      const store = openStore(client)
      await server.kill()
      const saving = store.withLock('session-a', () => store.save('session-a', 'a', null))
      await server.start()
      const version = await saving
      expect(await store.load('session-a')).toEqual({ version, value: 'a' })
    })

    it('quotes no argument of a rejected command', async () => {
      await server.remove()
      server = await RedisServer.start(program, { settings: ['rename-command EVAL ""'] })
      await expectUnavailable(openStore(await connectIoredis()), /^the server responded with ERR$/)
    })
  })

  it('rejects saves on a full server, and loads existing records', async () => {
    const client = await connectClient(server.url)
    const store = openStore(client)
    const version = await store.save('session-a', 'a', null)
    await client.configSet('maxmemory', '1')
    await expect(store.save('session-a', secret, version)).rejects.toMatchObject({
      details: { problem: 'the server responded with OOM' },
    })
    expect((await store.load('session-a'))?.value).toBe('a')
  })

  it('does not send a rejected call later, when the server is back', async () => {
    const client = await connectClient(server.url)
    const store = openStore(client, { commandTimeoutMs: 100 })
    await server.kill()
    await collectErrors(store)
    await server.start()
    await waitUntil(() => client.isReady)
    expect(await client.keys('*')).toEqual([])
  })

  it('continues when the server is back in time', async () => {
    const store = await connectStore(server.url)
    await server.kill()
    const saving = store.withLock('session-a', () => store.save('session-a', 'a', null))
    await server.start()
    const version = await saving
    expect(await store.load('session-a')).toEqual({ version, value: 'a' })
  })

  describe('with a user that has only the permissions in the README', () => {
    const allowed = '+eval +type +hget +hset +pexpire +pttl +persist +rename +time +set +get +del'.split(' ')
    const user = ['ACL', 'SETUSER', 'grants', 'on', '>password', '~particle-grants:*', ...allowed]

    async function callAll(client: RedisClient): Promise<void> {
      const store = openStore(client)
      const version = await store.withLock('session-a', () => store.save('session-a', 'a', null))
      await openStore(client, { ttlMs: null }).save('session-a', 'b', version)
      await store.remove('session-a', (await store.load('session-a'))?.version ?? null)
    }

    it('works on one server', async () => {
      const admin = await connectClient(server.url)
      await admin.sendCommand(user)
      const client = await connectClient(server.url.replace('//', '//grants:password@'))
      await callAll(client)
      await admin.set('particle-grants:record:{session-b}', 'damaged')
      await expect(openStore(client).load('session-b')).rejects.toMatchObject({ code: 'store_damaged' })
    })

    it('works on a cluster, where it needs +cluster as well', async () => {
      const cluster = await RedisCluster.start(program)
      onTestFinished(() => cluster.remove())
      for (const node of cluster.primaries) await send(node, ...user, '+cluster')
      const login = { username: 'grants', password: 'password' }
      const rootNodes = cluster.urls.map((url) => ({ url, ...login }))
      const redis = createCluster({ rootNodes, defaults: login })
      await redis.connect()
      onTestFinished(() => redis.destroy())
      await callAll(redis)
      const ioredis = new Cluster([...cluster.urls], { redisOptions: login })
      onTestFinished(() => ioredis.disconnect())
      await callAll(ioredis)
    })
  })

  describe('a connection that is cut', () => {
    it('during many saves loses none, repeats none and fails none', async () => {
      const [store, other] = [await connectStore(server.url), await connectClient(server.url)]
      let version: string | null = null
      for (let round = 0; round < cuts; round += 1) {
        const saving: Promise<string> = store.save('session-a', String(round), version)
        await other.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
        version = await saving
      }
      reportCounts(`store-redis on ${name}, connection cut in the middle of a save`, {
        cuts,
        'saves failed': 0,
      })
      expect(await store.load('session-a')).toEqual({ version, value: String(cuts - 1) })
    })

    it('before the response arrives does not make a repeated call conflict with itself', async () => {
      const client = await connectClient(server.url)
      const store = openStore(loseFirstResponses(client))
      const version = await store.withLock('session-a', () => store.save('session-a', 'a', null))
      expect(await store.load('session-a')).toEqual({ version, value: 'a' })
      const next = await store.save('session-a', 'b', version)
      await expect(store.save('session-a', 'c', version)).rejects.toMatchObject({ code: 'store_conflict' })
      await expect(store.remove('session-a', version)).rejects.toMatchObject({ code: 'store_conflict' })
      await store.remove('session-a', next)
      expect(await client.keys('*')).toEqual([])
    })
  })
})

/** Returns a client that runs every command, but loses the response to the first attempt. */
function loseFirstResponses(client: Client): RedisClient {
  const tried = new Set<string>()
  return {
    isOpen: true,
    async sendCommand(args) {
      const response = await client.sendCommand(args)
      // A repeated `remove` has an argument that says so.
      const text = args.filter((arg) => arg !== 'again' && arg !== '').join(' ')
      if (tried.has(text)) {
        tried.delete(text)
        return response
      }
      tried.add(text)
      throw new Error('Socket closed unexpectedly')
    },
  }
}
