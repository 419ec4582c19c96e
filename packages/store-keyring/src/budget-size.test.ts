import { createSession, customer, type Fetch, memoryStore, productClient } from '@particle-grants/core'
import { createClock, createSandbox, defaultClients } from '@particle-grants/sandbox'
import { reportCounts } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'
import { FakeKeyring } from '../test/stores.ts'
import { encodeRecord, entryLimit } from './record.ts'

const client = { id: 'my-product-1234', secret: 'product-secret' }
const product = defaultClients.find(({ id }) => id === client.id)
if (product === undefined) throw new Error('The sandbox has no product client.')
/** As many as one address may hold, and more than are remembered. */
const served = Array.from({ length: 20 }, (_, index) => ({ ...product, id: `product-client-${index}` }))
const jane = 'jane@example.com'

/** Sessions of one product in one memory store, and a sandbox with a simulated clock. */
function world() {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const sandbox = createSandbox({ clock, clients: [...defaultClients, ...served] })
  const store = memoryStore()
  const waiting: (() => void)[] = []
  let gated = false
  const fetch: Fetch = async (url, init) => {
    if (gated) await new Promise<void>((resolve) => waiting.push(resolve))
    return (sandbox.fetch as Fetch)(url, init)
  }
  const common = { clock, store, fetch, timeout: 600_000 }
  return {
    sandbox,
    store,
    /** So long that 90 of it are just within five minutes, and no two times are alike. */
    wait: () => void clock.advance(3_321),
    owner: (credentials: { readonly id: string; readonly secret: string }) =>
      createSession({ ...common, client: productClient(credentials) }),
    customerOf: (name: string) =>
      createSession({ ...common, client: productClient(client), subject: customer(name) }),
    tokenRequests: () => sandbox.requests().filter(({ path }) => path === '/oauth/token'),
    /** From now on requests wait, until they are let go together. */
    close: () => {
      gated = true
    },
    waiting: () => waiting.length,
    open: () => {
      gated = false
      for (const go of waiting.splice(0)) go()
    },
    /** The size of the budget's keyring entry, in bytes. */
    budgetSize: async () => {
      const key = (await store.list()).find((name) => name.startsWith('budget-')) ?? ''
      const value = (await store.load(key))?.value ?? ''
      return encodeRecord({ version: crypto.randomUUID(), value }).length
    },
  }
}

describe('the record of the failure budget', () => {
  it('fits into a keyring entry with a full window, twenty rejected and twenty accepted clients and no free place', async () => {
    const { sandbox, store, wait, owner, customerOf, tokenRequests, close, waiting, open, budgetSize } =
      world()
    const password = String(sandbox.accounts.find(({ username }) => username === jane)?.password)
    const janes = customerOf(jane)
    await janes.login({ username: jane, password })
    const authorized = async () => {
      wait()
      const { id, secret } = served[tokenRequests().length % served.length] ?? client
      await owner({ id, secret: String(secret) }).authorize()
    }
    for (let refused = 0; refused < 20; refused += 1) {
      wait()
      await expect(owner({ ...client, secret: `wrong-${refused}` }).authorize()).rejects.toMatchObject({
        code: 'grant_refused',
      })
      if (refused % 5 === 4) await authorized()
    }
    while (tokenRequests().length < 80) await authorized()
    // Requests that were served may use every place.
    const nineServed = served.slice(-9).map(({ id, secret }) => ({ id, secret: String(secret) }))
    wait()
    await owner(nineServed.at(-1) ?? client).authorize()
    const sizes: Record<string, number> = { 'a full window': await budgetSize() }

    close()
    // One session per request: a session sends its requests one after the other.
    const starts = nineServed.map((credentials) => () => owner(credentials).authorize())
    const nine: Promise<unknown>[] = []
    for (const begin of starts) {
      wait()
      nine.push(begin())
      await expect.poll(waiting).toBe(nine.length)
    }
    const outcomes = Promise.allSettled(nine)
    sizes['and nine under way'] = await budgetSize()
    // Whether they failed can't be said, and the service asks to wait.
    sandbox.failNext({ drop: 'before', after: true, times: 8 })
    sandbox.failNext({ status: 429, headers: { 'retry-after': '1800' } })
    open()
    expect((await outcomes).map(({ status }) => status)).toEqual(Array(9).fill('rejected'))
    expect(tokenRequests()).toHaveLength(90)
    sizes['and nine that may have failed'] = await budgetSize()

    reportCounts('store-keyring, the failure budget', { ...sizes, limit: entryLimit })
    const keyring = new FakeKeyring().store()
    for (const key of await store.list()) {
      await keyring.save(key, String((await store.load(key))?.value), null)
    }
    // A little room is left for longer names and numbers.
    expect(Math.max(...Object.values(sizes))).toBeLessThanOrEqual(entryLimit - 200)
  })
})
