import { describe, expect, it } from 'vitest'
import { minute, now } from '../../test/states.ts'
import { withoutSockets } from '../../test/worlds.ts'
import { developerClient } from '../clients.ts'
import { tokensOf } from '../machine/state.ts'
import { account } from '../subject.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'
import { ServerClock } from './server-clock.ts'

describe('the clock of a session', () => {
  const learned = (...dates: (number | undefined)[]) => {
    const clock = new ServerClock({ now: () => now })
    for (const date of dates) clock.learn(date)
    return clock.now() - now
  }

  it.each([
    ['nothing', [], 0],
    ['a date that can’t be read', [undefined], 0],
    ['the same time', [now], 0],
    ['a difference that the seconds of Date make', [now + 1999], 0],
    ['the same, behind', [now - 1999], 0],
    ['two seconds ahead', [now + 2000], 2000],
    ['two seconds behind', [now - 2000], -2000],
    ['minutes ahead', [now + 4 * minute], 4 * minute],
    ['minutes behind', [now - 4 * minute], -4 * minute],
    ['five minutes and more ahead', [now + 3 * 3_600_000], 5 * minute],
    ['five minutes and more behind', [now - 3 * 3_600_000], -5 * minute],
    ['the epoch, as a machine without a battery has it', [0], -5 * minute],
    ['the last word', [now + 4 * minute, now - minute], -minute],
    ['that it is right again', [now + 4 * minute, now + 500], 0],
    ['no more from an answer without a date', [now + 4 * minute, undefined], 4 * minute],
  ] as const)('learns %s', (_, dates, skew) => {
    expect(learned(...dates)).toBe(skew)
  })

  it('learns nothing from a date that lies between question and answer', () => {
    const clock = new ServerClock({ now: () => now })
    clock.learn(now - 3 * minute, 3 * minute)
    expect(clock.now()).toBe(now)
    clock.learn(now - 4 * minute, 3 * minute)
    expect(clock.now()).toBe(now - minute)
  })

  it('goes on from there with the machine’s', () => {
    let time = now
    const clock = new ServerClock({ now: () => time })
    clock.learn(now + 4 * minute)
    time += minute
    expect(clock.now()).toBe(now + 5 * minute)
  })
})

/** Sessions of one product whose machines' clocks are wrong by so many ms; the service's is right. */
function machines() {
  const world = withoutSockets()
  const { clock, owner } = world
  return {
    ...world,
    machine: (wrongBy: number, fetch: Fetch = world.options.fetch) =>
      owner({ clock: { now: () => clock.now() + wrongBy }, fetch }),
  }
}

describe('a machine whose clock is wrong', () => {
  it.each([
    ['four minutes behind', -4 * minute],
    ['four minutes ahead', 4 * minute],
    ['a second behind', -1000],
    ['right', 0],
  ])('(%s) uses a token until the service says that it is over', async (_, wrongBy) => {
    const { machine, clock } = machines()
    const session = machine(wrongBy)
    await session.authorize({ expiresIn: 3600 })
    const within = Math.abs(wrongBy) < 2000 ? Math.abs(wrongBy) : 0
    clock.advance(3_600_000 - 1 - within)
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
    clock.advance(1 + 2 * within)
    expect(session.peekToken()).toBeUndefined()
  })

  it('writes the service’s time into the store', async () => {
    const { machine, clock } = machines()
    const { tokens } = await machine(-4 * minute).authorize({ expiresIn: 3600 })
    expect(tokens).toMatchObject({ issuedAt: clock.now(), expiresAt: clock.now() + 3_600_000 })
  })

  it('agrees with another, whose clock is wrong otherwise, on when their token ends', async () => {
    const { machine, clock, tokenRequests } = machines()
    const [behind, ahead] = [machine(-4 * minute), machine(3 * minute)]
    await behind.authorize({ expiresIn: 3600 })
    await ahead.restore()
    await ahead.renew()
    await behind.restore()
    expect(behind.peekToken()).toBe(ahead.peekToken())
    expect(tokensOf(behind.state)?.expiresAt).toBe(clock.now() + 3_600_000)

    const sent = tokenRequests().length
    clock.advance(3_600_000)
    expect([behind.peekToken(), ahead.peekToken()]).toEqual([undefined, undefined])
    const tokens = await Promise.all([behind.accessToken(), ahead.accessToken()])
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(sent + 1)
    clock.advance(3_600_000 - 1)
    expect([behind.peekToken(), ahead.peekToken()]).toEqual(tokens)
  })

  it('believes no answer that is off by more than five minutes: a forged or cached Date moves little', async () => {
    const { machine, clock } = machines()
    const { tokens } = await machine(-3 * 3_600_000).authorize({ expiresIn: 3600 })
    expect(tokens.issuedAt).toBe(clock.now() - 3 * 3_600_000 + 5 * minute)
  })

  it('goes by its own clock where Date can’t be read, as in a page', async () => {
    const { machine, clock, options } = machines()
    const withoutDate: Fetch = async (url, init) => {
      const response = await options.fetch(url, init)
      return { status: response.status, body: response.body, headers: { get: () => null } }
    }
    const { tokens } = await machine(-4 * minute, withoutDate).authorize({ expiresIn: 3600 })
    expect(tokens.issuedAt).toBe(clock.now() - 4 * minute)
  })

  it('learns from refusals as well', async () => {
    const { machine, sandbox, clock } = machines()
    const session = machine(-4 * minute)
    sandbox.failNext({ status: 503, error: 'server_error' })
    await session.authorize().catch(() => {})
    await session.adopt({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + 1 })
    expect(session.peekToken()).toBe('a'.repeat(40))
    clock.advance(1)
    expect(session.peekToken()).toBeUndefined()
  })

  it.each([
    ['a page with success', 200, '<html>Sign in to this Wi-Fi</html>'],
    ['a proxy that fails', 502, '<html>Bad Gateway</html>'],
    ['JSON of something else', 404, '{"message":"no Route matched"}'],
    ['a code that Particle does not know', 400, '{"error":"upstream_gone"}'],
    ['a redirect', 302, ''],
  ])('learns nothing from what is not the token endpoint: %s', async (_, status, body) => {
    const { machine, clock } = machines()
    const date = new Date(clock.now() + 4 * minute).toUTCString()
    const session = machine(0, async () => new Response(body, { status, headers: { date } }))
    await session.authorize().catch(() => {})
    await session.adopt({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + minute })
    expect(session.peekToken()).toBe('a'.repeat(40))
  })

  it.each([
    ['an hour fast', 3_600_000],
    ['an hour slow', -3_600_000],
  ])('(%s) takes up in another process the MFA challenge that it got in one', async (_, wrongBy) => {
    const world = withoutSockets()
    const clock = { now: () => world.clock.now() + wrongBy }
    const of = { client: developerClient(), subject: account('mfa@example.com') }
    const process = () => createSession({ ...world.options, ...of, clock })
    await process().login({ username: 'mfa@example.com', password: 'battery staple' })
    world.clock.advance(4 * minute)
    const next = process()
    await next.restore()
    expect((await next.submitOtp(world.sandbox.otp('mfa@example.com'))).status).toBe('signed_in')
  })
})
