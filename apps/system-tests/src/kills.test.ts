import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createSession, customer, productClient, resetFailureBudget } from '@particle-grants/core'
import { createClock, defaultClients } from '@particle-grants/sandbox'
import {
  buildProgram,
  type Program,
  reportCounts,
  rounds,
  runProgram,
} from '@particle-grants/test-kit/programs'
import { beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../programs/open-store.ts'
import type { RenewerOrders } from '../programs/renewer.ts'
import { customerSignedIn, jane, temporaryFolder } from './world.ts'

/** The limit of 90 token requests in five minutes is kept, so the minutes have to be short. */
const speed = 20

/** A product client without `client_credentials`: nothing but the refresh token renews its customers' tokens. */
const refreshOnly = { id: 'refresh-only-1234', secret: 'refresh-only-secret' }

let program: string
beforeAll(async () => {
  program = await buildProgram(new URL('../programs/renewer.ts', import.meta.url))
})

async function world() {
  const directory = temporaryFolder()
  const store = { type: 'file', directory } as const
  const product = defaultClients.find(({ id }) => id === 'my-product-1234')
  const clients = [...defaultClients, { ...product, ...refreshOnly, grants: ['password', 'refresh_token'] }]
  const signedIn = await customerSignedIn(store, {
    client: refreshOnly,
    // Its `Date` runs as fast as the clocks of those who ask.
    sandbox: {
      clients: clients as typeof defaultClients,
      clock: createClock({ now: () => Date.now() * speed }),
      rateLimit: false,
      lockout: false,
    },
    speed,
  })
  const orders: RenewerOrders = {
    baseUrl: signedIn.baseUrl,
    client: refreshOnly,
    customer: jane,
    password: signedIn.password,
    store,
    speed,
  }
  return { ...signedIn, orders, directory }
}

describe('processes that renew one customer’s token on a file store, and are killed at random', () => {
  it('lose no token, and send no refresh token twice but after its answer was lost', async () => {
    const kills = rounds({ short: 6, full: 500 })
    const { sandbox, orders, directory } = await world()
    const begin = () => {
      const one = runProgram(program)
      one.send(JSON.stringify(orders))
      return one
    }
    const opened = await openStore(orders.store)
    const running: Program[] = [begin(), begin(), begin()]
    await Promise.all(running.map((one) => one.next()))
    for (let killed = 0; killed < kills; killed += 1) {
      const index = killed % running.length
      const victim = running[index] as Program
      // It has done something, and is doing something else when it dies.
      await victim.next()
      await setTimeout(Math.random() * 100)
      victim.kill('SIGKILL')
      await victim.exited
      running[index] = begin()
      // Each death in the middle may be a failure, for all that the budget knows; here somebody knows better.
      await resetFailureBudget(opened.store, orders.baseUrl)
    }
    await Promise.all(running.map((one) => one.next()))
    for (const one of running) one.end()
    await Promise.all(running.map(({ exited }) => exited))

    const refreshes = sandbox.requests().filter(({ grant_type }) => grant_type === 'refresh_token')
    const spent = refreshes.filter(({ status }) => status === 400)
    const { store, close } = opened
    const session = createSession({
      client: productClient(refreshOnly),
      subject: customer(jane),
      baseUrl: orders.baseUrl,
      store,
      clock: { now: () => Date.now() * speed },
    })
    const state = await session.restore()
    const answer = await session.fetch('/v1/devices')
    await close()
    reportCounts('renewals killed at random', {
      kills,
      'refreshes answered': refreshes.length,
      'of these with a token that was spent': spent.length,
      'lost tokens': answer.status === 200 ? 0 : 1,
    })
    expect(state.status).toBe('signed_in')
    expect(answer.status).toBe(200)
    // Each is the one retry of a refresh whose answer was lost with the process that waited for it.
    expect(spent.length).toBeLessThanOrEqual(kills)
    expect(refreshes.length).toBeGreaterThan(spent.length)
    for (const text of filesIn(directory)) {
      expect(text).not.toContain(orders.password)
      expect(text).not.toContain(orders.client.secret)
    }
  }, 600_000)
})

/** Every file below a folder, as text. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
