import { describe, expect, it } from 'vitest'
import { dev } from '../../test/sandboxed.ts'
import { minute } from '../../test/states.ts'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { developerClient, userClient } from '../clients.ts'
import { resetFailureBudget } from '../failure-budget/failure-budget.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { SettledState } from '../machine/state.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

/** The product's owner with a token of an hour. */
async function signedInOwner(settings: Parameters<typeof withoutSockets>[0] = {}) {
  const world = withoutSockets(settings)
  const session = world.owner()
  await session.authorize({ expiresIn: 3600 })
  return { ...world, session, token: await session.accessToken() }
}

describe('a token that the API refused', () => {
  it('and that is not the session’s any more costs nothing: there is a newer one', async () => {
    const { session, token, tokenRequests } = await signedInOwner()
    await session.renew()
    const newer = session.peekToken()
    await session.rejected(token)
    await session.rejected('f'.repeat(40))
    expect(session.peekToken()).toBe(newer)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('costs nothing either where another process has renewed it already', async () => {
    const { session, token, owner, tokenRequests } = await signedInOwner()
    const other = owner()
    await other.restore()
    await other.renew()
    await session.rejected(token)
    expect(session.peekToken()).toBe(other.peekToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('costs nothing where there is no session at all', async () => {
    const { owner, tokenRequests } = withoutSockets()
    const session = owner()
    await session.rejected('f'.repeat(40))
    expect(session.state.status).toBe('signed_out')
    expect(tokenRequests()).toEqual([])
  })

  it('is renewed once for all who say so, and for all who ask meanwhile', async () => {
    const { options, owner, token, tokenRequests } = await signedInOwner()
    const gate = gated(options.fetch)
    const session = owner({ fetch: gate.fetch })
    await session.restore()
    const told = Array.from({ length: 50 }, () => session.rejected(token))
    await expect.poll(gate.waiting).toBe(1)
    expect(session.peekToken()).toBeUndefined()
    const asked = Array.from({ length: 50 }, () => session.accessToken())
    gate.open()
    await Promise.all(told)
    const tokens = new Set(await Promise.all(asked))
    expect([...tokens]).toEqual([session.peekToken()])
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is refreshed where it came from a customer’s password', async () => {
    const { customers, signIn, grantTypes } = withoutSockets()
    const session = customers()
    await signIn(session)
    await session.rejected(String(session.peekToken()))
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
  })
})

describe('one renewal for each generation of tokens', () => {
  it('an API that refuses every token costs one token request, and then somebody has to look', async () => {
    const { session, token, tokenRequests } = await signedInOwner()
    await session.rejected(token)
    const second = await session.accessToken()
    await expect(session.rejected(second)).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
    })
    for (let calls = 0; calls < 5; calls += 1) {
      expect(await codeOf(session.accessToken())).toBe('reauthentication_required')
      await session.rejected(second)
    }
    expect(session.peekToken()).toBeUndefined()
    expect(tokenRequests()).toHaveLength(2)
  })

  it('a token that the API took in between is renewed again', async () => {
    const { session, tokenRequests } = await signedInOwner()
    for (let generation = 0; generation < 4; generation += 1) {
      const token = await session.accessToken()
      session.accepted(token)
      await session.rejected(token)
    }
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests()).toHaveLength(5)
  })

  it('that the API took an older one says nothing of the newer', async () => {
    const { session, token } = await signedInOwner()
    session.accepted(token)
    await session.rejected(token)
    session.accepted(token)
    expect(await codeOf(session.rejected(String(session.peekToken())))).toBe('reauthentication_required')
  })

  it('a token that was renewed because its time came is a generation of its own', async () => {
    const { session, token, clock, tokenRequests } = await signedInOwner()
    await session.rejected(token)
    clock.advance('1h')
    await session.rejected(await session.accessToken())
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests()).toHaveLength(4)
  })

  it('and the next process knows it, from the state', async () => {
    const { session, token, owner, tokenRequests } = await signedInOwner()
    await session.rejected(token)
    const state = parseState(serializeState(session.state as SettledState))
    const next = owner({ state, store: withoutSockets().store })
    expect(await codeOf(next.rejected(String(next.peekToken())))).toBe('reauthentication_required')
    expect(tokenRequests()).toHaveLength(2)
  })
})

describe('a refused token that nobody can renew', () => {
  it.each([
    ['a developer’s', developerClient(), undefined],
    [
      'a user client’s from a password',
      userClient({ id: 'my-scripts-5678', secret: 'user-client-secret' }),
      90,
    ],
    ['a developer’s without an end', developerClient(), 0],
  ])('needs its owner: %s', async (_, client, expiresIn) => {
    const { options, tokenRequests } = withoutSockets()
    const session = createSession({ ...options, client })
    await session.login({ ...dev, expiresIn })
    const token = await session.accessToken()
    await expect(session.rejected(token)).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
      message: expect.stringContaining('revoked, or replaced'),
    })
    expect(session.peekToken()).toBeUndefined()
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it.each([
    [
      'adopted',
      async () =>
        withoutSockets()
          .owner()
          .adopt({ accessToken: 'a'.repeat(40) }),
    ],
    ['a product’s that never expires', async () => withoutSockets().owner().authorize({ expiresIn: 0 })],
  ])('is revoked: %s', async (_, signIn) => {
    const state = await signIn()
    const { owner, tokenRequests } = withoutSockets()
    const session = owner({ state })
    expect(await codeOf(session.rejected(String(session.peekToken())))).toBe('reauthentication_required')
    expect(session.peekToken()).toBeUndefined()
    expect(tokenRequests()).toEqual([])
  })

  it('held beside a challenge is dropped, and the challenge stays', async () => {
    const { options, sandbox } = withoutSockets()
    const session = createSession({ ...options, client: developerClient() })
    await session.adopt({ accessToken: 'a'.repeat(40) })
    await session.login({ username: 'mfa@example.com', password: 'battery staple' })
    expect(session.peekToken()).toBe('a'.repeat(40))
    await session.rejected('a'.repeat(40))
    expect(session.peekToken()).toBeUndefined()
    expect(await session.submitOtp(sandbox.otp('mfa@example.com'))).toMatchObject({ status: 'signed_in' })
  })
})

describe('a renewal that fails after a rejection', () => {
  it('is postponed; the dead token is never given again, here or in another process', async () => {
    const { session, token, sandbox, clock, owner, tokenRequests } = await signedInOwner()
    sandbox.failNext({ drop: 'before' })
    expect(await codeOf(session.rejected(token))).toBe('no_answer')
    const elsewhere = owner()
    const inState = owner({
      state: parseState(serializeState(session.state as SettledState)),
      store: withoutSockets().store,
    })
    for (const one of [session, elsewhere, inState]) {
      await expect(one.accessToken()).rejects.toMatchObject({
        code: 'renewal_postponed',
        details: { failures: 1, because: 'no_answer', retryAt: clock.now() + 1000 },
      })
      expect(one.peekToken()).toBeUndefined()
      expect(await codeOf(one.rejected(token))).toBe('renewal_postponed')
    }
    expect(tokenRequests()).toHaveLength(2)
    clock.advance('1s')
    expect(await session.accessToken()).not.toBe(token)
    expect(await elsewhere.accessToken()).toBe(session.peekToken())
    expect(tokenRequests()).toHaveLength(3)
  })

  it('whose renewal was postponed before is not sent any sooner for it', async () => {
    const { session, token, sandbox, clock, tokenRequests } = await signedInOwner()
    sandbox.failNext({ drop: 'before' })
    expect(await codeOf(session.renew())).toBe('no_answer')
    expect(session.peekToken()).toBe(token)
    await expect(session.rejected(token)).rejects.toMatchObject({
      code: 'renewal_postponed',
      details: { retryAt: clock.now() + 1000, because: 'no_answer' },
    })
    expect(session.peekToken()).toBeUndefined()
    expect(await codeOf(session.accessToken())).toBe('renewal_postponed')
    expect(tokenRequests()).toHaveLength(2)
    clock.advance('1s')
    expect(await session.accessToken()).not.toBe(token)
  })

  it('and was refused before needs its owner', async () => {
    const { session, token, sandbox, tokenRequests } = await signedInOwner()
    sandbox.failNext({ status: 400, error: 'invalid_scope' })
    expect(await codeOf(session.renew())).toBe('grant_refused')
    expect(await codeOf(session.rejected(token))).toBe('reauthentication_required')
    expect(tokenRequests()).toHaveLength(2)
  })

  it('still counts as the one for that rejection when it comes through at last', async () => {
    const { session, token, sandbox, clock } = await signedInOwner()
    sandbox.failNext({ drop: 'before' })
    await codeOf(session.rejected(token))
    clock.advance('1s')
    expect(await codeOf(session.rejected(await session.accessToken()))).toBe('reauthentication_required')
  })
})

describe('the pause after failed renewals', () => {
  /** So many failures would spend the failure budget, which is not what these tests are about. */
  const clearBudget = ({ store, options }: Pick<ReturnType<typeof withoutSockets>, 'store' | 'options'>) =>
    resetFailureBudget(store, options.baseUrl)

  it('grows from a second to five minutes, and no request is sent within it', async () => {
    const { session, sandbox, clock, tokenRequests, ...world } = await signedInOwner()
    clock.advance('1h')
    const pauses: number[] = []
    for (let failures = 1; failures <= 11; failures += 1) {
      sandbox.failNext({ drop: 'before', match: { grant_type: 'client_credentials' } })
      expect(await codeOf(session.accessToken())).toBe('no_answer')
      const { state } = session
      const retryAt = (state.status === 'signed_in' && state.renewalPostponed?.retryAt) || 0
      pauses.push((retryAt - clock.now()) / 1000)
      const sent = tokenRequests().length
      clock.set(retryAt - 1)
      expect(await codeOf(session.accessToken())).toBe('renewal_postponed')
      expect(tokenRequests()).toHaveLength(sent)
      clock.advance(1)
      await clearBudget(world)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    sandbox.failNext({ drop: 'before' })
    await codeOf(session.renew())
    expect(session.state).toMatchObject({ renewalPostponed: { failures: 1 } })
  })

  it.each([
    ['429', { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '600' } }, 600],
    ['503', { status: 503, error: 'server_error', headers: { 'retry-after': '600' } }, 600],
    [
      '503, sooner than the back-off',
      { status: 503, error: 'server_error', headers: { 'retry-after': '0' } },
      1,
    ],
  ] as const)('is what Retry-After says, with %s', async (_, fault, seconds) => {
    const { session, token, sandbox, clock, tokenRequests } = await signedInOwner()
    sandbox.failNext(fault)
    await codeOf(session.rejected(token))
    clock.advance(seconds * 1000 - 1)
    expect(await codeOf(session.accessToken())).toBe('renewal_postponed')
    expect(tokenRequests()).toHaveLength(2)
    clock.advance(1)
    expect(await session.accessToken()).not.toBe(token)
  })

  it('holds for an hour of questions while the server is down, and it heals by itself', async () => {
    const { session, sandbox, clock, tokenRequests } = await signedInOwner()
    clock.advance('1h')
    const began = clock.now()
    sandbox.failNext({ drop: 'before', times: 1000, match: { grant_type: 'client_credentials' } })
    const sent: number[] = []
    sandbox.subscribe(({ path }) => path === '/oauth/token' && sent.push((clock.now() - began) / 1000))
    for (let second = 0; second < 3600; second += 1) {
      await codeOf(session.accessToken())
      clock.advance('1s')
    }
    // Nine at the pace of the back-off; then the failure budget, until the first of them counts no more; then each
    // five minutes.
    expect(sent).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 1800, 2100, 2400, 2700, 3000, 3300])
    sandbox.faults.clear()
    clock.advance(5 * minute)
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests()).toHaveLength(1 + sent.length)
  })

  it.each([
    ['that can’t be found', 'ENOTFOUND'],
    ['that refuses connections', 'ECONNREFUSED'],
    ['whose certificate nobody trusts', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])(
    'is all that a server %s costs: nothing reached the service, and nothing counts there',
    async (_, code) => {
      const { options, clock, tokenRequests, owner } = withoutSockets()
      let offline = true
      const fetch: Fetch = async (...call) => {
        if (offline) throw new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
        return options.fetch(...call)
      }
      const session = owner({ fetch })
      for (let tries = 0; tries < 30; tries += 1) {
        expect(await codeOf(session.authorize())).toBe('no_answer')
        clock.advance('1s')
      }
      offline = false
      expect(await session.authorize()).toMatchObject({ status: 'signed_in' })
      expect(tokenRequests()).toHaveLength(1)
    },
  )
})
