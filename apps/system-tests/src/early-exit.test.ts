import { Worker } from 'node:worker_threads'
import { createSession, customer, productClient } from '@particle-grants/core'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, expect, it } from 'vitest'
import type { EarlyExitInput } from '../programs/early-exit.ts'
import { openStore } from '../programs/open-store.ts'
import { client, jane, ninetyDaysMs, signInCustomer } from '../test/signed-in-customer.ts'
import { describeOnEachStore } from '../test/stores.ts'

/** Moves the clock to shortly before the token expires: it is still returned, and renewed in the background. */
const aheadMs = ninetyDaysMs - 61_000

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/early-exit.ts', import.meta.url))
})

const runAs = {
  'a process': async (input: EarlyExitInput) => {
    const running = runProgram(program, { args: [JSON.stringify(input)] })
    const exit = await running.exited
    expect([exit, running.errors()]).toEqual([{ code: 0, signal: null }, ''])
  },
  'a worker thread': async (input: EarlyExitInput) => {
    const worker = new Worker(program, { argv: [JSON.stringify(input)] })
    const code = await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve))
    expect(code).toBe(0)
  },
}

const exits = ['after idle()', 'after waitUntil', 'when nothing is left to do'] as const

describeOnEachStore('a program that ends right after a call', ({ name, start }) => {
  // An open connection keeps a process running.
  const possible = exits.filter((exit) => name === 'a file store' || exit !== 'when nothing is left to do')
  const cases = Object.entries(runAs).flatMap(([kind, run]) => possible.map((exit) => ({ kind, run, exit })))

  it.each(cases)('loses no refresh token when $kind ends $exit', async ({ run, exit }) => {
    const location = await start()
    const { sandbox, baseUrl, listGrants } = await signInCustomer(location)
    sandbox.clock.advance(aheadMs)
    // The refresh token is used at once; a process that ends before the late response loses the new one.
    sandbox.failNext({
      delay: 100,
      after: true,
      match: { grant_type: 'refresh_token' },
    })
    await run({ baseUrl, client, customer: jane, store: location, aheadMs, exit })
    expect(listGrants()).toEqual(['password', 'refresh_token'])

    const { store, close } = await openStore(location)
    const session = createSession({
      client: productClient(client),
      subject: customer(jane),
      baseUrl,
      store,
      clock: { now: () => Date.now() + aheadMs },
    })
    await session.getAccessToken({ forceRefresh: true })
    close()
    const refreshes = sandbox.requests().filter(({ grant_type }) => grant_type === 'refresh_token')
    expect(refreshes.map(({ status, dropped }) => [status, dropped])).toEqual(Array(2).fill([200, undefined]))
  })
})
