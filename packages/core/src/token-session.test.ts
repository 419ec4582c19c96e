import { describe, expect, it, vi } from 'vitest'
import { createWorld } from '../test/worlds.ts'
import { createSession } from './create-session.ts'
import { Secret } from './secret.ts'
import type { SessionState } from './session.ts'
import { type StaticTokenOptions, tokenFromEnv, tokenSession } from './token-session.ts'

const accessToken = 'a'.repeat(40)
const start = Date.UTC(2026, 0, 1)

/** Starts a session of a given token whose clock stands still, and collects the states that its listener hears. */
function startSession(options: Partial<StaticTokenOptions> = {}) {
  const world = createWorld()
  const { baseUrl, clock, fetch } = world.options
  const session = tokenSession({ baseUrl, clock, fetch, accessToken, ...options })
  const states: SessionState[] = []
  session.subscribe((state) => states.push(state))
  return { ...world, session, states }
}

describe('tokenSession', () => {
  it('returns the kind of session that createSession returns for a token', () => {
    const { baseUrl, clock, fetch } = createWorld().options
    const session = createSession({ accessToken, baseUrl, clock, fetch })
    expect(Object.keys(startSession().session)).toEqual(Object.keys(session))
    expect(session.baseUrl).toBe(baseUrl)
    expect(session.allowedOrigins).toEqual([new URL(baseUrl).origin])
    expect([session, session.state, session.allowedOrigins].every(Object.isFrozen)).toBe(true)
  })

  it('works without crypto.subtle, which pages over plain HTTP do not have', async () => {
    vi.stubGlobal('crypto', {})
    try {
      expect(await startSession().session.getAccessToken()).toBe(accessToken)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('says that a token is undefined, and where to look', () => {
    expect(() => tokenSession({ accessToken: undefined })).toThrow(/^accessToken is undefined: .*environment variable/)
    expect(() => tokenSession(undefined as never)).toThrow(/^accessToken is undefined/)
  })

  it('has methods that can be passed on as functions', async () => {
    const { fetch, getAccessToken, getState, invalidateToken, peekAccessToken } = startSession().session
    expect(await getAccessToken()).toBe(accessToken)
    invalidateToken(accessToken)
    expect(getState()).toMatchObject({ reason: 'rejected' })
    expect(peekAccessToken()).toBeUndefined()
    await expect(fetch('/v1/devices')).rejects.toMatchObject({ code: 'reauthentication_required' })
  })

  it('returns the same state object until the state changes, and once it has expired', () => {
    const { session, clock } = startSession({ expiresAt: start + 1000 })
    const { state } = session
    clock.advance(999)
    expect(session.getState()).toBe(state)
    clock.advance(1)
    expect(session.state).toEqual({ status: 'reauthentication_required', reason: 'expired' })
    expect(session.getState()).toBe(session.state)
  })

  it('notifies its listeners of a rejection, of an expiry that a call finds, and of a logout, once each', async () => {
    const expiring = startSession({ expiresAt: new Date(start + 1000) })
    expiring.clock.advance(1000)
    expect(expiring.session.state.status).toBe('reauthentication_required')
    expect(expiring.states).toEqual([])
    for (let call = 0; call < 2; call += 1) await expect(expiring.session.getAccessToken()).rejects.toThrow('expired')
    await expiring.session.logout()
    await expiring.session.logout()
    expect(expiring.states).toEqual([
      { status: 'reauthentication_required', reason: 'expired' },
      { status: 'signed_out', reason: 'logged_out' },
    ])

    const { session, states } = startSession()
    session.invalidateToken(accessToken)
    session.invalidateToken(accessToken)
    expect(states).toEqual([{ status: 'reauthentication_required', reason: 'rejected' }])
  })

  it('calls a listener as often as it subscribed, until it unsubscribes', () => {
    const { session } = startSession()
    const listener = vi.fn()
    const unsubscribe = session.subscribe(listener)
    session.subscribe(listener)
    unsubscribe()
    session.invalidateToken(accessToken)
    expect(listener).toHaveBeenCalledTimes(1)
    expect(() => session.subscribe('listener' as never)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('rejects with not_renewable if the token expires sooner than the caller needs', async () => {
    const { session } = startSession({ expiresAt: start + 60_000 })
    expect(await session.getAccessToken({ minValidityMs: 59_999 })).toBe(accessToken)
    await expect(session.getAccessToken({ minValidityMs: 60_000 })).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'external_token', expiresAt: start + 60_000 },
    })
    expect(await startSession().session.getAccessToken({ minValidityMs: Number.POSITIVE_INFINITY })).toBe(accessToken)
  })

  it.each([
    ['timeoutMs', { timeoutMs: -1 }],
    ['minValidityMs', { minValidityMs: Number.NaN }],
  ])('rejects an invalid %s of a call', async (parameter, options) => {
    await expect(startSession().session.getAccessToken(options)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
  })

  it('rejects an aborted call with the reason of its signal, unless the token is valid', async () => {
    const { session } = startSession()
    const signal = AbortSignal.abort(new Error('stopped'))
    expect(await session.getAccessToken({ signal })).toBe(accessToken)
    await expect(session.logout({ signal })).rejects.toThrow('stopped')
    expect(session.state.status).toBe('signed_in')
    session.invalidateToken(accessToken)
    await expect(session.getAccessToken({ signal })).rejects.toThrow('stopped')
  })

  it('waits in idle() for a revocation, and says why it failed', async () => {
    let respond: (response: Response) => void = () => {}
    const fetch = vi.fn<typeof globalThis.fetch>(() => new Promise((resolve) => (respond = resolve)))
    const { session } = startSession({ fetch })
    const logout = session.logout({ revoke: true })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'logged_out' })
    let isIdle = false
    const idle = session.idle().then(() => {
      isIdle = true
    })
    expect(await session.logout({ revoke: true })).toEqual({ accessToken: 'none', refreshToken: 'none' })
    expect(isIdle).toBe(false)
    respond(new Response('gateway', { status: 502 }))
    await idle
    expect(await logout).toMatchObject({ accessToken: 'still_valid', error: { code: 'revocation_failed' } })
    expect(fetch).toHaveBeenCalledTimes(1)
  })

  it('says after a logout that another session is needed', async () => {
    const { session } = startSession()
    await session.logout()
    session.invalidateToken(accessToken)
    expect(session.state.status).toBe('signed_out')
    await expect(session.getAccessToken()).rejects.toThrow('Create another session')
  })
})

describe('tokenFromEnv', () => {
  // biome-ignore format: one line per case, to be read as a table
  it.each<[string, Record<string, string | undefined>, string | undefined]>([
    ['PARTICLE_ACCESS_TOKEN', { PARTICLE_ACCESS_TOKEN: 'a', PATH: '/bin' }, 'a'],
    ['PARTICLE_AUTH', { PARTICLE_AUTH: 'b' }, 'b'],
    ['a variable with a line end', { PARTICLE_ACCESS_TOKEN: 'a\n' }, 'a'],
    ['two variables that agree', { PARTICLE_ACCESS_TOKEN: 'a', PARTICLE_AUTH: ' a' }, 'a'],
    ['the variable that is not empty', { PARTICLE_ACCESS_TOKEN: ' ', PARTICLE_AUTH: 'b' }, 'b'],
    ['nothing if no variable is set', { PARTICLE_CLIENT_ID: 'c', PARTICLE_AUTH: undefined }, undefined],
  ])('returns %s', (_, env, expected) => {
    const token = tokenFromEnv(env)
    expect(token?.reveal()).toBe(expected)
    expect(token === undefined || Secret.isInstance(token)).toBe(true)
  })

  it('rejects two tokens that differ, and repeats neither', () => {
    const env = { PARTICLE_ACCESS_TOKEN: 'first-token', PARTICLE_AUTH: 'second-token' }
    expect(() => tokenFromEnv(env)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: 'env has two different tokens: unset PARTICLE_ACCESS_TOKEN or PARTICLE_AUTH.',
      }),
    )
  })
})
