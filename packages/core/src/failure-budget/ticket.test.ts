import { describe, expect, it, vi } from 'vitest'
import { failed, granted, refused } from '../../test/events.ts'
import { now } from '../../test/states.ts'
import { GrantsError } from '../errors/grants-error.ts'
import type { Refusal } from '../machine/effect.ts'
import { memoryStore } from '../store/memory-store.ts'
import { type Candidate, FailureBudget, type Ticket } from './failure-budget.ts'
import { hardLimit, requestWindow } from './limits.ts'

const renewal: Candidate = {
  grant_type: 'client_credentials',
  lane: 'renewal',
  clientId: 'my-product-1234',
  scope: undefined,
  client: 'hash',
  request: 'request-hash',
  automatic: false,
  background: false,
  proven: false,
}

/** A budget whose sleepers move its clock. */
function budgetOf(store = memoryStore()) {
  const clock = {
    time: now,
    now: () => clock.time,
    sleep: async (milliseconds: number) => {
      clock.time += milliseconds
    },
  }
  const budget = new FailureBudget('https://api.particle.io', {
    store,
    clock,
    limits: { attempts: 5 },
    timeout: 30_000,
  })
  const enter = async (candidate: Partial<Candidate> = {}, signal?: AbortSignal) => {
    for (;;) {
      const ticket = await budget.enter({ ...renewal, ...candidate }, signal)
      if (ticket !== 'full') return ticket as Ticket & Refusal
      await budget.windowOpens(signal, false)
    }
  }
  /** The client of all these requests gets a token, and may use every place from then on. */
  const serve = async () => (await enter()).settle(granted())
  return { budget, clock, store, enter, serve }
}

describe('a request that was let go and never sent', () => {
  it('leaves no failure, however often', async () => {
    const { enter } = budgetOf()
    for (let times = 0; times < hardLimit * 2; times += 1) await (await enter()).settle(undefined)
    expect(await enter()).toHaveProperty('settle')
  })

  it('leaves its place in the window of five minutes as well', async () => {
    const { enter, clock } = budgetOf()
    for (let times = 0; times < requestWindow.requests * 2; times += 1) {
      await (await enter()).settle(undefined)
    }
    expect(clock.time).toBe(now)
    for (let times = 0; times < requestWindow.requests; times += 1) await (await enter()).settle(granted())
    expect(clock.time).toBe(now)
    await enter()
    expect(clock.time).toBe(now + requestWindow.milliseconds)
  })

  it('is not looked for in the window when that has passed already', async () => {
    const { enter, clock } = budgetOf()
    const early = await enter()
    clock.time += 60_000
    await (await enter()).settle(granted())
    clock.time += requestWindow.milliseconds - 60_000
    await (await enter()).settle(granted())
    await early.settle(undefined)
    expect(await enter()).toHaveProperty('settle')
  })
})

describe('a request that comes back after it was given up for lost', () => {
  it('with a token clears what was before it, and its own loss, but nothing that came after', async () => {
    const { enter, clock, serve } = budgetOf()
    await serve()
    await (await enter()).settle(refused('invalid_grant'))
    const lost = await enter()
    clock.time += 3 * 60_000
    for (let failures = 0; failures < hardLimit - 3; failures += 1) {
      await (await enter({ client: 'other', request: undefined })).settle(refused('invalid_grant'))
    }
    const stranger = { client: 'other', request: undefined }
    expect(await enter(stranger)).toMatchObject({ details: { failures: hardLimit - 1 } })
    await lost.settle(granted())
    for (let failures = 0; failures < 2; failures += 1) {
      await (await enter(stranger)).settle(refused('invalid_grant'))
    }
    expect(await enter(stranger)).toMatchObject({ code: 'failure_budget_spent' })
  })

  it('with a refusal counts once', async () => {
    const { enter, clock } = budgetOf()
    const lost = await enter()
    clock.time += 3 * 60_000
    await (await enter()).settle(refused('invalid_grant'))
    await lost.settle(refused('invalid_grant'))
    for (let failures = 2; failures < hardLimit - 1; failures += 1) {
      await (await enter()).settle(refused('invalid_grant'))
    }
    expect(await enter()).toMatchObject({ details: { failures: hardLimit - 1 } })
  })
})

describe('who gives up while waiting', () => {
  it('is let go with his own reason, before anything else is done', async () => {
    const { enter, store } = budgetOf()
    const exclusively = vi.spyOn(store, 'exclusively')
    await expect(enter({}, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(exclusively).not.toHaveBeenCalled()
  })

  it('while the place is written down leaves none behind', async () => {
    const { enter, store, serve } = budgetOf()
    await serve()
    const aborter = new AbortController()
    const save = store.save.bind(store)
    vi.spyOn(store, 'save').mockImplementationOnce(async (...record) => {
      aborter.abort(new Error('gone'))
      return save(...record)
    })
    await expect(enter({}, aborter.signal)).rejects.toThrow('gone')
    const places = await Promise.all(Array.from({ length: hardLimit }, () => enter()))
    expect(places.every((place) => 'settle' in place)).toBe(true)
  })

  it('in the very moment in which it is let go leaves no place behind', async () => {
    const { budget, enter, serve } = budgetOf()
    await serve()
    for (let moments = 0; moments < 12; moments += 1) {
      const aborter = new AbortController()
      const end = budget.subscribe(({ inFlight }) => {
        if (inFlight === 0) return
        const later = async () => {
          for (let moment = 0; moment < moments; moment += 1) await Promise.resolve()
          aborter.abort(new Error('gone'))
        }
        void later()
      })
      const place = await enter({}, aborter.signal).catch(() => undefined)
      await place?.settle(undefined)
      end()
    }
    const places = await Promise.all(Array.from({ length: hardLimit }, () => enter()))
    expect(places.every((place) => 'settle' in place)).toBe(true)
  })

  it('takes no place from others', async () => {
    const { budget, enter } = budgetOf()
    const places = await Promise.all(Array.from({ length: hardLimit }, () => enter()))
    const aborter = new AbortController()
    const waiting = enter({}, aborter.signal)
    await expect.poll(() => budget).toBeDefined()
    aborter.abort(new Error('gone'))
    await places[0]?.settle(granted())
    await expect(waiting).rejects.toThrow('gone')
    expect(await enter()).toHaveProperty('settle')
  })
})

describe('a record of the budget', () => {
  it('that the store says is damaged leaves one place, and that to a client served since, for as long as a lockout lasts', async () => {
    const store = memoryStore()
    const { enter, clock } = budgetOf(store)
    const load = vi
      .spyOn(store, 'load')
      .mockRejectedValueOnce(
        new GrantsError('store_damaged', { place: 'here', problem: 'cut off', keptAt: undefined }),
      )
    const refused = await enter()
    load.mockRestore()
    expect(refused).toMatchObject({
      code: 'failure_budget_spent',
      details: { failures: hardLimit - 1, until: clock.time + 30 * 60_000 },
    })
    clock.time += 30 * 60_000
    expect(await enter({ lane: 'attempt' })).toHaveProperty('settle')
  })

  it('that a later release wrote is left as it is, and lets nothing go', async () => {
    const store = memoryStore()
    const { enter } = budgetOf(store)
    await (await enter()).settle(undefined)
    const [key = ''] = await store.list()
    const record = await store.load(key)
    const later = String(record?.value).replace('"version":1', '"version":2')
    await store.save(key, later, String(record?.version))
    await expect(enter()).rejects.toMatchObject({ code: 'invalid_state' })
    expect((await store.load(key))?.value).toBe(later)
  })

  it.each([
    ['an error of its own', new Error('disk is gone')],
    [
      'another typed error',
      new GrantsError('store_unavailable', { store: 'redis', problem: 'gone', advice: 'Wait.' }),
    ],
  ])('that can’t be reached, with %s, lets nothing go', async (_, error) => {
    const store = memoryStore()
    const { enter } = budgetOf(store)
    vi.spyOn(store, 'load').mockRejectedValueOnce(error)
    await expect(enter()).rejects.toBe(error)
  })
})

describe('the window of five minutes', () => {
  it('is waited for while it is full, and for nothing that can’t be read: who enters is told what is wrong', async () => {
    const store = memoryStore()
    const { budget, serve, enter, clock } = budgetOf(store)
    await serve()
    for (let sent = 1; sent < requestWindow.requests; sent += 1) await (await enter()).settle(granted())
    const load = vi.spyOn(store, 'load').mockRejectedValueOnce(new Error('gone'))
    await budget.windowOpens(undefined, false)
    load.mockResolvedValueOnce({ value: 'garbage', version: '1' })
    await budget.windowOpens(undefined, false)
    load.mockRestore()
    expect(clock.time).toBe(now)
    await budget.windowOpens(undefined, false)
    expect(clock.time).toBe(now + requestWindow.milliseconds)
  })

  it('opens five minutes after a clock went back at the latest', async () => {
    const { serve, enter, clock } = budgetOf()
    await serve()
    for (let sent = 1; sent < requestWindow.requests; sent += 1) await (await enter()).settle(granted())
    clock.time -= 365 * 86_400_000
    const back = clock.time
    expect(await enter()).toHaveProperty('settle')
    expect(clock.time - back).toBe(requestWindow.milliseconds)
  })
})

describe('the places', () => {
  it('are nine in all: seven for anybody, the next for a renewal, the last for a client that was served', async () => {
    const { budget, enter, serve } = budgetOf()
    const seen: number[] = []
    await serve()
    budget.subscribe(({ inFlight }) => seen.push(inFlight))
    const stranger = { client: 'other', request: 'other-request' }
    const places = await Promise.all(
      Array.from({ length: hardLimit - 2 }, () => enter({ ...stranger, lane: 'authorization' })),
    )
    places.push(await enter({ ...stranger, lane: 'renewal' }), await enter({ lane: 'authorization' }))
    const waiting = [
      enter({ ...stranger, lane: 'authorization' }),
      enter({ ...stranger, lane: 'renewal' }),
      enter(),
    ]
    for (const place of places) await place.settle(granted())
    for (const place of await Promise.all(waiting)) expect(place).toHaveProperty('settle')
    expect(Math.max(...seen)).toBe(hardLimit)
  })

  it('heal by the last one: lost renewals take all the others, and the client’s own credentials clear them', async () => {
    const { enter, serve, clock } = budgetOf()
    await serve()
    const refresh = { grant_type: 'refresh_token', client: 'refreshing', request: undefined } as const
    for (let lost = 0; lost < 20; lost += 1) {
      const place = await enter(refresh)
      if ('settle' in place) await place.settle(failed())
      clock.time += 86_400_000
    }
    expect(await enter(refresh)).toMatchObject({
      code: 'failure_budget_spent',
      details: { until: undefined },
    })
    const own = await enter()
    await own.settle(failed())
    expect(await enter()).toMatchObject({
      code: 'failure_budget_spent',
      details: { failures: hardLimit, until: clock.time + 30 * 60_000 },
    })
    clock.time += 30 * 60_000
    await serve()
    expect(await enter(refresh)).toHaveProperty('settle')
  })
})
