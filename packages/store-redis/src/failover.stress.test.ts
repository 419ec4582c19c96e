import { describeStress, reportCounts } from '@particle-grants/test-kit/levels'
import { Cluster, Redis } from 'ioredis'
import { createCluster, createSentinel } from 'redis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStore, waitUntil } from '../test/clients.ts'
import { RedisCluster, send } from '../test/redis-cluster.ts'
import { RedisSentinel } from '../test/redis-sentinel.ts'
import type { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'
import type { RedisClient } from './redis-client.ts'

/** They are spread over all nodes of a cluster. */
const keys = Array.from({ length: 100 }, (_, index) => `session-${index}`)

/** Connects a client and closes it after the test. */
const clusterClients: Readonly<Record<string, (urls: readonly string[]) => Promise<RedisClient>>> = {
  async redis(urls) {
    const client = createCluster({ rootNodes: urls.map((url) => ({ url })) }).on('error', () => {})
    await client.connect()
    onTestFinished(() => client.destroy())
    return client
  },
  async ioredis(urls) {
    const client = new Cluster([...urls]).on('error', () => {})
    onTestFinished(() => client.disconnect())
    return client
  },
}

const sentinelClients: Readonly<Record<string, (sentinel: RedisSentinel) => Promise<RedisClient>>> = {
  async redis({ name, sentinel: { port } }) {
    const client = createSentinel({ name, sentinelRootNodes: [{ host: '127.0.0.1', port }] })
    await client.on('error', () => {}).connect()
    onTestFinished(() => client.destroy())
    return client
  },
  async ioredis({ name, sentinel: { port } }) {
    const client = new Redis({ name, sentinels: [{ host: '127.0.0.1', port }] }).on('error', () => {})
    onTestFinished(() => client.disconnect())
    return client
  },
}

/** Increments the value of every key at once, under its lock. Rejects if one of them fails or has another value. */
async function incrementAll(client: RedisClient, expected: number): Promise<void> {
  const store = openStore(client)
  const increment = (key: string) =>
    store.withLock(key, async (signal) => {
      const record = await store.load(key)
      expect(Number(record?.value ?? 0)).toBe(expected - 1)
      await store.save(key, String(expected), record?.version ?? null)
      expect(signal.aborted).toBe(false)
    })
  await Promise.all(keys.map(increment))
}

/** Returns how far a server has replicated, in bytes. */
async function readOffset(server: RedisServer): Promise<string | undefined> {
  return /(?:slave_repl|master_repl)_offset:(\d+)/.exec(String(await send(server, 'INFO', 'replication')))?.[1]
}

/** Replication is asynchronous: a replica that takes over lacks what it had not received yet. */
async function waitForReplication(primary: RedisServer, replica: RedisServer): Promise<void> {
  await waitUntil(async () => (await readOffset(primary)) === (await readOffset(replica)))
}

async function isPrimary(server: RedisServer): Promise<boolean> {
  return String(await send(server, 'ROLE')).startsWith('master')
}

/** Kills the primary with all saves in flight. Its replica takes over, and every save reaches it. */
async function killPrimary(client: RedisClient, primary: RedisServer, replica: RedisServer): Promise<void> {
  await incrementAll(client, 1)
  await waitForReplication(primary, replica)
  const incrementing = incrementAll(client, 2)
  await primary.kill()
  await incrementing
  expect(await isPrimary(replica)).toBe(true)
}

// A fail-over takes seconds: `npm test` runs the contract on clusters and with sentinels, and no fail-over.
describeStress('redisStore', () => {
  describeOnEachServer('on a cluster of three', describeCluster)
  describeOnEachServer('with a sentinel', describeSentinel)
})

function describeCluster(program: string, server: string): void {
  for (const [name, connect] of Object.entries(clusterClients)) {
    describe(`with ${name}`, () => {
      it('uses the other nodes while one is down, rejects its records in time, and finds them when it is back', async () => {
        const cluster = await RedisCluster.start(program)
        onTestFinished(() => cluster.remove())
        const client = await connect(cluster.urls)
        await incrementAll(client, 1)
        const [killed] = cluster.primaries
        if (killed === undefined) throw new Error('There are three.')
        await killed.kill()

        const store = openStore(client, { commandTimeoutMs: 2_000 })
        const outcomes = await Promise.allSettled(keys.map((key) => store.load(key)))
        const rejected = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
        for (const reason of rejected) expect(reason).toMatchObject({ code: 'store_unavailable' })
        expect(rejected.length).toBeGreaterThan(0)
        expect(rejected.length).toBeLessThan(keys.length)

        await killed.start()
        await incrementAll(client, 2)
        reportCounts(`store-redis on a cluster of ${server} with ${name}, a node without a replica killed`, {
          records: keys.length,
          'unavailable while it was down': rejected.length,
          'lost when it was back': 0,
        })
      })

      it('loses no call and no record when a node is killed and its replica takes over', async () => {
        const cluster = await RedisCluster.start(program, { hasReplica: true })
        onTestFinished(() => cluster.remove())
        const [first] = cluster.primaries
        if (first === undefined || cluster.replica === undefined) throw new Error('There is a replica.')
        await killPrimary(await connect(cluster.urls), first, cluster.replica)
        reportCounts(`store-redis on a cluster of ${server} with ${name}, a node with a replica killed`, {
          kills: 1,
          saves: keys.length * 2,
          'calls failed': 0,
          lost: 0,
        })
      })
    })
  }
}

function describeSentinel(program: string, server: string): void {
  for (const [name, connect] of Object.entries(sentinelClients)) {
    it(`loses no call and no record of ${name} when the primary is killed and its replica takes over`, async () => {
      const sentinel = await RedisSentinel.start(program)
      onTestFinished(() => sentinel.remove())
      await killPrimary(await connect(sentinel), sentinel.primary, sentinel.replica)
      reportCounts(`store-redis with a sentinel of ${server} and ${name}, the primary killed`, {
        kills: 1,
        saves: keys.length * 2,
        'calls failed': 0,
        lost: 0,
      })
    })
  }
}
