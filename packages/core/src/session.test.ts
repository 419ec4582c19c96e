import { describe, expect, it } from 'vitest'
import { dev, mfa, startSandbox } from '../test/sandboxed.ts'
import { createWorld } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { SessionState } from './session.ts'
import { account } from './subject.ts'

const client = developerClient()

/** Opens developer sessions against a sandbox without a socket. */
function start() {
  const world = createWorld()
  const { baseUrl, clock, fetch } = world.options
  return { ...world, session: createSession({ client, baseUrl, clock, fetch }) }
}

describe('Session.subscribe', () => {
  it('calls the listener once per state, in order, until it is unsubscribed', async () => {
    const { session, sandbox } = start()
    const seen: string[] = []
    const unsubscribe = session.subscribe(({ status }) => seen.push(status))
    await session.login(mfa)
    await session.submitOtp(sandbox.otp(mfa.username))
    unsubscribe()
    unsubscribe()
    await session.logout()
    expect(seen).toEqual(['requesting', 'mfa_required', 'requesting', 'signed_in'])
  })

  it('calls the listener once when a call finds that the token has expired', async () => {
    const { session, clock } = start()
    await session.login({ ...dev, expiresIn: 60 })
    const seen: string[] = []
    session.subscribe(({ status }) => seen.push(status))
    clock.advance('61s')
    for (const _ of [1, 2]) await expect(session.getAccessToken()).rejects.toThrow()
    expect(seen).toEqual(['reauthentication_required'])
  })

  it('keeps a second subscription of the same listener', async () => {
    const { session } = start()
    const seen: string[] = []
    const listener = ({ status }: SessionState) => void seen.push(status)
    const unsubscribe = session.subscribe(listener)
    session.subscribe(listener)
    unsubscribe()
    await session.login(dev)
    expect(seen).toEqual(['requesting', 'signed_in'])
  })

  it.each([5, undefined, null, {}])('rejects %j in place of a function', (listener) => {
    expect(() => start().session.subscribe(listener as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: expect.objectContaining({ parameter: 'listener' }),
      }),
    )
  })

  it('calls the other listeners when one throws, and surfaces its error', async () => {
    const surfaced = new Promise((resolve) => process.once('unhandledRejection', resolve))
    const { session } = start()
    const seen: string[] = []
    const unsubscribe = session.subscribe(() => {
      unsubscribe()
      throw new Error('listener is broken')
    })
    session.subscribe(({ status }) => seen.push(status))
    expect(await session.login(dev)).toMatchObject({ status: 'signed_in' })
    expect(seen).toEqual(['requesting', 'signed_in'])
    expect(await surfaced).toMatchObject({ message: 'listener is broken' })
  })
})

describe('Session.getState', () => {
  it('returns the same frozen object until the state changes', async () => {
    const { session, clock } = start()
    const { getState } = session
    const first = getState()
    expect(getState()).toBe(first)
    expect(session.state).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
    await session.login({ ...dev, expiresIn: 3600 })
    const signedIn = getState()
    expect(signedIn).not.toBe(first)
    clock.advance('30m')
    await session.load()
    expect(getState()).toBe(signedIn)
    expect(Object.isFrozen(signedIn)).toBe(true)
  })

  it('returns the same object for a token that has expired meanwhile, and for a challenge', async () => {
    const { session, clock } = start()
    await session.login({ ...dev, expiresIn: 60 })
    clock.advance('60s')
    expect(session.getState()).toMatchObject({ status: 'reauthentication_required', reason: 'expired' })
    expect(session.getState()).toBe(session.getState())
    const other = start()
    await other.session.login(mfa)
    expect(other.session.getState()).toBe(other.session.getState())
    other.clock.advance('10m')
    expect(other.session.getState()).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    expect(other.session.getState()).toBe(other.session.getState())
  })

  it('passes to each listener the snapshot that it returns then, as useSyncExternalStore expects', async () => {
    const { session } = start()
    const { subscribe, getState } = session
    const pairs: [SessionState, SessionState][] = []
    subscribe((state) => void pairs.push([state, getState()]))
    await session.login(dev)
    expect(pairs).toHaveLength(2)
    for (const [passed, returned] of pairs) expect(returned).toBe(passed)
  })

  it('keeps what a store knows out of the snapshot: identity, MFA token, earlier tokens', async () => {
    const { session } = start()
    await session.login(mfa)
    expect(Object.keys(session.state).sort()).toEqual(['challenge', 'status', 'subject'])
    expect(session.state).toMatchObject({ subject: account(mfa.username) })
    expect(Object.keys((session.state as { challenge: object }).challenge)).toEqual(['attemptsLeft', 'expiresAt'])
  })
})

describe('the methods of a session', () => {
  it('can be passed on as functions', async () => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl, clock })
    const { login, submitOtp, getAccessToken, peekAccessToken, invalidateToken, logout, load, idle } = session
    const { setToken, fetch, getState, subscribe } = session
    const seen: string[] = []
    subscribe(({ status }) => seen.push(status))
    await login(mfa)
    await submitOtp(sandbox.otp(mfa.username))
    const token = await getAccessToken()
    expect(peekAccessToken()).toBe(token)
    expect((await fetch('/v1/devices')).status).toBe(200)
    await load()
    await idle()
    invalidateToken(token)
    expect(getState()).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    await setToken({ accessToken: token })
    await logout()
    expect(seen.at(-1)).toBe('signed_out')
  })

  it('are the same functions each time, as useSyncExternalStore expects', () => {
    const { session } = start()
    expect(session.subscribe).toBe(session.subscribe)
    expect(session.getState).toBe(session.getState)
    expect(start().session.getState).not.toBe(session.getState)
  })

  it('can all be passed on, also those of the other kinds', async () => {
    const { createProductSession, options } = createWorld()
    const { requestClientToken, getAccessToken } = createProductSession()
    expect(await requestClientToken()).toMatchObject({ status: 'signed_in' })
    expect(await getAccessToken({ forceRefresh: true })).toMatch(/^[0-9a-f]{40}$/)
    const { submitRecoveryCode } = createSession({ ...options, client: developerClient() })
    await expect(submitRecoveryCode('a1b2-c3d4-e5f6')).rejects.toMatchObject({ code: 'no_challenge' })
  })
})
