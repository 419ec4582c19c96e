import { rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { useSyncDigest } from '../test/sync-digest.ts'
import { createWorld } from '../test/worlds.ts'
import type { Session } from './session.ts'

useSyncDigest()

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const yearMs = 365 * dayMs
const lifetimeMs = 90 * dayMs
const tokenPattern = /^[0-9a-f]{40}$/

describe('years of use', () => {
  const years = rounds({ test: 1, stress: 40 })

  it('requests a token every 90 days for one use a day', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    const days = years * 365
    for (let uses = 0; uses < days; uses += 1) {
      await session.getAccessToken()
      await session.idle()
      clock.advance(dayMs)
    }
    // Each token expires exactly at a use, 90 days after it was requested: on the days 0, 90, 180 …
    expect(tokenRequests()).toHaveLength(Math.ceil(days / 90))
    expect(tokenRequests().every(({ status }) => status === 200)).toBe(true)
  })

  it('requests a token every 90 days less 150 seconds for one use every 150 seconds', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    const seen = new Set<string>()
    const interval = 150_000
    const uses = (years * yearMs) / interval
    for (let use = 0; use < uses; use += 1) {
      seen.add(await session.getAccessToken())
      await session.idle()
      clock.advance(interval)
    }
    // Renewal is due from 300 to 150 s before expiry, excluding 300. Uses fall on 300 s before, where it is not due,
    // and on 150 s before, where it is: a token lasts 90 days less 150 s, and the last use is 150 s before the end.
    const renewals = Math.floor((years * yearMs - interval) / (lifetimeMs - interval))
    expect(tokenRequests()).toHaveLength(1 + renewals)
    // The last renewal ran in the background of a use that returned the old token; the next use returned the new one.
    expect(seen.size).toBe(1 + renewals)
  })

  it('requests a token of 60 seconds at each use every other week', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 60 })
    const uses = years * 26
    for (let use = 0; use < uses; use += 1) {
      for (let calls = 0; calls < 10; calls += 1) await session.getAccessToken()
      await session.idle()
      clock.advance(14 * dayMs)
    }
    // The first use has the token of the sign-in. Each other use finds it expired, and its ten calls share one request.
    expect(tokenRequests()).toHaveLength(uses)
  })
})

describe('hours of use without a pause', () => {
  const hours = rounds({ test: 1, stress: 40 })

  it('renews a token of 60 seconds in the background at each use every 57 seconds', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 60 })
    const uses = (hours * 3600) / 57
    for (let use = 0; use < uses; use += 1) {
      expect(session.peekAccessToken()).toMatch(tokenPattern)
      await session.idle()
      clock.advance('57s')
    }
    // Renewal is due from 6 to 3 s before expiry at the latest: at 57 s, always. The first use is at 0 s.
    expect(tokenRequests()).toHaveLength(Math.ceil(uses))
  })

  it('requests a token of 60 seconds once a minute for one use every 20 seconds', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 60 })
    for (let use = 0; use < hours * 180; use += 1) {
      await session.getAccessToken()
      await session.idle()
      clock.advance('20s')
    }
    // At 40 s renewal is not due, at 60 s the token has expired: one request at each full minute, including the sign-in.
    expect(tokenRequests()).toHaveLength(hours * 60)
  })

  it('requests no token for minValidityMs that a new token would not have either', async () => {
    const { createProductSession, clock, tokenRequests } = createWorld()
    const session = createProductSession()
    await session.requestClientToken({ expiresIn: 3600 })
    for (let use = 0; use < hours * 360; use += 1) {
      expect(await session.getAccessToken({ minValidityMs: 2 * hourMs })).toMatch(tokenPattern)
      await session.idle()
      clock.advance('10s')
    }
    expect(tokenRequests().length).toBeLessThanOrEqual(1 + Math.ceil((hours * hourMs) / (55 * minuteMs)))
  })
})

/** A product's session whose own clock can be wrong, while Particle's is right. */
async function createSessionWithWrongClock(expiresIn: number) {
  const world = createWorld()
  const { clock, createProductSession, tokenRequests } = world
  let errorMs = 0
  const session = createProductSession({ clock: { now: () => clock.now() + errorMs } })
  await session.requestClientToken({ expiresIn })
  return {
    ...world,
    session,
    jump: (ms: number) => {
      errorMs += ms
    },
    /** Calls the API, and returns how many token requests that took. */
    async use(times = 5) {
      const before = tokenRequests().length
      for (let calls = 0; calls < times; calls += 1) {
        const response = await session.fetch('/v1/devices')
        expect(response.status).toBe(200)
        await session.idle()
      }
      return tokenRequests().length - before
    },
  }
}

describe('a clock that jumps', () => {
  it.each([
    ['an hour', hourMs],
    ['a day', dayMs],
    ['a year', yearMs],
    ['thirty years', 30 * yearMs],
  ])('by %s, either way, costs at most one request, and one when it is corrected', async (_, by) => {
    for (const expiresIn of [60, 3600, 7_776_000]) {
      for (const direction of [1, -1]) {
        const { use, jump, clock } = await createSessionWithWrongClock(expiresIn)
        expect(await use()).toBe(0)
        jump(by * direction)
        expect(await use()).toBeLessThanOrEqual(1)
        expect(await use()).toBe(0)
        jump(-by * direction)
        expect(await use()).toBeLessThanOrEqual(1)
        expect(await use()).toBe(0)
        // From then on, tokens are renewed as before.
        clock.advance(expiresIn * 1000 + 1000)
        expect(await use()).toBe(1)
        clock.advance(expiresIn * 1000 + 1000)
        expect(await use()).toBe(1)
      }
    }
  })

  it('because the machine was asleep costs one request for all callers', async () => {
    const { session, clock, tokenRequests } = await createSessionWithWrongClock(3600)
    clock.advance('8h')
    const tokens = await Promise.all(Array.from({ length: 50 }, () => session.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('any number of times while time passes costs at most one request each, and no call fails', async () => {
    const step = fc.record({
      jump: fc.constantFrom(
        ...[0, 0, minuteMs, 7 * minuteMs, hourMs, dayMs, yearMs],
        ...[-minuteMs, -7 * minuteMs, -hourMs, -dayMs, -yearMs],
      ),
      pass: fc.constantFrom(0, 1000, minuteMs, hourMs, 40 * dayMs),
    })
    // Not: a clock that goes back by exactly the time that passes. Then a token that expired looks like a new one that the API
    // rejects, and after two of these the session backs off.
    const jumps = fc.array(
      step.filter(({ jump, pass }) => jump === 0 || jump + pass !== 0),
      { minLength: 1, maxLength: rounds({ test: 3, stress: 12 }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(60, 3600, 7_776_000), jumps, async (expiresIn, steps) => {
        const { use, jump, clock } = await createSessionWithWrongClock(expiresIn)
        for (const step of steps) {
          jump(step.jump)
          clock.advance(step.pass)
          expect(await use(2)).toBeLessThanOrEqual(1)
          expect(await use(2)).toBe(0)
        }
      }),
      { numRuns: rounds({ test: 100, stress: 200 }) },
    )
  })
})

describe('the lifetime of a token', () => {
  /** Time passes before the request is served, and after. */
  const createSlowSession = ([before, after]: readonly [number, number]) => {
    const world = createWorld()
    const fetch: typeof world.options.fetch = async (url, init) => {
      world.clock.advance(before)
      const response = await world.options.fetch(url, init)
      world.clock.advance(after)
      return response
    }
    return { ...world, session: world.createProductSession({ fetch }) }
  }
  const getExpiresAt = ({ state }: Session) => state.status === 'signed_in' && state.tokens.expiresAt

  it.each([
    ['to be sent', [20_000, 0]],
    ['to be answered', [0, 20_000]],
    ['for both', [10_000, 10_000]],
  ] as const)('starts at the request, however long it took %s', async (_, times) => {
    const { session, clock } = createSlowSession(times)
    const startedAt = clock.now()
    await session.requestClientToken({ expiresIn: 60 })
    expect(clock.now()).toBe(startedAt + 20_000)
    clock.set(startedAt + 59_999)
    expect(session.peekAccessToken()).toMatch(tokenPattern)
    clock.set(startedAt + 60_000)
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it('is never negative, even if the clock is set back before the response arrives', async () => {
    const { createProductSession, options, clock } = createWorld()
    const startedAt = clock.now()
    const fetch: typeof options.fetch = async (url, init) => {
      const response = await options.fetch(url, init)
      clock.set(startedAt - hourMs)
      return response
    }
    const session = createProductSession({ fetch })
    await session.requestClientToken({ expiresIn: 3600 })
    expect(session.peekAccessToken()).toMatch(tokenPattern)
    expect(getExpiresAt(session)).toBeGreaterThan(clock.now())
  })

  it.each([1, 7_776_000, 315_576_000, 8.64e9])('may be %i seconds', async (expiresIn) => {
    const { createProductSession, clock } = createWorld()
    const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: expiresIn }
    const session = createProductSession({ fetch: async () => Response.json(body) })
    const startedAt = clock.now()
    await session.requestClientToken()
    expect(getExpiresAt(session)).toBe(startedAt + expiresIn * 1000)
    for (let calls = 0; calls < 100; calls += 1) expect(await session.getAccessToken()).toBe('f'.repeat(40))
    await session.idle()
    expect(clock.now()).toBe(startedAt)
  })
})
