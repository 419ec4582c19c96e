import { describe, expect, it } from 'vitest'
import { mfa } from '../test/sandboxed.ts'
import { createWorld, toPlatformFetch } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { account } from './subject.ts'

// `clock.test.ts` tests ServerClock itself; these are sessions on machines whose clocks are wrong.

const minute = 60_000
const hour = 60 * minute

/** Opens sessions of one product on machines whose clocks are wrong by so many milliseconds. Particle's is right. */
function start() {
  const world = createWorld()
  const { clock, createProductSession } = world
  return {
    ...world,
    open: (wrongBy: number, fetch = world.options.fetch) =>
      createProductSession({ clock: { now: () => clock.now() + wrongBy }, fetch }),
  }
}

const getExpiry = (state: object) => (state as { tokens?: { expiresAt: number } }).tokens?.expiresAt

describe('a session on a machine whose clock is wrong', () => {
  it.each([
    ['four minutes slow', -4 * minute],
    ['four minutes fast', 4 * minute],
    ['a second slow', -1000],
    ['right', 0],
  ])('(%s) uses a token until it expires by the clock of Particle', async (_, wrongBy) => {
    const { open, clock } = start()
    const session = open(wrongBy)
    await session.requestClientToken({ expiresIn: 3600 })
    const tolerance = Math.abs(wrongBy) < 2000 ? Math.abs(wrongBy) : 0
    clock.advance(hour - 1 - tolerance)
    expect(session.peekAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    clock.advance(1 + 2 * tolerance)
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it("saves times of Particle's clock", async () => {
    const { open, clock, loadRecord } = start()
    await open(-4 * minute).requestClientToken({ expiresIn: 3600 })
    expect((await loadRecord()).tokens).toMatchObject({
      requestedAt: clock.now(),
      expiresAt: clock.now() + hour,
    })
  })

  it('agrees on the expiry with a machine whose clock is wrong in another way', async () => {
    const { open, clock, tokenRequests } = start()
    const [slow, fast] = [open(-4 * minute), open(3 * minute)]
    await slow.requestClientToken({ expiresIn: 3600 })
    await fast.load()
    await fast.getAccessToken({ forceRefresh: true })
    await slow.load()
    expect(slow.peekAccessToken()).toBe(fast.peekAccessToken())
    expect(getExpiry(slow.state)).toBe(clock.now() + hour)

    const sent = tokenRequests().length
    clock.advance(hour)
    expect([slow.peekAccessToken(), fast.peekAccessToken()]).toEqual([undefined, undefined])
    const tokens = await Promise.all([slow.getAccessToken(), fast.getAccessToken()])
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(sent + 1)
    clock.advance(hour - 1)
    expect([slow.peekAccessToken(), fast.peekAccessToken()]).toEqual(tokens)
  })

  it('adjusts by at most five minutes: a forged or cached Date moves little', async () => {
    const { open, clock, loadRecord } = start()
    await open(-3 * hour).requestClientToken({ expiresIn: 3600 })
    expect((await loadRecord()).tokens.requestedAt).toBe(clock.now() - 3 * hour + 5 * minute)
  })

  it('uses its own clock where Date cannot be read, as in a page', async () => {
    const { open, clock, options, loadRecord } = start()
    const withoutDate = toPlatformFetch(async (url, init) => {
      const { status, body } = await options.fetch(url, init)
      return { status, body, headers: { get: () => null } }
    })
    await open(-4 * minute, withoutDate).requestClientToken({ expiresIn: 3600 })
    expect((await loadRecord()).tokens.requestedAt).toBe(clock.now() - 4 * minute)
  })

  it.each([
    ['a failure', { status: 503, error: 'server_error' }],
    ['a refusal', { status: 400, error: 'invalid_client' }],
  ])('adjusts to the Date of %s as well', async (_, fault) => {
    const { open, sandbox, clock } = start()
    const session = open(-4 * minute)
    sandbox.failNext(fault)
    await session.requestClientToken().catch(() => {})
    await session.setToken({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + 1 })
    expect(session.peekAccessToken()).toBe('a'.repeat(40))
    clock.advance(1)
    expect(session.peekAccessToken()).toBeUndefined()
  })

  it.each([
    ['a page with success', 200, '<html>Sign in to this Wi-Fi</html>'],
    ['a proxy that fails', 502, '<html>Bad Gateway</html>'],
    ['JSON of another server', 404, '{"message":"no Route matched"}'],
    ['an error code that Particle does not have', 400, '{"error":"upstream_gone"}'],
    ['a redirect', 302, ''],
  ])('does not adjust to the Date of %s', async (_, status, body) => {
    const { open, clock } = start()
    const date = new Date(clock.now() + 4 * minute).toUTCString()
    const session = open(0, async () => new Response(body, { status, headers: { date } }))
    await session.requestClientToken().catch(() => {})
    await session.setToken({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + minute })
    expect(session.peekAccessToken()).toBe('a'.repeat(40))
  })

  it.each([
    ['an hour fast', hour],
    ['an hour slow', -hour],
  ])('(%s) continues an MFA challenge in another process', async (_, wrongBy) => {
    const world = createWorld()
    const clock = { now: () => world.clock.now() + wrongBy }
    const client = developerClient()
    const open = () => createSession({ ...world.options, client, subject: account(mfa.username), clock })
    await open().login(mfa)
    world.clock.advance(4 * minute)
    const next = open()
    await next.load()
    expect(await next.submitOtp(world.sandbox.otp(mfa.username))).toMatchObject({ status: 'signed_in' })
  })
})
