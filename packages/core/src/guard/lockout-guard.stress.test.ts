import { SimulatedClock } from '@particle-grants/test-kit'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { challenged, noResponse, refused, success, throttled } from '../../test/guard-responses.ts'
import { useSyncDigest } from '../../test/sync-digest.ts'
import { developerClient, productClient } from '../clients.ts'
import { GrantsError } from '../errors.ts'
import type { ResponseEvent } from '../machine/event.ts'
import { particleUrl } from '../protocol/base-url.ts'
import { Secret } from '../secret.ts'
import { memoryStore, type Store } from '../store.ts'
import { account, customer } from '../subject.ts'
import type { TokenRequestInfo } from './account-request.ts'
import { LockoutGuard, type Permit } from './lockout-guard.ts'

useSyncDigest()

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const product = productClient({ id: 'my-product-1234', secret: 'product-secret' })

function login(name: string, password = 'right'): TokenRequestInfo {
  return {
    client: developerClient(),
    grantType: 'password',
    subject: account(name),
    password: new Secret(password),
    isExplicit: true,
    force: false,
    createsCustomer: false,
  }
}

function customerToken(name: string): TokenRequestInfo {
  return {
    client: product,
    grantType: 'client_credentials',
    subject: customer(name),
    password: undefined,
    isExplicit: false,
    force: false,
    createsCustomer: false,
  }
}

/** The same records through another object, as another process has it. */
function sharedStore(data: Store): Store {
  return {
    load: (key) => data.load(key),
    save: (key, value, version) => data.save(key, value, version),
    remove: (key, version) => data.remove(key, version),
    withLock: (key, task) => data.withLock(key, task),
  }
}

/** A process: its own clock object, and so its own registry, at the common time. */
function startProcess(store: Store, time: SimulatedClock): LockoutGuard {
  const clock = { now: () => time.now(), sleep: async () => {} }
  return new LockoutGuard({
    baseUrl: particleUrl,
    store,
    clock,
    maxWaitMs: 0,
    isEnabled: true,
  })
}

const responses: readonly (ResponseEvent | undefined)[] = [
  success,
  challenged,
  refused('invalid_grant'),
  refused('invalid_scope'),
  refused('invalid_client'),
  throttled(30 * minute),
  throttled(),
  noResponse,
  undefined,
]

type Step =
  | {
      readonly type: 'send'
      readonly name: string
      readonly password: string
      readonly isAutomatic: boolean
      readonly force: boolean
    }
  | { readonly type: 'settle'; readonly response: ResponseEvent | undefined; readonly count: number }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'crash' | 'lose' | 'damage' | 'poison' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('send' as const),
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      password: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
      isAutomatic: fc.boolean(),
      force: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('settle' as const),
      // Mostly refusals, so that many walks reach nine of them.
      response: fc.oneof(fc.constantFrom(...responses), fc.constant(refused('other_error'))),
      count: fc.nat(4),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      ms: fc.constantFrom(1, minute, 29 * minute, 30 * minute, hour, day, -minute, -hour, -365 * day),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('crash', 'lose', 'damage', 'poison') }) },
)

/** Half of the walks start with nine refusals. */
const refusedNineTimes: readonly Step[] = Array.from({ length: 9 }, (): Step[] => [
  { type: 'send', name: 'a', password: 'p1', isAutomatic: false, force: true },
  { type: 'settle', response: refused('other_error'), count: 0 },
]).flat()
const steps = fc
  .tuple(fc.constantFrom([], refusedNineTimes), fc.array(step, { minLength: 10, maxLength: 80 }))
  .map((parts) => parts.flat())

/** Walks through the steps, and checks what the guard promises after each of them. */
async function walk(walked: readonly Step[], createStore: (data: Store) => Store): Promise<number> {
  const time = new SimulatedClock()
  const data = memoryStore()
  const key = `guard-2-${await hashBaseUrl()}`
  let guard = startProcess(createStore(data), time)
  let open: { readonly permit: Permit; readonly name: string }[] = []
  /** Refusals in a row that this process has seen, and how long ago the ninth was. */
  let refusals = 0
  let sinceNinthMs = 0
  let ninths = 0
  /** Attempts of each account that a refusal, a crash or a request in flight keeps taken, however long ago. */
  const taken = new Map<string, number>()
  const addTaken = (name: string, change: number) => taken.set(name, (taken.get(name) ?? 0) + change)
  const refusedNames = new Set<string>()
  let isPoisoned = false
  const acquire = async (info: TokenRequestInfo) => {
    const caller = { startedAt: guard.now() }
    try {
      return await guard.acquire(info, caller)
    } catch (thrown) {
      const retryAt = GrantsError.isInstance(thrown) ? Number(thrown.retryAt) : Number.NaN
      if (GrantsError.isInstance(thrown) && thrown.code === 'backing_off') {
        const { account: name = '', rule } = thrown.details
        // The promise: what was not refused is held back only while the attempts of its account are used up.
        if (rule === 'secret') expect(refusedNames).toContain(name)
        if (rule === 'attempts' && !isPoisoned) expect(taken.get(name)).toBeGreaterThanOrEqual(8)
      }
      expect(retryAt).toBeGreaterThan(time.now())
      expect(retryAt).toBeLessThanOrEqual(time.now() + day)
      return undefined
    } finally {
      guard.leave(caller)
    }
  }
  const settle = async (response: ResponseEvent | undefined) => {
    const [sent] = open.splice(0, 1)
    if (sent === undefined) return
    await sent.permit.settle(response)
    if (response?.type !== 'refused') addTaken(sent.name, -1)
    if (response?.type === 'refused') for (const name of [sent.name, 'particle', product.id]) refusedNames.add(name)
    if (response === success) refusals = 0
    if (response?.type !== 'refused') return
    refusals += 1
    if (refusals !== 9) return
    sinceNinthMs = 0
    ninths += 1
  }
  for (const taking of walked) {
    if (taking.type === 'send') {
      const info = taking.isAutomatic
        ? customerToken(taking.name)
        : { ...login(taking.name, taking.password), force: taking.force }
      const permit = await acquire(info)
      if (permit === undefined || permit === 'at_capacity') continue
      open.push({ permit, name: taking.name })
      addTaken(taking.name, 1)
      if (taking.isAutomatic && refusals >= 9) expect(sinceNinthMs).toBeGreaterThanOrEqual(30 * minute)
    } else if (taking.type === 'settle') {
      for (let count = 0; count <= taking.count; count += 1) await settle(taking.response)
    } else if (taking.type === 'advance') {
      time.advance(taking.ms)
      sinceNinthMs += Math.max(0, taking.ms)
    } else if (taking.type === 'crash') {
      guard = startProcess(createStore(data), time)
      open = []
      refusals = 0
    } else {
      const version = (await data.load(key))?.version
      if (version !== undefined && taking.type === 'lose') await data.remove(key, version)
      if (version !== undefined && taking.type === 'damage') await data.save(key, '{"refusals":1', version)
      if (version !== undefined && taking.type === 'poison') {
        isPoisoned = true
        await data.save(key, poison(String((await data.load(key))?.value), time.now()), version)
      }
    }
  }
  // Nothing is permanent: a day after the next call, every request is permitted again.
  while (open.length > 0) await settle(noResponse)
  const last = await acquire(login('a'))
  if (last !== undefined && last !== 'at_capacity') await last.settle(noResponse)
  time.advance(day)
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    for (const info of [login(name), customerToken(name)]) {
      const permit = await acquire(info)
      expect(permit).toHaveProperty('settle')
      await (permit as Permit).settle(noResponse)
    }
  }
  return ninths
}

/** The record with the longest waits that an attacker could write into it. */
function poison(text: string, now: number): string {
  const record = text.endsWith('}') ? JSON.parse(text) : {}
  const accounts = (record.accounts ?? []).map(([id, , ...rest]: unknown[]) => {
    return [id, 1e6, now + 1e5, ...rest.slice(1).map((field) => (typeof field === 'number' ? field * 10 : field))]
  })
  const waits = [{ rule: 'lockout', startedAt: now, waitMs: 1e18 }]
  return JSON.stringify({ ...record, sentAt: [now + 1e5, ...Array(200).fill(0)], waits, accounts })
}

async function hashBaseUrl(): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([particleUrl]))
  return Buffer.from(await crypto.subtle.digest('SHA-256', text)).toString('hex')
}

describe('any walk of requests, responses, crashes, clock jumps and lost records', () => {
  it.each([
    ['a memory store', () => memoryStore()],
    ['a shared store', sharedStore],
  ] as const)('keeps the promises of the guard on %s', async (_, createStore) => {
    let ninths = 0
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        ninths += await walk(taken, createStore)
      }),
      { numRuns: rounds({ test: 100, stress: 3000 }) },
    )
    // The walks would prove nothing if they stayed below nine refusals.
    expect(ninths).toBeGreaterThan(0)
    reportCounts('lockout guard walks', { 'ninth refusals': ninths })
  })
})

/** Particle as documented: ten refusals in a row lock the address out for 30 minutes. */
function createEndpoint(time: SimulatedClock) {
  let refusals = 0
  let lockedUntil = 0
  const counts = { requests: 0, lockouts: 0 }
  const request = (isRight: boolean, error: string): ResponseEvent => {
    counts.requests += 1
    if (time.now() < lockedUntil) return throttled()
    if (isRight) {
      refusals = 0
      return success
    }
    refusals += 1
    if (refusals === 10) {
      counts.lockouts += 1
      lockedUntil = time.now() + 30 * minute
      refusals = 0
    }
    return refused(error)
  }
  return { request, counts }
}

/** Small and repeatable: the same numbers in each run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

function simulate() {
  const time = new SimulatedClock()
  const guard = startProcess(memoryStore(), time)
  const { request, counts } = createEndpoint(time)
  /** Whether the request succeeded. */
  const call = async (info: TokenRequestInfo, isRight: boolean, error = 'invalid_grant') => {
    const caller = { startedAt: guard.now() }
    const acquire = () =>
      guard
        .acquire(info, caller)
        .catch(() => undefined)
        .finally(() => guard.leave(caller))
    let permit = await acquire()
    while (permit === 'at_capacity') {
      // The rate limit delays the call.
      time.advance(1000)
      permit = await acquire()
    }
    if (permit === undefined) return false
    const response = request(isRight, error)
    await permit.settle(response)
    return response === success
  }
  return { time, guard, counts, call }
}

describe('simulated days', () => {
  it('lose no good sign-in to wrong passwords of other accounts', async () => {
    for (const wrongShare of [0.05, 0.2]) {
      const { time, counts, call } = simulate()
      const random = createRandom(7)
      const lost: string[] = []
      const total = rounds({ test: 300, stress: 24_000 })
      for (let sent = 0; sent < total; sent += 1) {
        const isRight = random() >= wrongShare
        const name = `user-${Math.floor(random() * 1e6)}`
        if (!(await call(login(name), isRight)) && isRight) lost.push(name)
        time.advance(-Math.log(1 - random()) * 3600)
      }
      expect(lost).toEqual([])
      expect(counts.lockouts).toBe(0)
    }
  })

  it('lose no sign-in of others while one account is attacked every two seconds', async () => {
    const { time, counts, call } = simulate()
    let lost = 0
    const seconds = rounds({ test: 1800, stress: 86_400 })
    for (let second = 0; second < seconds; second += 2) {
      await call(login('victim', `guess ${second}`), false)
      if (second % 4 === 0 && !(await call(login(`user-${second}`), true))) lost += 1
      time.advance(2000)
    }
    expect(lost).toBe(0)
    expect(counts.lockouts).toBe(0)
  })

  it('end with six lockouts when one program sends a wrong password every minute for 60 days', async () => {
    const { time, counts, call } = simulate()
    const stepMs = rounds({ test: 30 * minute, stress: minute })
    for (let elapsed = 0; elapsed < 60 * day; elapsed += stepMs) {
      await call({ ...login('program', 'wrong'), isExplicit: false }, false)
      time.advance(stepMs)
    }
    expect(counts.lockouts).toBeLessThanOrEqual(6)
    expect(counts.requests).toBeLessThanOrEqual(70)
  })

  it('need no person after a batch over deleted customers', async () => {
    const { time, guard, counts, call } = simulate()
    const batch = Array.from({ length: rounds({ test: 50, stress: 500 }) }, (_, index) =>
      customerToken(`deleted-${index}@example.com`),
    )
    const requests = await Promise.all(
      batch.map((info) => {
        const caller = { startedAt: 0 }
        return guard
          .acquire(info, caller)
          .catch(() => undefined)
          .finally(() => guard.leave(caller))
      }),
    )
    const permits = requests.filter((one): one is Permit => typeof one === 'object')
    expect(permits).toHaveLength(9)
    for (const { settle } of permits) await settle(refused('invalid_scope'))
    for (let hours = 0; hours < 24; hours += 1) {
      for (const info of batch) await call(info, false, 'invalid_scope')
      time.advance(hour)
    }
    expect(await call(login('a-person'), true)).toBe(true)
    expect(await call(customerToken('jane@example.com'), true)).toBe(true)
    expect(counts.lockouts).toBeLessThanOrEqual(3)
  })

  it('cause no wait after outages and crashes with requests in flight', async () => {
    const data = memoryStore()
    const time = new SimulatedClock()
    for (let days = 0; days < 30; days += 1) {
      const guard = startProcess(sharedStore(data), time)
      const acquired = await Promise.all(
        Array.from({ length: 9 }, (_, index) => guard.acquire(customerToken(`customer-${index}`), { startedAt: 0 })),
      )
      // Some requests have no response, and the process ends before the others return.
      for (const permit of acquired.slice(5)) {
        if (permit !== 'at_capacity') await permit.settle(noResponse)
      }
      time.advance(hour)
    }
    const guard = startProcess(sharedStore(data), time)
    expect(await guard.acquire(customerToken('customer-1'), { startedAt: 0 })).toHaveProperty('settle')
    expect(await guard.acquire(login('a-person'), { startedAt: 0 })).toHaveProperty('settle')
  })
})
