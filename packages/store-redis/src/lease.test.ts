import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Client, connectClient, connectStore, createPrefix, openStore, waitUntil } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'

const waitForAbort = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })

describeOnEachServer('a lease', (program) => {
  let server: RedisServer
  let client: Client
  let prefix: string
  let lock: string

  beforeAll(async () => {
    server = await RedisServer.start(program)
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    client = await connectClient(server.url)
    prefix = createPrefix()
    lock = `${prefix}lock:{session-a}`
  })

  describe('a lock', () => {
    it('expires in Redis, and is removed when its task ends', async () => {
      const store = openStore(client, { prefix, leaseMs: 20_000 })
      await store.withLock('session-a', async () => {
        const left = await client.pTTL(lock)
        expect(left).toBeGreaterThan(0)
        expect(left).toBeLessThanOrEqual(20_000)
      })
      expect(await client.exists(lock)).toBe(0)
    })

    it('is extended while its task runs', async () => {
      // It is extended after a third of its duration; the other two thirds are for a busy machine.
      const store = openStore(client, { prefix, leaseMs: 15_000 })
      await store.withLock('session-a', async (signal) => {
        await client.pExpire(lock, 100_000)
        await waitUntil(async () => (await client.pTTL(lock)) <= 15_000)
        expect(signal.aborted).toBe(false)
      })
    })

    it('of a dead owner is acquired after it expires', async () => {
      await client.set(lock, 'dead owner', { PX: 200 })
      const store = openStore(client, { prefix })
      expect(await store.withLock('session-a', async () => 'free')).toBe('free')
    })

    it('that another owner holds times out, and the task does not run', async () => {
      await client.set(lock, 'another owner')
      const store = openStore(client, { prefix, lockTimeoutMs: 100 })
      let ran = false
      const attempt = store.withLock('session-a', async () => {
        ran = true
      })
      await expect(attempt).rejects.toMatchObject({
        code: 'lock_timeout',
        details: { key: 'session-a', waitedMs: 100 },
      })
      expect(ran).toBe(false)
      expect(await client.get(lock)).toBe('another owner')
    })
  })

  describe('a lock that is lost during a task', () => {
    it('aborts the signal, stays with its new owner, and lets the old owner overwrite nothing', async () => {
      const store = openStore(client, { prefix, leaseMs: 300 })
      const version = await store.save('session-a', 'first', null)
      await store.withLock('session-a', async (signal) => {
        await client.set(lock, 'the new owner')
        await openStore(client, { prefix }).save('session-a', 'of the new owner', version)
        await waitForAbort(signal)
        await expect(store.save('session-a', 'late', version)).rejects.toMatchObject({
          code: 'store_conflict',
        })
        await expect(store.remove('session-a', version)).rejects.toMatchObject({ code: 'store_conflict' })
      })
      expect(await client.get(lock)).toBe('the new owner')
      expect((await store.load('session-a'))?.value).toBe('of the new owner')
    })

    it('is not released by the old owner, even if it did not notice the loss', async () => {
      const store = openStore(client, { prefix })
      await store.withLock('session-a', async () => {
        await client.set(lock, 'the new owner')
      })
      expect(await client.get(lock)).toBe('the new owner')
    })

    it('aborts the signal when Redis does not respond and the lease may have expired', async () => {
      const own = await RedisServer.start(program)
      onTestFinished(() => own.remove())
      const store = await connectStore(own.url, { leaseMs: 300, commandTimeoutMs: 100 })
      await store.withLock('session-a', async (signal) => {
        own.pause()
        await waitForAbort(signal)
      })
    })

    it('still returns the result of the task', async () => {
      const store = openStore(client, { prefix, leaseMs: 300 })
      const outcome = store.withLock('session-a', async (signal) => {
        await client.del(lock)
        await waitForAbort(signal)
        return 'a result'
      })
      expect(await outcome).toBe('a result')
    })
  })

  describe('a server that restarts during a task', () => {
    it('without persistence loses the lock and the record: the signal aborts, and a late save is rejected', async () => {
      const own = await RedisServer.start(program)
      onTestFinished(() => own.remove())
      const [store, other] = [await connectStore(own.url, { leaseMs: 600 }), await connectStore(own.url)]
      const version = await store.save('session-a', 'first', null)
      await store.withLock('session-a', async (signal) => {
        await own.kill()
        await own.start()
        await other.withLock('session-a', () => other.save('session-a', 'winner', null))
        await waitForAbort(signal)
        for (const seen of [version, null]) {
          await expect(store.save('session-a', 'late', seen)).rejects.toMatchObject({
            code: 'store_conflict',
          })
        }
      })
      expect((await store.load('session-a'))?.value).toBe('winner')
    })

    it('with persistence keeps the lock and the record, and the task continues', async () => {
      const own = await RedisServer.start(program, { settings: RedisServer.persistent })
      onTestFinished(() => own.remove())
      const [store, other] = [await connectStore(own.url), await connectStore(own.url, { lockTimeoutMs: 50 })]
      const version = await store.save('session-a', 'first', null)
      await store.withLock('session-a', async (signal) => {
        await own.kill()
        await own.start()
        await expect(other.withLock('session-a', async () => {})).rejects.toMatchObject({
          code: 'lock_timeout',
        })
        expect(await store.load('session-a')).toEqual({ version, value: 'first' })
        await store.save('session-a', 'second', version)
        expect(signal.aborted).toBe(false)
      })
      expect((await other.load('session-a'))?.value).toBe('second')
    })
  })
})
