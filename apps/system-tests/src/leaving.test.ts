import { Worker } from 'node:worker_threads'
import { createSession, customer, productClient } from '@particle-grants/core'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, expect, it } from 'vitest'
import type { LeaverOrders } from '../programs/leaver.ts'
import { openStore } from '../programs/open-store.ts'
import { describeOnEachStore } from '../test/stores.ts'
import { client, customerSignedIn, jane, ninetyDays } from './world.ts'

/** Moves the clock to shortly before the token expires: it is still returned, and renewed in the background. In ms. */
const ahead = ninetyDays - 61_000

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/leaver.ts', import.meta.url))
})

const runsAs = {
  'a process': async (orders: LeaverOrders) => {
    const leaver = runProgram(program, { args: [JSON.stringify(orders)] })
    const exit = await leaver.exited
    expect([exit, leaver.errors()]).toEqual([{ code: 0, signal: null }, ''])
  },
  'a worker thread': async (orders: LeaverOrders) => {
    const worker = new Worker(program, { argv: [JSON.stringify(orders)] })
    const code = await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve))
    expect(code).toBe(0)
  },
}

const ways = ['after settled()', 'after waitUntil', 'by having nothing left to do'] as const

describeOnEachStore('a process that ends right after a call', ({ name, open }) => {
  // An open connection keeps a process running.
  const possible = ways.filter((way) => name === 'a file store' || way !== 'by having nothing left to do')
  const cases = Object.entries(runsAs).flatMap(([as, run]) => possible.map((leaves) => ({ as, run, leaves })))

  it.each(cases)('loses no refresh token: $as that ends $leaves', async ({ run, leaves }) => {
    const orders = await open()
    const { sandbox, baseUrl, sent } = await customerSignedIn(orders)
    sandbox.clock.advance(ahead)
    // The refresh token is used at once, and a process that ends before the late response loses the new one.
    sandbox.failNext({
      delay: 100,
      after: true,
      match: { grant_type: 'refresh_token' },
    })
    await run({ baseUrl, client, customer: jane, store: orders, ahead, leaves })
    expect(sent()).toEqual(['password', 'refresh_token'])

    const { store, close } = await openStore(orders)
    const session = createSession({
      client: productClient(client),
      subject: customer(jane),
      baseUrl,
      store,
      clock: { now: () => Date.now() + ahead },
    })
    await session.renew()
    await close()
    const answered = sandbox.requests().filter(({ grant_type }) => grant_type === 'refresh_token')
    expect(answered.map(({ status, dropped }) => [status, dropped])).toEqual(Array(2).fill([200, undefined]))
  })
})
