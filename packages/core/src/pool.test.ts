import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { product, sandboxed, sessionKeys } from '../test/sandboxed.ts'
import { developerClient, type ProductClient, productClient } from './clients.ts'
import type { BudgetProgress } from './failure-budget/failure-budget.ts'
import { createSessionPool } from './pool.ts'
import { memoryStore } from './store/memory-store.ts'

const client = productClient(product)

/** A sandbox whose product has this many customers, and a clock whose sleepers move it. */
async function withCustomers(count: number) {
  const names = Array.from({ length: count }, (_, index) => `customer-${index}@example.com`)
  const world = await sandboxed()
  const { sandbox, baseUrl, clock } = world
  const addCustomer = async (email: string) => {
    await sandbox.fetch(`${baseUrl}/v1/products/1234/customers`, {
      method: 'POST',
      body: new URLSearchParams({
        email,
        no_password: 'true',
        client_id: product.id,
        client_secret: product.secret,
        grant_type: 'client_credentials',
      }),
    })
  }
  for (const name of names) await addCustomer(name)
  const sleeping = {
    now: () => clock.now(),
    // Minutes pass at once; the moments that one waits for another request pass as they do.
    sleep: async (milliseconds: number) => {
      if (milliseconds < 1000) await setTimeout(milliseconds)
      else clock.advance(milliseconds)
    },
  }
  return { ...world, names, addCustomer, clock: sleeping, advance: clock.advance }
}

describe('a pool of customers', () => {
  it("gives each customer's own token, asked for once with the client's credentials", async () => {
    const { baseUrl, clock, names, tokenRequests } = await withCustomers(3)
    const pool = createSessionPool({ client, baseUrl, clock })
    const tokens = await Promise.all(
      [...names, ...names].map((name) => pool.customer(name.toUpperCase()).accessToken()),
    )
    expect(new Set(tokens).size).toBe(3)
    expect(
      tokenRequests()
        .map(({ form }) => form?.scope)
        .sort(),
    ).toEqual(names.map((name) => `customer=${name}`))
  })

  it('keeps them for every process that shares the store', async () => {
    const { baseUrl, clock, names, tokenRequests } = await withCustomers(2)
    const store = memoryStore()
    const [first, second] = [1, 2].map(() => createSessionPool({ client, baseUrl, clock, store }))
    for (const name of names) {
      expect(await first?.customer(name).accessToken()).toBe(await second?.customer(name).accessToken())
    }
    expect(tokenRequests()).toHaveLength(2)
    expect(await sessionKeys(store)).toHaveLength(2)
  })

  it('renews each when it has run out', async () => {
    const { baseUrl, clock, names, tokenRequests, advance } = await withCustomers(2)
    const pool = createSessionPool({ client, baseUrl, clock })
    const ask = () => Promise.all(names.map((name) => pool.customer(name).accessToken()))
    const before = await ask()
    advance('90d')
    const after = await ask()
    expect(new Set([...before, ...after]).size).toBe(4)
    expect(tokenRequests()).toHaveLength(4)
  })

  it('keeps no more in memory than it was told; the others are in the store', async () => {
    const { baseUrl, clock, names, tokenRequests } = await withCustomers(5)
    const pool = createSessionPool({ client, baseUrl, clock, maxSessions: 2 })
    for (const name of names) await pool.customer(name).accessToken()
    expect(pool.size).toBe(2)
    for (const name of names) await pool.customer(name).accessToken()
    expect(tokenRequests()).toHaveLength(5)
  })

  it('queues many customers for the limit of token requests, and says so, instead of failing', async () => {
    const { baseUrl, clock, names, tokenRequests } = await withCustomers(200)
    const pool = createSessionPool({ client, baseUrl, clock })
    const seen: BudgetProgress[] = []
    const end = pool.subscribe((progress) => seen.push(progress))
    const started = clock.now()
    const tokens = await Promise.all(
      names.map((name) => pool.customer(name).accessToken({ timeout: 60_000 })),
    )
    expect(new Set(tokens).size).toBe(200)
    expect(tokenRequests().every(({ status }) => status === 200)).toBe(true)
    // 90 at once, 90 after five minutes, 20 after ten.
    expect(clock.now() - started).toBe(10 * 60_000)
    expect(Math.max(...seen.map(({ queued }) => queued))).toBeGreaterThan(100)
    expect(Math.max(...seen.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(9)
    expect(seen.some(({ resumesAt }) => resumesAt === started + 5 * 60_000)).toBe(true)
    expect(seen.at(-1)).toEqual({ queued: 0, inFlight: 0, resumesAt: undefined })
    const told = seen.length
    end()
    await pool.customer(String(names[0])).renew()
    expect(seen).toHaveLength(told)
  })

  it('never asks by itself again for a customer who was refused, in any process, and goes on with the others', async () => {
    const { baseUrl, clock, names, tokenRequests, advance, addCustomer } = await withCustomers(3)
    const store = memoryStore()
    const pool = () => createSessionPool({ client, baseUrl, clock, store })
    const bad = () => pool().customer('nobody@example.com').accessToken()
    await expect(bad()).rejects.toMatchObject({ code: 'grant_refused' })
    for (let hours = 0; hours < 12; hours += 1) {
      advance('1h')
      await expect(bad()).rejects.toMatchObject({
        code: 'refused_before',
        details: { scope: 'customer=nobody@example.com' },
      })
    }
    const others = pool()
    expect(await Promise.all(names.map((name) => others.customer(name).accessToken()))).toHaveLength(3)
    expect(tokenRequests()).toHaveLength(1 + 3)
    // Somebody knows that it may succeed now.
    await addCustomer('nobody@example.com')
    await pool().customer('nobody@example.com').authorize()
    expect(await bad().catch(String)).toMatch(/^[0-9a-f]{40}$/)
  })

  it('never sends a refused client secret again by itself, for no customer', async () => {
    const { baseUrl, clock, names, tokenRequests } = await withCustomers(3)
    const wrong = productClient({ ...product, secret: 'wrong' })
    const pool = createSessionPool({ client: wrong, baseUrl, clock })
    const outcomes = await Promise.allSettled(names.map((name) => pool.customer(name).accessToken()))
    const codes = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code).sort()
    expect(codes).toContain('grant_refused')
    await expect(pool.customer('one-more@example.com').accessToken()).rejects.toMatchObject({
      code: 'refused_before',
      details: { clientId: product.id },
    })
    expect(tokenRequests().length).toBeLessThanOrEqual(3)
  })

  it('remembers in each session what was refused, however many there are', async () => {
    const { baseUrl, clock, names, tokenRequests, advance } = await withCustomers(1)
    const pool = createSessionPool({ client, baseUrl, clock })
    const bad = Array.from({ length: 30 }, (_, index) => `nobody-${index}@example.com`)
    for (const [index, name] of bad.entries()) {
      await expect(pool.customer(name).accessToken()).rejects.toMatchObject({ code: 'grant_refused' })
      // A success between them, or the failure budget would hold the rest back.
      if (index % 5 === 4) await pool.customer(String(names[0])).authorize()
    }
    const sent = tokenRequests().length
    for (let hours = 0; hours < 5; hours += 1) {
      advance('1h')
      for (const name of bad) {
        await expect(pool.customer(name).accessToken()).rejects.toMatchObject({ code: 'refused_before' })
      }
    }
    expect(tokenRequests()).toHaveLength(sent)
  })

  it('waits for background renewals on request', async () => {
    const { baseUrl, clock, names, tokenRequests, advance } = await withCustomers(1)
    const pool = createSessionPool({ client, baseUrl, clock })
    const session = pool.customer(String(names[0]))
    const token = await session.accessToken()
    advance(90 * 86_400_000 - 1000)
    expect(await session.accessToken()).toBe(token)
    await pool.settled()
    expect(session.peekToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it.each([
    ['another kind of client', { client: developerClient() as unknown as ProductClient }, 'client'],
    ['no room at all', { client, maxSessions: 0 }, 'maxSessions'],
  ])('refuses %s', (_, options, parameter) => {
    expect(() => createSessionPool(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', details: expect.objectContaining({ parameter }) }),
    )
  })

  it('refuses a name with blanks: it would change the scope', () => {
    expect(() => createSessionPool({ client }).customer('jane@example.com devices:list')).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})
