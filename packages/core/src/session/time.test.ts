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

describe('ten years of use', () => {
  it('of a token of 90 days, once a day: a request each 90 days', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize()
    for (let days = 0; days < 3652; days += 1) {
      await session.accessToken()
      await session.settled()
      clock.advance(day)
    }
    // Each token ends to the moment at a use 90 days after it was asked for, and the next is asked for then:
    // on the days 0, 90, 180 … 3600, which are 3600 / 90 + 1.
    expect(tokenRequests()).toHaveLength(41)
    expect(tokenRequests().every(({ status }) => status === 200)).toBe(true)
  })

  it('of a token of 90 days, every 150 seconds: a request each 90 days less 150 seconds', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize()
    const seen = new Set<string>()
    for (let uses = 0; uses < 3652 * 576; uses += 1) {
      seen.add(await session.accessToken())
      await session.settled()
      clock.advance(150_000)
    }
    // Renewal is due from 300 to 150 s before the end, the former excluded. Uses fall on 300 s before, when it is not
    // due, and on 150 s before, when it is: a token lasts 90 d − 150 s. 3652 d less the last 150 s of them are
    // 315 532 650 s; divided by 7 775 850 s that is 40.58, so 40 renewals come after the first request.
    expect(tokenRequests()).toHaveLength(41)
    // The last renewal of all came in the background of a use that got the old token; the next use had the new one.
    expect(seen.size).toBe(41)
  })

  it('of a token of 60 seconds, every other week: a request each time', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 60 })
    for (let uses = 0; uses < 261; uses += 1) {
      for (let calls = 0; calls < 10; calls += 1) await session.accessToken()
      await session.settled()
      clock.advance(14 * day)
    }
    // Of 261 uses the first has the token of the sign-in; each other finds it ended, and ten calls share one request.
    expect(tokenRequests()).toHaveLength(261)
  })
})

describe('four hours of use without a pause', () => {
  it('of a token of 60 seconds, each 57 seconds: a request each time, and nobody waits for it', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 60 })
    const uses = (4 * 3600) / 57
    for (let use = 0; use < uses; use += 1) {
      expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
      await session.settled()
      clock.advance('57s')
    }
    // Renewal is due from 6 to 3 s before the end at the latest: at 57 s, always. 253 uses, the first of them at 0 s.
    expect(tokenRequests()).toHaveLength(Math.ceil(uses))
  })

  it('of a token of 60 seconds, each 20 seconds: a request a minute', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 60 })
    for (let use = 0; use < 4 * 180; use += 1) {
      await session.accessToken()
      await session.settled()
      clock.advance('20s')
    }
    // At 40 s it is not due, at 60 s it has ended: a request at each full minute of 240, the sign-in among them.
    expect(tokenRequests()).toHaveLength(240)
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
    /** Uses the session as programs do, and tells how many token requests that took. */
    async use() {
      const before = tokenRequests().length
      for (let calls = 0; calls < 5; calls += 1) {
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
      { minLength: 1, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(60, 3600, 7_776_000), jumps, async (expiresIn, steps) => {
        const { use, jump, clock } = await wrongClock(expiresIn)
        for (const step of steps) {
          jump(step.jump)
          clock.advance(step.pass)
          expect(await use()).toBeLessThanOrEqual(1)
          expect(await use()).toBe(0)
        }
      }),
      { numRuns: 20 },
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
