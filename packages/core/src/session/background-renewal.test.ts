import { describe, expect, it, onTestFinished } from 'vitest'
import { minute } from '../../test/states.ts'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { tokensOf } from '../machine/state.ts'
import { renewalDueAt } from '../renewal.ts'

/** The owner with a token of an hour, whose next requests wait at a gate. */
async function gatedOwner(expiresIn = 3600) {
  const world = withoutSockets()
  await world.owner().authorize({ expiresIn })
  const gate = gated(world.options.fetch)
  const told: Promise<unknown>[] = []
  const session = world.owner({ fetch: gate.fetch, waitUntil: (promise) => void told.push(promise) })
  await session.restore()
  return { ...world, gate, session, told, token: String(session.peekToken()) }
}

/** What is rejected while nobody listens, from now to the end of the test. */
function unhandled(): unknown[] {
  const seen: unknown[] = []
  const others = process.listeners('unhandledRejection')
  const note = (reason: unknown) => void seen.push(reason)
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note)
  onTestFinished(() => {
    process.off('unhandledRejection', note)
    for (const other of others) process.on('unhandledRejection', other)
  })
  return seen
}

/** Node tells of unhandled rejections once all that was ready has run. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the last minutes of a token', () => {
  it.each([
    ['60 seconds', 60, 6_000],
    ['ten minutes', 600, minute],
    ['50 minutes', 3000, 5 * minute],
    ['an hour', 3600, 5 * minute],
    ['90 days', 7_776_000, 5 * minute],
  ])(
    'of %s are a tenth of its life, or five minutes, and begin in their first half',
    async (...[, lifetime, window]) => {
      const { session, clock, gate, token } = await gatedOwner(lifetime)
      const end = clock.now() + lifetime * 1000
      clock.set(end - window - 1)
      expect(await session.accessToken()).toBe(token)
      await turn()
      expect(gate.waiting()).toBe(0)
      clock.set(end - window / 2)
      expect(await session.accessToken()).toBe(token)
      await expect.poll(gate.waiting).toBe(1)
    },
  )

  it('begin at the same moment for every process that holds the token', async () => {
    const first = await gatedOwner()
    const tokens = tokensOf(first.session.state)
    const due = renewalDueAt(tokens as NonNullable<typeof tokens>)
    const sessions = [first.session, first.owner({ fetch: first.gate.fetch })]
    await sessions[1]?.restore()
    first.clock.set(due - 1)
    for (const session of sessions) session.peekToken()
    await turn()
    expect(first.sandbox.requests()).toHaveLength(1)
    expect(first.gate.waiting()).toBe(0)
    first.clock.advance(1)
    for (const session of sessions) session.peekToken()
    first.gate.open()
    await Promise.all(sessions.map((session) => session.settled()))
    expect(sessions.map((session) => session.peekToken())).not.toContain(first.token)
    expect(sessions[0]?.peekToken()).toBe(sessions[1]?.peekToken())
    expect(first.tokenRequests()).toHaveLength(2)
  })

  it('never come for a token without an end, or one that nobody can renew', async () => {
    const { owner, clock, tokenRequests } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 0 })
    clock.advance('3650d')
    expect(await session.accessToken()).toBe(session.peekToken())
    await session.adopt({ accessToken: 'a'.repeat(40), expiresAt: clock.now() + 1000 })
    clock.advance(999)
    expect(await session.accessToken()).toBe('a'.repeat(40))
    await session.settled()
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('in the last minutes of a token', () => {
  it('everyone gets the old one at once, while one renewal goes on behind them', async () => {
    const { session, clock, gate, token, tokenRequests } = await gatedOwner()
    clock.advance('58m')
    for (let calls = 0; calls < 100; calls += 1) {
      expect(session.peekToken()).toBe(token)
      expect(await session.accessToken()).toBe(token)
    }
    await expect.poll(gate.waiting).toBe(1)
    expect(await session.accessToken()).toBe(token)
    gate.open()
    await session.settled()
    const renewed = session.peekToken()
    expect(renewed).not.toBe(token)
    expect(await session.accessToken()).toBe(renewed)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('the platform is told of that renewal, and settled() waits for it', async () => {
    const { session, clock, gate, told, token } = await gatedOwner()
    clock.advance('58m')
    await session.settled()
    expect(told).toEqual([])
    session.peekToken()
    session.peekToken()
    expect(told).toHaveLength(1)
    const over: string[] = []
    const settled = session.settled().then(() => over.push('settled'))
    const waited = told[0]?.then(() => over.push('waitUntil'))
    await expect.poll(gate.waiting).toBe(1)
    await turn()
    expect(over).toEqual([])
    gate.open()
    await Promise.all([settled, waited])
    expect(over.sort()).toEqual(['settled', 'waitUntil'])
    expect(session.peekToken()).not.toBe(token)
  })

  it('a renewal that fails changes nothing for callers, nor for who waits for it to be over', async () => {
    const rejections = unhandled()
    const { session, clock, sandbox, gate, told, token, tokenRequests } = await gatedOwner()
    gate.open()
    clock.advance('58m')
    sandbox.failNext({ drop: 'before' })
    expect(await session.accessToken()).toBe(token)
    await session.settled()
    await Promise.all(told)
    expect(session.state).toMatchObject({ status: 'signed_in', renewalPostponed: { failures: 1 } })
    expect(session.peekToken()).toBe(token)
    expect(await session.accessToken()).toBe(token)
    expect(tokenRequests()).toHaveLength(2)

    clock.advance('1s')
    expect(await session.accessToken()).toBe(token)
    await session.settled()
    expect(await session.accessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(3)
    await turn()
    expect(rejections).toEqual([])
  })

  it.each([
    ['invalid_client', { status: 400, error: 'invalid_client' }],
    ['invalid_scope', { status: 400, error: 'invalid_scope' }],
    ['an error that nobody knows', { status: 400, error: 'out_of_cheese' }],
  ])('a renewal refused with %s stops until something changes, the token stays in use', async (_, fault) => {
    const { session, clock, sandbox, gate, token, tokenRequests } = await gatedOwner()
    gate.open()
    clock.advance('58m')
    sandbox.failNext(fault)
    for (let calls = 0; calls < 10; calls += 1) {
      expect(await session.accessToken()).toBe(token)
      await session.settled()
      clock.advance('10s')
    }
    expect(tokenRequests()).toHaveLength(2)
    clock.advance('1m')
    expect(await codeOf(session.accessToken())).toBe('not_renewable')
    expect(tokenRequests()).toHaveLength(2)
  })

  it('one process renews for all: the others take over what it saved', async () => {
    const world = await gatedOwner()
    const { owner, clock, gate, token, tokenRequests } = world
    const sessions = [world.session, ...Array.from({ length: 4 }, () => owner({ fetch: gate.fetch }))]
    await Promise.all(sessions.map((session) => session.restore()))
    clock.advance('58m')
    expect(sessions.map((session) => session.peekToken())).toEqual(Array(5).fill(token))
    gate.open()
    await Promise.all(sessions.map((session) => session.settled()))
    expect(new Set(sessions.map((session) => session.peekToken())).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('whoever asks after the end waits for the renewal that goes on already', async () => {
    const { session, clock, gate, token, tokenRequests } = await gatedOwner()
    clock.advance('58m')
    session.peekToken()
    await expect.poll(gate.waiting).toBe(1)
    clock.advance('2m')
    expect(session.peekToken()).toBeUndefined()
    const asked = Array.from({ length: 20 }, () => session.accessToken())
    gate.open()
    const tokens = new Set(await Promise.all(asked))
    expect(tokens.size).toBe(1)
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })
})

describe('after the end of a token', () => {
  it('everyone waits for one renewal, of which the platform is told once', async () => {
    const { session, clock, gate, told, token, tokenRequests } = await gatedOwner()
    clock.advance('1h')
    const asked = Array.from({ length: 100 }, () => session.accessToken())
    await expect.poll(gate.waiting).toBe(1)
    expect(told).toHaveLength(1)
    gate.open()
    const tokens = new Set(await Promise.all(asked))
    expect(tokens.size).toBe(1)
    expect(tokens).not.toContain(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('all are told when it fails, each once, and nothing is left unhandled', async () => {
    const rejections = unhandled()
    const { session, clock, gate, sandbox, told, tokenRequests } = await gatedOwner()
    clock.advance('1h')
    sandbox.failNext({ status: 503, error: 'server_error' })
    const asked = Array.from({ length: 10 }, () => codeOf(session.accessToken()))
    await expect.poll(gate.waiting).toBe(1)
    gate.open()
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['temporarily_unavailable']))
    await Promise.all(told)
    await turn()
    expect(rejections).toEqual([])
    expect(tokenRequests()).toHaveLength(2)
  })

  it('a caller who has gone before leaves no rejection behind', async () => {
    const rejections = unhandled()
    const { owner, clock, sandbox, store } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 3600 })
    clock.advance('1h')
    sandbox.failNext({ drop: 'before' })
    const gone = { signal: AbortSignal.abort(new Error('gone')) }
    await expect(session.renew(gone)).rejects.toThrow('gone')
    await expect.poll(() => session.state).toMatchObject({ renewalPostponed: { failures: 1 } })
    const lock = store.exclusively.bind(store)
    let loads = 0
    store.load = () => Promise.reject(new Error('disk is gone'))
    store.exclusively = (...call) => lock(...call).finally(() => (loads += 1))
    await expect(owner().accessToken(gone)).rejects.toThrow('gone')
    await expect.poll(() => loads).toBe(1)
    await turn()
    expect(rejections).toEqual([])
  })

  it('renew() joins the renewal that goes on, and is content when another process was faster', async () => {
    const { session, clock, gate, owner, tokenRequests } = await gatedOwner()
    clock.advance('1h')
    const asked = session.accessToken()
    const renewed = session.renew()
    const faster = owner()
    await expect.poll(gate.waiting).toBe(1)
    gate.open()
    expect(await renewed).toMatchObject({ status: 'signed_in' })
    expect(await asked).toBe(session.peekToken())
    expect(tokenRequests()).toHaveLength(2)

    await faster.renew()
    await session.renew()
    expect(session.peekToken()).toBe(faster.peekToken())
    expect(tokenRequests()).toHaveLength(3)
  })
})
