import { rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, minute } from '../../test/states.ts'
import { useSyncDigest } from '../../test/sync-digest.ts'
import { withoutSockets } from '../../test/worlds.ts'
import { tokensOf } from '../machine/state.ts'
import type { Fetch } from './http.ts'

useSyncDigest()

const hour = 60 * minute
const year = 365 * day
const lifetimeOfToken = 90 * day

describe('years of use', () => {
  const years = rounds({ test: 1, stress: 40 })

  it('requests a token every 90 days for one use a day', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize()
    const days = years * 365
    for (let uses = 0; uses < days; uses += 1) {
      await session.accessToken()
      await session.settled()
      clock.advance(day)
    }
    // Each token expires exactly at a use, 90 days after it was requested: on the days 0, 90, 180 …
    expect(tokenRequests()).toHaveLength(Math.ceil(days / 90))
    expect(tokenRequests().every(({ status }) => status === 200)).toBe(true)
  })

  it('requests a token every 90 days less 150 seconds for one use every 150 seconds', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize()
    const seen = new Set<string>()
    const interval = 150_000
    const uses = (years * year) / interval
    for (let use = 0; use < uses; use += 1) {
      seen.add(await session.accessToken())
      await session.settled()
      clock.advance(interval)
    }
    // Renewal is due from 300 to 150 s before expiry, excluding 300. Uses fall on 300 s before, where it is not due,
    // and on 150 s before, where it is: a token lasts 90 days less 150 s, and the last use is 150 s before the end.
    const renewals = Math.floor((years * year - interval) / (lifetimeOfToken - interval))
    expect(tokenRequests()).toHaveLength(1 + renewals)
    // The last renewal ran in the background of a use that returned the old token; the next use returned the new one.
    expect(seen.size).toBe(1 + renewals)
  })

  it('requests a token of 60 seconds at each use every other week', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 60 })
    const uses = years * 26
    for (let use = 0; use < uses; use += 1) {
      for (let calls = 0; calls < 10; calls += 1) await session.accessToken()
      await session.settled()
      clock.advance(14 * day)
    }
    // The first use has the token of the sign-in. Each other use finds it expired, and its ten calls share one request.
    expect(tokenRequests()).toHaveLength(uses)
  })
})

describe('hours of use without a pause', () => {
  const hours = rounds({ test: 1, stress: 40 })

  it('renews a token of 60 seconds in the background at each use every 57 seconds', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 60 })
    const uses = (hours * 3600) / 57
    for (let use = 0; use < uses; use += 1) {
      expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
      await session.settled()
      clock.advance('57s')
    }
    // Renewal is due from 6 to 3 s before expiry at the latest: at 57 s, always. The first use is at 0 s.
    expect(tokenRequests()).toHaveLength(Math.ceil(uses))
  })

  it('requests a token of 60 seconds once a minute for one use every 20 seconds', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 60 })
    for (let use = 0; use < hours * 180; use += 1) {
      await session.accessToken()
      await session.settled()
      clock.advance('20s')
    }
    // At 40 s renewal is not due, at 60 s the token has expired: one request at each full minute, including the sign-in.
    expect(tokenRequests()).toHaveLength(hours * 60)
  })
})

/** A product's owner whose own clock can be wrong while the service's goes on as it should. */
async function wrongClock(expiresIn: number) {
  const world = withoutSockets()
  const { clock, owner, tokenRequests } = world
  let wrongBy = 0
  const session = owner({ clock: { now: () => clock.now() + wrongBy } })
  await session.authorize({ expiresIn })
  return {
    ...world,
    session,
    jump: (by: number) => {
      wrongBy += by
    },
    /** Calls the API and returns how many token requests that took. */
    async use(times = 5) {
      const before = tokenRequests().length
      for (let calls = 0; calls < times; calls += 1) {
        const response = await session.fetch('/v1/devices')
        expect(response.status).toBe(200)
        await session.settled()
      }
      return tokenRequests().length - before
    },
  }
}

describe('a clock that jumps', () => {
  it.each([
    ['an hour', hour],
    ['a day', day],
    ['a year', year],
    ['thirty years', 30 * year],
  ])(
    'by %s costs at most one request when it jumps, and one when it is set right, either way',
    async (_, by) => {
      for (const expiresIn of [60, 3600, 7_776_000]) {
        for (const direction of [1, -1]) {
          const { use, jump, clock } = await wrongClock(expiresIn)
          expect(await use()).toBe(0)
          jump(by * direction)
          expect(await use()).toBeLessThanOrEqual(1)
          expect(await use()).toBe(0)
          jump(-by * direction)
          expect(await use()).toBeLessThanOrEqual(1)
          expect(await use()).toBe(0)
          // And from then on tokens are renewed as ever.
          clock.advance(expiresIn * 1000 + 1000)
          expect(await use()).toBe(1)
          clock.advance(expiresIn * 1000 + 1000)
          expect(await use()).toBe(1)
        }
      }
    },
  )

  it('is noticed when a machine wakes from sleep: one request, for everyone who waits', async () => {
    const { session, clock, tokenRequests } = await wrongClock(3600)
    clock.advance('8h')
    const tokens = await Promise.all(Array.from({ length: 50 }, () => session.accessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('any number of times, while time goes on, costs at most one request each, and no call fails', async () => {
    const jumps = fc.array(
      fc.record({
        jump: fc.constantFrom(
          0,
          0,
          minute,
          7 * minute,
          hour,
          day,
          year,
          -minute,
          -7 * minute,
          -hour,
          -day,
          -year,
        ),
        pass: fc.constantFrom(0, 1000, minute, hour, 40 * day),
      }),
      { minLength: 1, maxLength: rounds({ test: 3, stress: 12 }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(60, 3600, 7_776_000), jumps, async (expiresIn, steps) => {
        const { use, jump, clock } = await wrongClock(expiresIn)
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

describe('the life of a token', () => {
  /** A `fetch` for which time passes before the request is served, and after. */
  const slow =
    (fetch: Fetch, clock: { advance(by: number): void }, [before, after]: readonly [number, number]): Fetch =>
    async (url, init) => {
      clock.advance(before)
      const response = await fetch(url, init)
      clock.advance(after)
      return response
    }

  it.each([
    ['on its way there', [20_000, 0]],
    ['on its way back', [0, 20_000]],
    ['on both', [10_000, 10_000]],
  ] as const)('is counted from when it was asked for, however long the answer took %s', async (_, times) => {
    const { owner, clock, options } = withoutSockets()
    const start = clock.now()
    const session = owner({ fetch: slow(options.fetch, clock as { advance(by: number): number }, times) })
    await session.authorize({ expiresIn: 60 })
    expect(clock.now()).toBe(start + 20_000)
    clock.set(start + 59_999)
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
    clock.set(start + 60_000)
    expect(session.peekToken()).toBeUndefined()
  })

  it('may be over before the answer is there: then it is renewed, once', async () => {
    const { owner, clock, options, tokenRequests } = withoutSockets()
    const session = owner({
      fetch: slow(options.fetch, clock as { advance(by: number): number }, [0, 10_000]),
    })
    await session.authorize({ expiresIn: 5 })
    expect(session.peekToken()).toBeUndefined()
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_renewable' })
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is never negative, also when the clock goes back while the answer is on its way', async () => {
    const { owner, clock, options } = withoutSockets()
    const start = clock.now()
    const back: Fetch = async (url, init) => {
      const response = await options.fetch(url, init)
      clock.set(start - hour)
      return response
    }
    const session = owner({ fetch: back, clock: { now: () => clock.now() } })
    await session.authorize({ expiresIn: 3600 })
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
    const tokens = tokensOf(session.state)
    expect(Number(tokens?.expiresAt) - Number(tokens?.issuedAt)).toBe(3_600_000)
  })

  it.each([1, 7_776_000, 315_576_000, 8.64e9])('of %i s overflows nothing', async (expiresIn) => {
    const { owner, clock, options } = withoutSockets()
    const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: expiresIn }
    const session = owner({ fetch: async () => Response.json(body) })
    await session.authorize()
    expect(tokensOf(session.state)?.expiresAt).toBe(clock.now() + expiresIn * 1000)
    for (let calls = 0; calls < 100; calls += 1) expect(await session.accessToken()).toBe('f'.repeat(40))
    await session.settled()
    expect(options.clock.now()).toBe(clock.now())
  })
})

describe('a process that has nothing else to do', () => {
  it('ends at once, although its token is good for 90 days', async () => {
    const program = runProgram(
      await buildProgram(new URL('../../test/programs/one-call.ts', import.meta.url)),
    )
    expect(await program.next()).toBe('f'.repeat(40))
    expect(await program.exited).toEqual({ code: 0, signal: null })
    expect(program.errors()).toBe('')
  })
})
