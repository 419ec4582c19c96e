import { setTimeout } from 'node:timers/promises'
import { createSession, customer, productClient } from '@particle-grants/core'
import { describeStress, reportCounts } from '@particle-grants/test-kit/levels'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { send } from '../../../packages/store-redis/test/redis-cluster.ts'
import { RedisSentinel } from '../../../packages/store-redis/test/redis-sentinel.ts'
import { RedisServer } from '../../../packages/store-redis/test/redis-server.ts'
import { openStore, type StoreLocation } from '../programs/open-store.ts'
import type { RenewalLoopInput } from '../programs/renewal-loop.ts'
import { client, jane, signInCustomer } from '../test/signed-in-customer.ts'
import { describeOnEachProgram } from '../test/stores.ts'

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/renewal-loop.ts', import.meta.url))
})

/** What happens to a server that writes to disk before it replies, and the end of that. */
const outages = {
  async killed(server: RedisServer) {
    await server.kill()
    await setTimeout(Math.random() * 300)
    await server.start()
  },
  async paused(server: RedisServer) {
    server.pause()
    await setTimeout(500 + Math.random() * 500)
    server.resume()
  },
  async emptied(server: RedisServer) {
    await send(server, 'FLUSHALL')
  },
}

/** Processes renew a customer's token in a loop while `disturb` runs `times` times, each time after new renewals. */
async function renewDuring(
  location: StoreLocation,
  { times, disturb }: { times: number; disturb: () => Promise<void> },
) {
  const { sandbox, baseUrl, password } = await signInCustomer(location, {
    sandbox: { rateLimit: false, lockout: false },
  })
  const input: RenewalLoopInput = { baseUrl, client, customer: jane, password, store: location }
  const lines: string[] = []
  const loops = Array.from({ length: 3 }, () => {
    const loop = runProgram(program)
    loop.send(JSON.stringify(input))
    const listen = async () => {
      for (;;) lines.push(await loop.next())
    }
    // Reading ends with a rejection when the process exits.
    return { end: loop.end, ended: listen().catch(() => {}) }
  })
  const waitForRenewals = async () => {
    const before = lines.length
    await expect.poll(() => lines.length).toBeGreaterThan(before + 10)
  }
  for (let round = 0; round < times; round += 1) {
    await waitForRenewals()
    await disturb()
  }
  await waitForRenewals()
  for (const loop of loops) loop.end()
  await Promise.all(loops.map(({ ended }) => ended))

  const { store, close } = await openStore(location)
  const subject = customer(jane)
  const session = createSession({ client: productClient(client), subject, baseUrl, store })
  const response = await session.fetch('/v1/devices')
  close()
  const failures = lines.filter((line) => line !== 'refreshed' && line !== 'adopted')
  const requests = sandbox.requests().filter(({ path }) => path === '/oauth/token')
  const counts = {
    calls: lines.length,
    renewals: requests.filter(({ status }) => status === 200).length - 1,
    'refresh tokens refused': requests.filter(({ status }) => status === 400).length,
    'calls failed': failures.length,
    'tokens lost': response.status === 200 ? 0 : 1,
  }
  return { counts, failures }
}

describeStress('processes that renew the token of one customer', () => {
  describeOnEachProgram('while the server fails', (server, name) => {
    async function renewWhile(outage: keyof typeof outages): Promise<readonly string[]> {
      const redis = await RedisServer.start(server, { settings: RedisServer.persistent })
      onTestFinished(() => redis.remove())
      const times = 20
      const location = { type: 'redis', url: redis.url } as const
      const { counts, failures } = await renewDuring(location, {
        times,
        disturb: () => outages[outage](redis),
      })
      reportCounts(`renewals while ${name} is ${outage}`, { times, ...counts })
      expect(counts['tokens lost']).toBe(0)
      return failures
    }

    // When it is emptied, the lock is lost as well, so several processes renew at once.
    it.each(['killed', 'paused', 'emptied'] as const)('lose no call and no token while it is %s', async (outage) => {
      expect(await renewWhile(outage)).toEqual([])
    })

    it('lose no call and no token while a sentinel fails over', async () => {
      const sentinel = await RedisSentinel.start(server)
      onTestFinished(() => sentinel.remove())
      const location = { type: 'redis', url: sentinel.sentinel.url, isSentinel: true } as const
      const { counts, failures } = await renewDuring(location, {
        times: 1,
        disturb: () => sentinel.primary.kill(),
      })
      reportCounts(`renewals while ${name} fails over`, { times: 1, ...counts })
      expect(failures).toEqual([])
      expect(counts['tokens lost']).toBe(0)
    })
  })
})
