import { describe, expect, it } from 'vitest'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { createSession } from './create-session.ts'

/** A product's session that asks with its own credentials when a token is wanted. */
function onUse(settings: Parameters<typeof withoutSockets>[0] = {}) {
  const world = withoutSockets(settings)
  return { ...world, session: createSession({ ...world.options, authorizeOnUse: true }) }
}

describe('a session that authorizes on use', () => {
  it('sends nothing before a token is wanted, and then once for everyone', async () => {
    const world = onUse()
    const gate = gated(world.options.fetch)
    const session = createSession({ ...world.options, fetch: gate.fetch, authorizeOnUse: true })
    expect(session.peekToken()).toBeUndefined()
    expect(gate.waiting()).toBe(0)
    const asked = Array.from({ length: 20 }, () => session.accessToken())
    await expect.poll(gate.waiting).toBe(1)
    gate.open()
    expect(new Set(await Promise.all(asked)).size).toBe(1)
    expect(world.tokenRequests()).toHaveLength(1)
    expect(session.state).toMatchObject({ status: 'signed_in', identity: { subject: 'owner' } })
  })

  it('is not what a session does unless it is told to', async () => {
    const { owner, tokenRequests } = withoutSockets()
    expect(await codeOf(owner().accessToken())).toBe('not_signed_in')
    expect(tokenRequests()).toEqual([])
  })

  it('is waited for by settled(), whatever comes of it, and told to who keeps the process alive', async () => {
    const { options, sandbox } = onUse()
    const told: Promise<unknown>[] = []
    const waitUntil = (promise: Promise<unknown>) => void told.push(promise)
    const gate = gated(options.fetch)
    const session = createSession({ ...options, fetch: gate.fetch, authorizeOnUse: true, waitUntil })
    sandbox.failNext({ drop: 'before' })
    const asked = codeOf(session.accessToken())
    await expect.poll(gate.waiting).toBe(1)
    const settled = session.settled()
    gate.open()
    await settled
    expect(session.state.status).toBe('signed_out')
    expect(await asked).toBe('no_answer')
    expect(await Promise.all(told)).toEqual([undefined])
  })

  it('takes over what another process got', async () => {
    const { session, owner, tokenRequests } = onUse()
    await owner().authorize()
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('asks once between processes that share a store', async () => {
    const world = onUse()
    const sessions = [world.session, createSession({ ...world.options, authorizeOnUse: true })]
    const tokens = await Promise.all(sessions.map((session) => session.accessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(world.tokenRequests()).toHaveLength(1)
  })

  it('does so again after a logout, and where signing in anew is what is needed', async () => {
    const { session, sandbox, tokenRequests } = onUse()
    const first = await session.accessToken()
    await session.logout()
    const second = await session.accessToken()
    expect(second).not.toBe(first)
    sandbox.failNext({ status: 400, error: 'invalid_scope' })
    expect(await codeOf(session.renew())).toBe('grant_refused')
    expect(await codeOf(session.rejected(second))).toBe('reauthentication_required')
    // The very request was refused: by itself it is not sent again.
    expect(await codeOf(session.accessToken())).toBe('refused_before')
    expect(tokenRequests()).toHaveLength(3)
    expect(await session.authorize()).toMatchObject({ status: 'signed_in' })
  })

  it('waits as long as each caller likes; who goes stops nothing', async () => {
    const world = onUse()
    const gate = gated(world.options.fetch)
    const session = createSession({ ...world.options, fetch: gate.fetch, authorizeOnUse: true })
    const aborter = new AbortController()
    const going = session.accessToken({ signal: aborter.signal })
    const staying = session.accessToken()
    await expect.poll(gate.waiting).toBe(1)
    expect(await codeOf(session.accessToken({ timeout: 5 }))).toBe('wait_timeout')
    aborter.abort(new Error('gone'))
    await expect(going).rejects.toThrow('gone')
    gate.open()
    expect(await staying).toBe(session.peekToken())
    expect(world.tokenRequests()).toHaveLength(1)
  })
})

describe('what failed is not asked for again at once', () => {
  const refusal = { status: 400, error: 'invalid_scope' }
  const failure = { drop: 'before' } as const

  it('a refusal: it would be the same again, so that only authorize() asks once more', async () => {
    const { session, sandbox, clock, tokenRequests } = onUse()
    sandbox.failNext(refusal)
    expect(await codeOf(session.accessToken())).toBe('grant_refused')
    for (const days of [0, 1, 30, 365]) {
      clock.advance(`${days}d`)
      expect(await codeOf(session.accessToken())).toBe('refused_before')
    }
    expect(tokenRequests()).toHaveLength(1)
    expect(await session.authorize()).toMatchObject({ status: 'signed_in' })
    await session.logout()
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it.each([
    ['a failure', failure, 'no_answer', [1, 2, 4, 8, 16, 32]],
    ['a server that is down', { status: 503, error: 'server_error' }, 'temporarily_unavailable', [1, 2, 4]],
  ] as const)('%s: the pause doubles, and the first success ends it', async (...[, fault, code, pauses]) => {
    const { session, sandbox, clock, tokenRequests } = onUse()
    for (const [index, seconds] of pauses.entries()) {
      sandbox.failNext(fault)
      expect(await codeOf(session.accessToken())).toBe(code)
      clock.advance(seconds * 1000 - 1)
      await expect(session.accessToken()).rejects.toMatchObject({
        code: 'renewal_postponed',
        details: { failures: index + 1, because: code, retryAt: clock.now() + 1 },
      })
      expect(tokenRequests()).toHaveLength(index + 1)
      clock.advance(1)
    }
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    await session.logout()
    sandbox.failNext(fault)
    expect(await codeOf(session.accessToken())).toBe(code)
    await expect(session.accessToken()).rejects.toMatchObject({ details: { failures: 1 } })
  })

  it('but authorize() asks at any time: somebody wants it', async () => {
    const { session, sandbox } = onUse()
    sandbox.failNext(failure)
    await codeOf(session.accessToken())
    expect(await codeOf(session.accessToken())).toBe('renewal_postponed')
    expect(await session.authorize()).toMatchObject({ status: 'signed_in' })
    expect(await session.accessToken()).toBe(session.peekToken())
  })

  it('and a secret that was refused is not sent again by itself, whatever time has passed', async () => {
    const { options, sandbox, clock, tokenRequests } = onUse()
    const session = createSession({ ...options, authorizeOnUse: true })
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await codeOf(session.accessToken())).toBe('grant_refused')
    clock.advance('10d')
    expect(await codeOf(session.accessToken())).toBe('refused_before')
    expect(tokenRequests()).toHaveLength(1)
    expect(await session.authorize()).toMatchObject({ status: 'signed_in' })
  })
})
