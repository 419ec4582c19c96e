import { createSession, productClient } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import { isStressRun, reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MortalOrders } from '../programs/mortal.ts'
import { client, customerSignedIn, jane, temporaryFolder } from './world.ts'

type Death = Exclude<MortalOrders['diesAt'], null>

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/mortal.ts', import.meta.url))
})

/** A sandbox with its lockout on, a customer's session in files, and processes that renew it or die at it. */
async function openWorld() {
  const directory = temporaryFolder()
  const { sandbox, baseUrl, password } = await customerSignedIn({ type: 'file', directory })
  // A client that is known to be right: what its dead processes had sent hardly failed, and ceases to count in time.
  const store = fileStore({ directory })
  const clock = { now: () => sandbox.clock.now() }
  await createSession({ client: productClient(client), baseUrl, store, clock }).authorize()
  const run = async (diesAt: Death | null) => {
    const now = sandbox.clock.now()
    const orders: MortalOrders = { baseUrl, client, customer: jane, password, directory, now, diesAt }
    const one = runProgram(program, { args: [JSON.stringify(orders)] })
    const said = await one.next().catch(() => 'died')
    const { signal } = await one.exited
    if (said === 'died' && signal !== 'SIGKILL') throw new Error(one.errors())
    const [outcome = '', steps] = said.split(' in ')
    return { outcome, steps: Number.parseInt(steps ?? '0', 10) }
  }
  const tokenRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token')
  const lockedOut = () => tokenRequests().filter(({ status }) => status === 429).length
  /** How many pauses it takes until somebody who lives gets through. */
  const pausesUntilRenewed = async () => {
    for (let pauses = 1; pauses <= 12; pauses += 1) {
      sandbox.clock.advance('31m')
      const { outcome } = await run(null)
      if (outcome === 'renewed' || outcome === 'signed in') return pauses
    }
    return Number.POSITIVE_INFINITY
  }
  return { sandbox, run, tokenRequests, lockedOut, pausesUntilRenewed }
}

/** Where a process dies: mostly with a request under way, which is what the budget has to count. */
const death = (steps: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom<Death>('sending', 'answered') },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: steps }) },
  )
const pause = fc.constantFrom('1s', '3m', '31m')

describe('processes that die as they renew, with the failure budget as they leave it', () => {
  it('lock nobody out, and in the end a renewal is let go', async () => {
    const { steps: lastStep } = await (await openWorld()).run(null)
    const walk = fc.array(
      fc.record({ deaths: fc.array(death(lastStep), { minLength: 1, maxLength: 2 }), pause }),
      { minLength: rounds({ test: 3, stress: 8 }), maxLength: rounds({ test: 4, stress: 12 }) },
    )
    const counts = { walks: 0, deaths: 0, requests: 0, 'kept from being sent': 0, 'locked out': 0 }
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const { sandbox, run, tokenRequests, lockedOut, pausesUntilRenewed } = await openWorld()
        for (const { deaths, pause: wait } of steps) {
          const outcomes = await Promise.all(deaths.map((diesAt) => run(diesAt)))
          for (const { outcome } of outcomes) {
            counts.deaths += outcome === 'died' ? 1 : 0
            counts['kept from being sent'] += outcome === 'failure_budget_spent' ? 1 : 0
          }
          sandbox.clock.advance(wait)
        }
        expect(await pausesUntilRenewed()).toBeLessThan(Number.POSITIVE_INFINITY)
        counts.walks += 1
        counts.requests += tokenRequests().length
        counts['locked out'] += lockedOut()
        expect(lockedOut()).toBe(0)
      }),
      { numRuns: rounds({ test: 1, stress: 10 }), endOnFailure: true },
    )
    reportCounts('deaths with the budget as they leave it', counts)
  }, 600_000)

  // In `npm test` the walk above includes the other one.
  it.each(isStressRun ? (['sending', 'answered'] as const) : (['sending'] as const))(
    'one after the other while %s: the tenth is held back, and one goes through when the pause is over',
    async (diesAt) => {
      const { sandbox, run, lockedOut, pausesUntilRenewed } = await openWorld()
      for (let deaths = 0; deaths < 9; deaths += 1) {
        expect(await run(diesAt)).toMatchObject({ outcome: 'died' })
        sandbox.clock.advance('1s')
      }
      sandbox.clock.advance('3m')
      expect(await run(null)).toMatchObject({ outcome: 'failure_budget_spent' })
      expect(await pausesUntilRenewed()).toBeLessThan(Number.POSITIVE_INFINITY)
      expect(lockedOut()).toBe(0)
    },
    300_000,
  )
})
