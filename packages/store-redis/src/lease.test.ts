import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Client, connected, ownPrefix, storeAt, storeOn, until } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'

const aborted = (signal: AbortSignal) =>
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
    client = await connected(server.url)
    prefix = ownPrefix()
    lock = `${prefix}lock:{session-a}`
  })

  describe('a lock', () => {
    it('ends by itself in Redis, and is gone when its task is over', async () => {
      const store = storeOn(client, { prefix, leaseDuration: 20_000 })
      await store.exclusively('session-a', async () => {
        const left = await client.pTTL(lock)
        expect(left).toBeGreaterThan(0)
        expect(left).toBeLessThanOrEqual(20_000)
      })
      expect(await client.exists(lock)).toBe(0)
    })

    it('is extended while its task runs', async () => {
      // A third of it passes before it is extended, and a busy machine has the other two.
      const store = storeOn(client, { prefix, leaseDuration: 15_000 })
      await store.exclusively('session-a', async ({ signal }) => {
        await client.pExpire(lock, 100_000)
        await until(async () => (await client.pTTL(lock)) <= 15_000)
        expect(signal.aborted).toBe(false)
      })
    })

    it('of an owner that died is taken when it has ended', async () => {
      await client.set(lock, 'somebody dead', { PX: 200 })
      const store = storeOn(client, { prefix })
      expect(await store.exclusively('session-a', async () => 'free')).toBe('free')
    })

    it('that another one holds is waited for, but not for ever, and its task does not run', async () => {
      await client.set(lock, 'somebody else')
      const store = storeOn(client, { prefix, lockTimeout: 100 })
      let ran = false
      const attempt = store.exclusively('session-a', async () => {
        ran = true
      })
      await expect(attempt).rejects.toMatchObject({
        code: 'lock_timeout',
        details: { key: 'session-a', waited: 100 },
      })
      expect(ran).toBe(false)
      expect(await client.get(lock)).toBe('somebody else')
    })
  })

  describe('a lock that is lost in the middle', () => {
    it('aborts the signal; the new owner keeps it, and the old one overwrites nothing', async () => {
      const store = storeOn(client, { prefix, leaseDuration: 300 })
      const version = await store.save('session-a', 'first', null)
      await store.exclusively('session-a', async ({ signal }) => {
        await client.set(lock, 'the new owner')
        await storeOn(client, { prefix }).save('session-a', 'of the new owner', version)
        await aborted(signal)
        await expect(store.save('session-a', 'late', version)).rejects.toMatchObject({
          code: 'store_conflict',
        })
        await expect(store.remove('session-a', version)).rejects.toMatchObject({ code: 'store_conflict' })
      })
      expect(await client.get(lock)).toBe('the new owner')
      expect((await store.load('session-a'))?.value).toBe('of the new owner')
    })

    it('is not freed for its new owner, also when the old one did not notice', async () => {
      const store = storeOn(client, { prefix })
      await store.exclusively('session-a', async () => {
        await client.set(lock, 'the new owner')
      })
      expect(await client.get(lock)).toBe('the new owner')
    })

    it('aborts the signal when Redis no longer answers, once the lease may have ended', async () => {
      const own = await RedisServer.start(program)
      onTestFinished(() => own.remove())
      const store = await storeAt(own.url, { leaseDuration: 300, commandTimeout: 100 })
      await store.exclusively('session-a', async ({ signal }) => {
        own.pause()
        await aborted(signal)
      })
    })

    it('tells the task what its own result is all the same', async () => {
      const store = storeOn(client, { prefix, leaseDuration: 300 })
      const outcome = store.exclusively('session-a', async ({ signal }) => {
        await client.del(lock)
        await aborted(signal)
        return 'a result'
      })
      expect(await outcome).toBe('a result')
    })
  })

  describe('a server that restarts in the middle of a task', () => {
    it('with nothing on disk takes the lock and the record: the signal aborts, and a late save is refused', async () => {
      const own = await RedisServer.start(program)
      onTestFinished(() => own.remove())
      const [store, other] = [await storeAt(own.url, { leaseDuration: 600 }), await storeAt(own.url)]
      const version = await store.save('session-a', 'first', null)
      await store.exclusively('session-a', async ({ signal }) => {
        await own.kill()
        await own.start()
        await other.exclusively('session-a', () => other.save('session-a', 'winner', null))
        await aborted(signal)
        for (const seen of [version, null]) {
          await expect(store.save('session-a', 'late', seen)).rejects.toMatchObject({
            code: 'store_conflict',
          })
        }
      })
      expect((await store.load('session-a'))?.value).toBe('winner')
    })

    it('with everything on disk takes nothing: lock and record are there, and the task goes on', async () => {
      const own = await RedisServer.start(program, RedisServer.persistent)
      onTestFinished(() => own.remove())
      const [store, other] = [await storeAt(own.url), await storeAt(own.url, { lockTimeout: 50 })]
      const version = await store.save('session-a', 'first', null)
      await store.exclusively('session-a', async ({ signal }) => {
        await own.kill()
        await own.start()
        await expect(other.exclusively('session-a', async () => {})).rejects.toMatchObject({
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
