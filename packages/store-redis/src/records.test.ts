import { findLeaks } from '@particle-grants/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Client, connectClient, createPrefix, openStore, waitUntil } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'
import type { RedisClient } from './redis-client.ts'
import { redisStore } from './redis-store.ts'

const day = 24 * 60 * 60 * 1000

describeOnEachServer('a record', (program) => {
  let server: RedisServer
  let client: Client
  let prefix: string
  let record: string

  beforeAll(async () => {
    server = await RedisServer.start(program)
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    client = await connectClient(server.url)
    prefix = createPrefix()
    record = `${prefix}record:{session-a}`
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  describe('a record', () => {
    it('is kept for 400 days after its last save, longer than any token is valid', async () => {
      const store = openStore(client, { prefix })
      const version = await store.save('session-a', 'a', null)
      await expectTtl(400 * day)
      await client.pExpire(record, 1000)
      await store.save('session-a', 'b', version)
      await expectTtl(400 * day)
    })

    it('that is read is kept longer, without a write on every read', async () => {
      const store = openStore(client, { prefix })
      await store.save('session-a', 'a', null)
      await client.pExpire(record, 395 * day)
      await store.load('session-a')
      await expectTtl(395 * day)
      await client.pExpire(record, 200 * day)
      await store.load('session-a')
      await expectTtl(400 * day)
    })

    it('is kept for the configured time, or without limit', async () => {
      const version = await openStore(client, { prefix, ttlMs: 90_000 }).save('session-a', 'a', null)
      await expectTtl(90_000)
      await openStore(client, { prefix, ttlMs: null }).save('session-a', 'b', version)
      expect(await client.pTTL(record)).toBe(-1)
      await openStore(client, { prefix, ttlMs: null }).load('session-a')
      expect(await client.pTTL(record)).toBe(-1)
    })

    it('of the lockout guard is kept for a day if sessions are kept for a shorter time', async () => {
      const guard = `${prefix}record:{guard-2-a}`
      const store = openStore(client, { prefix, ttlMs: 90_000 })
      const version = await store.save('guard-2-a', 'a', null)
      await expectTtl(day, guard)
      await client.pExpire(guard, 90_000)
      await store.load('guard-2-a')
      await expectTtl(day, guard)
      await openStore(client, { prefix, ttlMs: 2 * day }).save('guard-2-a', 'b', version)
      await expectTtl(2 * day, guard)
    })

    it('that expires is kept until then, or for the configured time if that is shorter, also when it is read', async () => {
      const store = openStore(client, { prefix, ttlMs: 90_000 })
      const version = await store.save('session-a', 'a', null, Date.now() + 70_000)
      await expectTtl(70_000)
      await client.pExpire(record, 1_000)
      await store.load('session-a')
      await expectTtl(70_000)
      const next = await store.save('session-a', 'b', version, Date.now() + 100_000)
      await expectTtl(90_000)
      await client.pExpire(record, 1_000)
      await store.load('session-a')
      await expectTtl(90_000)
      await openStore(client, { prefix, ttlMs: null }).save('session-a', 'c', next, Date.now() + 80_000)
      await expectTtl(80_000)
    })

    it('has a key that starts with the literal prefix', async () => {
      await openStore(client).save('session-a', 'a', null)
      expect(await client.exists('particle-grants:record:{session-a}')).toBe(1)
      await openStore(client, { prefix: 'a-b:' }).save('session-b', 'b', null)
      expect(await openStore(client, { prefix: 'a[*-]b:' }).load('session-b')).toBeUndefined()
    })
  })

  describe('a foreign value', () => {
    const foreign = {
      'a string': () => client.set(record, 'foreign'),
      'a list': () => client.rPush(record, 'foreign'),
      'a hash without a version': () => client.hSet(record, 'value', 'foreign'),
      'a hash without a value': () => client.hSet(record, 'version', 'foreign'),
    }
    for (const [name, put] of Object.entries(foreign)) {
      it(`is reported as damaged and kept under another key until it is removed: ${name}`, async () => {
        await put()
        const store = openStore(client, { prefix })
        await expect(store.save('session-a', 'a', null)).rejects.toMatchObject({ code: 'store_conflict' })
        const aside = `${prefix}damaged:{session-a}`
        const thrown = await store.load('session-a').catch((error: unknown) => error)
        expect(thrown).toMatchObject({ code: 'store_damaged', details: { place: record, keptAt: aside } })
        expect(findLeaks(thrown, ['foreign'])).toEqual([])
        expect(await client.exists(aside)).toBe(1)
        expect(await client.pTTL(aside)).toBeGreaterThan(399 * day)

        expect(await store.load('session-a')).toBeUndefined()
        const version = await store.save('session-a', 'new', null)
        expect(await client.exists(aside)).toBe(1)
        await store.remove('session-a', version)
        expect(await client.exists([aside, record])).toBe(0)
      })
    }

    it('is removed even if there is no record', async () => {
      await client.set(record, 'foreign')
      const store = openStore(client, { prefix })
      await store.load('session-a').catch(() => {})
      await store.remove('session-a', null)
      expect(await client.keys(`${prefix}*`)).toEqual([])
    })
  })

  it('sends secrets as values only: in no key, script or channel', async () => {
    const secret = 'planted-5up3r-5ecret'
    const monitor = await connectClient(server.url)
    const seen: string[] = []
    await monitor.monitor((line) => seen.push(String(line)))
    const store = openStore(client, { prefix })
    await store.withLock('session-a', async () => {
      const version = await store.save('session-a', secret, null)
      await store.load('session-a')
      await store.save('session-a', `${secret}-2`, version)
      await store.save('session-a', `${secret}-3`, 'no-version').catch(() => {})
    })
    await client.set('the-end', '1')
    await waitUntil(() => seen.some((line) => line.includes('the-end')))

    const withSecret = seen.filter((line) => line.includes(secret)).map(wordsOf)
    expect(withSecret.length).toBeGreaterThanOrEqual(3)
    for (const [command, ...words] of withSecret) {
      const holding = words.filter((word) => word.includes(secret))
      expect(holding).toHaveLength(1)
      // EVAL script 1 KEY version VALUE …, and what the script itself runs: HSET KEY version … value VALUE
      expect([command, words.indexOf(holding[0] ?? '')]).toEqual(command === 'EVAL' ? ['EVAL', 4] : ['HSET', 4])
    }
    expect(seen.filter((line) => /"(PUBLISH|SUBSCRIBE|CLIENT)"/i.test(line))).toEqual([])
  })

  it('depends on the clock of Redis only: it sends the same commands on every date', async () => {
    const sentOn = async (date: number) => {
      const sent: string[] = []
      const spied: RedisClient = {
        isOpen: true,
        sendCommand: (args) => {
          sent.push(args.join(' ').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'RANDOM'))
          return client.sendCommand(args)
        },
      }
      const store = openStore(spied, { prefix })
      vi.spyOn(Date, 'now').mockReturnValue(date)
      await store.withLock('session-a', async () => {
        const version = await store.save('session-a', 'a', null, date + 60_000)
        await store.load('session-a')
        await store.remove('session-a', version)
      })
      return sent
    }
    const early = await sentOn(0)
    expect(early).toHaveLength(5)
    expect(await sentOn(Date.UTC(2100, 0, 1, 2, 3, 4, 567))).toEqual(early)
  })

  async function expectTtl(milliseconds: number, key = record): Promise<void> {
    const left = await client.pTTL(key)
    expect(left).toBeLessThanOrEqual(milliseconds)
    expect(left).toBeGreaterThan(milliseconds - 60_000)
  }
})

/** A line of MONITOR without its time and address: words in quotes, JSON but for `\x…`. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => word ?? '')
}

describe('redisStore', () => {
  it.each([
    ['nothing', undefined],
    ['a URL', 'redis://127.0.0.1:6379'],
    ['a promise of a client', Promise.resolve()],
    ['another object', { get: () => {} }],
  ])('rejects %s in place of a client at once, and says what to pass', (_, wrong) => {
    expect(() => redisStore(wrong as unknown as RedisClient)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: expect.objectContaining({ parameter: 'client' }),
        message: expect.stringMatching(/^client must be a client, a cluster or a sentinel .*\. (Pass|Await) /),
      }),
    )
  })
})
