import { createClock, createSandbox, defaultAccounts } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { isStressRun, reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import fc from 'fast-check'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import type { BurstInput } from '../programs/burst.ts'
import type { CrashingWriterInput } from '../programs/crashing-writer.ts'
import type { StoreLocation } from '../programs/open-store.ts'
import { client, jane, signInCustomer } from '../test/signed-in-customer.ts'
import { describeOnEachStore, type SharedStore } from '../test/stores.ts'

type CrashPoint = Exclude<CrashingWriterInput['crashAt'], null>

let writer: string
let burst: string
beforeAll(async () => {
  writer = await buildProgram(new URL('../programs/crashing-writer.ts', import.meta.url))
  burst = await buildProgram(new URL('../programs/burst.ts', import.meta.url))
})

/** Short, because the process after the last crash waits for the locks of the crashed one. */
function withShortLease(location: StoreLocation): StoreLocation {
  return location.type === 'redis' ? { ...location, leaseMs: 2000 } : location
}

/** A sandbox with all its limits, the stored session of a customer, and processes that renew it or crash. */
async function openWorld({ start, freeLocks }: SharedStore) {
  const store = withShortLease(await start())
  const { sandbox, baseUrl, password } = await signInCustomer(store)
  const run = async (crashAt: CrashPoint | null) => {
    const now = sandbox.clock.now()
    const input: CrashingWriterInput = { baseUrl, client, customer: jane, password, store, now, crashAt }
    const process = runProgram(writer, { args: [JSON.stringify(input)] })
    const line = await process.next().catch(() => 'crashed')
    const { signal } = await process.exited
    if (line === 'crashed' && signal !== 'SIGKILL') throw new Error(process.errors())
    const [outcome = '', steps] = line.split(' in ')
    return { outcome, steps: Number.parseInt(steps ?? '0', 10) }
  }
  const tokenRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token')
  const countLockouts = () => tokenRequests().filter(({ status }) => status === 429).length
  return { sandbox, run, tokenRequests, countLockouts, freeLocks: () => freeLocks(store) }
}

/** Where a process crashes: mostly with a request in flight. */
const crashPoint = (steps: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<CrashPoint>('request', 'response') },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: steps }) },
  )
const pause = fc.constantFrom('1s', '3m', '31m')

describeOnEachStore('processes that crash while they renew a token', (shared) => {
  it('keep no other process from renewing it: the next one succeeds at once', async () => {
    const { steps: lastStep } = await (await openWorld(shared)).run(null)
    const crashes = fc.array(crashPoint(lastStep), { minLength: 1, maxLength: 2 })
    const walk = fc.array(fc.record({ crashes, pause }), {
      minLength: rounds({ test: 1, stress: 4 }),
      maxLength: rounds({ test: 2, stress: 6 }),
    })
    const counts = { walks: 0, crashes: 0, requests: 0, lockouts: 0 }
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const { sandbox, run, tokenRequests, countLockouts, freeLocks } = await openWorld(shared)
        for (const { crashes: points, pause: duration } of steps) {
          // Only the crashes of the last step end their leases, and the next process waits for that.
          await freeLocks()
          const outcomes = await Promise.all(points.map((crashAt) => run(crashAt)))
          counts.crashes += outcomes.filter(({ outcome }) => outcome === 'crashed').length
          sandbox.clock.advance(duration)
        }
        expect((await run(null)).outcome).toBe('renewed')
        counts.walks += 1
        counts.requests += tokenRequests().length
        counts.lockouts += countLockouts()
        expect(countLockouts()).toBe(0)
      }),
      { numRuns: rounds({ test: 1, stress: 2 }), endOnFailure: true },
    )
    reportCounts(`crashes during renewals on ${shared.name}`, counts)
  }, 900_000)

  // In `npm test` the walk above includes the other one.
  it.each(isStressRun ? (['request', 'response'] as const) : (['request'] as const))(
    'one after the other at the %s leave no wait behind, however many they are',
    async (crashAt) => {
      const { sandbox, run, countLockouts, freeLocks } = await openWorld(shared)
      for (let crashes = 0; crashes < rounds({ test: 2, stress: 6 }); crashes += 1) {
        await freeLocks()
        expect(await run(crashAt)).toMatchObject({ outcome: 'crashed' })
        sandbox.clock.advance('1s')
      }
      expect((await run(null)).outcome).toBe('renewed')
      expect(countLockouts()).toBe(0)
    },
    300_000,
  )
})

const customers = Array.from({ length: 30 }, (_, index) => `customer-${index}@example.com`)

describeOnEachStore('a process that is killed with 30 requests in flight', (shared) => {
  it('is followed by one that receives all 30 tokens, and by others as the rate limit permits', async () => {
    const location = await shared.start()
    const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
    const accounts = [
      ...defaultAccounts,
      ...customers.map((username) => ({ username, customerOf: '1234', password: 'a password' })),
    ]
    const sandbox = createSandbox({ clock, accounts })
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const run = () => {
      const input: BurstInput = {
        baseUrl: server.url,
        client,
        customers,
        store: location,
        now: clock.now(),
      }
      return runProgram(burst, { args: [JSON.stringify(input)] })
    }
    const crash = async () => {
      sandbox.failNext({ delay: 300_000, after: true, times: customers.length })
      const process = run()
      await expect.poll(() => sandbox.faults.list()).toEqual([])
      process.kill('SIGKILL')
      await process.exited
      await shared.freeLocks(location)
    }
    const everything = JSON.stringify({ done: customers.length })

    await crash()
    expect(await run().next()).toBe(everything)
    await crash()
    // 98 requests were sent in five minutes, and a call waits at most 15 seconds for the next ones.
    expect(JSON.parse(String(await run().next()))).toEqual({ done: 8, rate_limited: customers.length - 8 })
    clock.advance('5m')
    expect(await run().next()).toBe(everything)
    expect(sandbox.requests().filter(({ status }) => status === 429)).toEqual([])
  })
})
