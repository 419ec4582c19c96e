import { GrantsError } from '@particle-grants/core'
import { leaksIn } from '@particle-grants/test-kit'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { createClient } from 'redis'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Client, connected, storeAt, storeOn, until } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'
import type { RedisConnection } from './connection.ts'

/** How often a connection is cut in the middle of a save. */
const cuts = rounds({ test: 12, stress: 200 })
const secret = 'planted-5up3r-5ecret'

describe('options that can not be meant', () => {
  const client: RedisConnection = {
    isOpen: true,
    sendCommand: () => Promise.reject(new Error('never asked')),
  }
  const wrong = { ttl: 0, leaseDuration: 2 ** 31, lockTimeout: -1, commandTimeout: 0.5 }
  for (const [parameter, value] of Object.entries(wrong)) {
    it(`are refused at once: ${parameter} = ${value}`, () => {
      expect(() => storeOn(client, { [parameter]: value })).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          details: expect.objectContaining({ parameter }),
        }),
      )
    })
  }
})

describeOnEachServer('failures of redisStore', (program, name) => {
  let server: RedisServer

  beforeEach(async () => {
    server = await RedisServer.start(program)
    return () => server.remove()
  })

  /** Every method, and the error of each. */
  async function failuresOf(store: ReturnType<typeof storeOn>): Promise<unknown[]> {
    let ran = false
    const task = async () => {
      ran = true
    }
    const attempts = [
      store.load('session-a'),
      store.save('session-a', secret, null),
      store.remove('session-a', null),
      store.list(),
      store.exclusively('session-a', task),
    ]
    const outcomes = await Promise.all(attempts.map((attempt) => attempt.catch((thrown: unknown) => thrown)))
    expect(ran, 'no work without the lock').toBe(false)
    expect(leaksIn(outcomes, [secret])).toEqual([])
    return outcomes
  }

  async function expectUnavailable(store: ReturnType<typeof storeOn>, problem: RegExp): Promise<void> {
    for (const failure of await failuresOf(store)) {
      expect(failure).toMatchObject({ code: 'store_unavailable', details: { store: 'redis' } })
      if (!GrantsError.isInstance(failure) || failure.code !== 'store_unavailable') throw failure
      expect(failure.details.problem).toMatch(problem)
      expect(failure.details.advice).toMatch(/^[A-Z`].{20,}\.$/)
    }
  }

  describe('without Redis, everything rejects in time and no task runs:', () => {
    it('the server is gone', async () => {
      const store = await storeAt(server.url, { commandTimeout: 150 })
      await server.kill()
      await expectUnavailable(store, /^(no answer within 0\.[12] s|no connection( \(ECONN\w+\))?)$/)
    })

    it('the server is there, but answers nobody', async () => {
      const store = await storeAt(server.url, { commandTimeout: 150 })
      server.pause()
      await expectUnavailable(store, /^no answer within 0\.[12] s$/)
    })

    it('the client does not queue what it can not send', async () => {
      const client = createClient({
        url: server.url,
        disableOfflineQueue: true,
        socket: { reconnectStrategy: 20 },
      })
      client.on('error', () => {})
      await client.connect()
      onTestFinished(() => client.destroy())
      await server.kill()
      await expectUnavailable(storeOn(client, { commandTimeout: 150 }), /^no (connection|answer)/)
    })

    it('the client was never connected', async () => {
      await expectUnavailable(storeOn(createClient({ url: server.url })), /^its client is not connected$/)
    })

    it('the client was closed, by its owner: the store never does that', async () => {
      const client = await connected(server.url)
      const store = storeOn(client)
      await store.close()
      expect(client.isOpen).toBe(true)
      await client.close()
      await expectUnavailable(store, /^its client is not connected$/)
    })

    it('the user may not do this', async () => {
      const admin = await connected(server.url)
      await admin.sendCommand(['ACL', 'SETUSER', 'default', '-eval', '-scan'])
      await expectUnavailable(storeOn(admin), /^the server answered NOPERM$/)
    })

    it('the server knows no such command, and quotes what it was sent', async () => {
      await server.remove()
      server = await RedisServer.start(program, [
        '--rename-command',
        'EVAL',
        '',
        '--rename-command',
        'SCAN',
        '',
      ])
      await expectUnavailable(await storeAt(server.url), /^the server answered ERR$/)
    })
  })

  it('a full server takes no record, and gives those it has', async () => {
    const client = await connected(server.url)
    const store = storeOn(client)
    const version = await store.save('session-a', 'a', null)
    await client.configSet('maxmemory', '1')
    await expect(store.save('session-a', secret, version)).rejects.toMatchObject({
      details: { problem: 'the server answered OOM' },
    })
    expect((await store.load('session-a'))?.value).toBe('a')
  })

  it('what was given up is not sent later, when the server is back', async () => {
    const client = await connected(server.url)
    const store = storeOn(client, { commandTimeout: 100 })
    await server.kill()
    await failuresOf(store)
    await server.start()
    await until(() => client.isReady)
    expect(await client.keys('*')).toEqual([])
  })

  it('work goes on when the server is back in time', async () => {
    const store = await storeAt(server.url)
    await server.kill()
    const saving = store.exclusively('session-a', () => store.save('session-a', 'a', null))
    await server.start()
    const version = await saving
    expect(await store.load('session-a')).toEqual({ version, value: 'a' })
  })

  it('the user that the README describes may do everything', async () => {
    const admin = await connected(server.url)
    await admin.sendCommand([
      ...['ACL', 'SETUSER', 'grants', 'on', '>password', '~particle-grants:*'],
      ...'+eval +scan +type +hget +hset +pexpire +pttl +persist +rename +set +get +del'.split(' '),
    ])
    const url = server.url.replace('//', '//grants:password@')
    const store = await storeAt(url)
    const version = await store.exclusively('session-a', () => store.save('session-a', 'a', null))
    await (await storeAt(url, { ttl: null })).save('session-a', 'b', version)
    await admin.set('particle-grants:record:{session-b}', 'damaged')
    await expect(store.load('session-b')).rejects.toMatchObject({ code: 'store_damaged' })
    expect(await store.list()).toEqual(['session-a'])
    await store.remove('session-a', (await store.load('session-a'))?.version ?? null)
  })

  describe('a connection that is cut', () => {
    it('in the middle of many saves loses none, does none twice and fails none', async () => {
      const [store, other] = [await storeAt(server.url), await connected(server.url)]
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

    it('before the answer came: what was done is recognised, and not a conflict with itself', async () => {
      const client = await connected(server.url)
      const store = storeOn(losingEachFirstAnswer(client))
      const version = await store.exclusively('session-a', () => store.save('session-a', 'a', null))
      expect(await store.load('session-a')).toEqual({ version, value: 'a' })
      const next = await store.save('session-a', 'b', version)
      await expect(store.save('session-a', 'c', version)).rejects.toMatchObject({ code: 'store_conflict' })
      await expect(store.remove('session-a', version)).rejects.toMatchObject({ code: 'store_conflict' })
      await store.remove('session-a', next)
      expect(await client.keys('*')).toEqual([])
    })
  })
})

/** Every command is carried out, and the answer of its first try never arrives. */
function losingEachFirstAnswer(client: Client): RedisConnection {
  const tried = new Set<string>()
  return {
    isOpen: true,
    async sendCommand(args, options) {
      const answer = await client.sendCommand(args, options)
      // A second try of `remove` says that it is one.
      const text = args.filter((arg) => arg !== 'again' && arg !== '').join(' ')
      if (tried.has(text)) {
        tried.delete(text)
        return answer
      }
      tried.add(text)
      throw new Error('Socket closed unexpectedly')
    },
  }
}
