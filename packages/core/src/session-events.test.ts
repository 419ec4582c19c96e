import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { mfa, toWrongCode } from '../test/sandboxed.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { client, createWorld, getErrorCode, jane } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { SessionEvent } from './session-events.ts'
import { createSessionPool } from './session-pool.ts'
import { newSignInId } from './session-record.ts'
import { memoryStore } from './store.ts'
import { customer } from './subject.ts'

// Subjects are hashed: without this, an event would be reported at a time that no test can know.
useSyncDigest()

/** Collects the events of sessions. They are reported after the call, so that `settle` waits for them. */
function collect() {
  const events: SessionEvent[] = []
  const settle = () => setImmediate()
  return {
    events,
    settle,
    onEvent: (event: SessionEvent) => events.push(event),
    types: () => events.map(({ type }) => type),
  }
}

describe('onEvent', () => {
  it('reports each token request with its trigger, outcome and duration', async () => {
    const { options, clock, sandbox } = createWorld()
    const { events, settle, onEvent } = collect()
    const session = createSession({ ...options, onEvent })
    await session.getAccessToken()
    await session.getAccessToken({ forceRefresh: true })
    clock.advance('90d')
    sandbox.failNext({ status: 503, error: 'server_error' })
    await getErrorCode(session.getAccessToken())
    await settle()
    const requests = events.filter(({ type }) => type === 'token_request')
    const grantType = 'client_credentials'
    expect(requests).toMatchObject([
      { grantType, trigger: 'first', forced: false, status: 200, durationMs: 0 },
      { grantType, trigger: 'forced', forced: false, status: 200 },
      { grantType, trigger: 'expired', status: 503, error: 'temporarily_unavailable' },
    ])
    expect(requests[0]).toHaveProperty('error', undefined)
    expect(events.at(-1)).toMatchObject({
      type: 'renewal_failed',
      error: 'temporarily_unavailable',
      retryAt: clock.now() + 1000,
    })
  })

  it('measures durations by one clock, although the first response corrects the clock of the session', async () => {
    const { options, clock } = createWorld()
    for (const wrongBy of [-240_000, 240_000]) {
      const { events, settle, onEvent } = collect()
      const fetch: typeof globalThis.fetch = (url, init) => {
        clock.advance('200ms')
        return options.fetch(url, init)
      }
      const session = createSession({
        ...options,
        store: memoryStore(),
        fetch,
        clock: { now: () => clock.now() + wrongBy },
        onEvent,
      })
      await Promise.all([session.requestClientToken(), session.load()])
      await settle()
      expect(events).toMatchObject([
        { type: 'token_request', durationMs: 200 },
        { type: 'lock_wait', durationMs: 200 },
      ])
    }
  })

  it('reports what the guard holds back, with its rule, and a token that the API rejected', async () => {
    const { options, clock } = createWorld()
    const { events, settle, onEvent, types } = collect()
    for (let tries = 0; tries < 4; tries += 1) {
      const session = createSession({ ...options, client: developerClient(), signInId: newSignInId(), onEvent })
      await getErrorCode(session.login({ username: mfa.username, password: 'wrong' }))
    }
    const session = createSession({ ...options, onEvent })
    session.invalidateToken(await session.getAccessToken())
    await settle()
    expect(types()).toContain('token_rejected')
    const held = events.filter(({ type }) => type === 'held_back')
    expect(held).toMatchObject([{ rule: 'secret', retryAt: clock.now() + 30 * 60_000 }])
  })

  it('reports a store that fails', async () => {
    const { options, store } = createWorld()
    const { events, settle, onEvent } = collect()
    store.save = async () => {
      throw new Error('disk full')
    }
    await getErrorCode(createSession({ ...options, onEvent }).getAccessToken())
    await settle()
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'store_failure', operation: 'save', error: 'store_unavailable' }),
    )
  })

  it('names the subject only if it is asked to, with control characters escaped', async () => {
    const { options } = createWorld()
    for (const includeSubject of [false, true]) {
      const { events, settle, onEvent } = collect()
      const name = 'odd\u202ename'
      const session = createSession({ ...options, subject: customer(name), onEvent, includeSubject })
      await getErrorCode(session.getAccessToken())
      await settle()
      const subjects = new Set(events.map(({ subject }) => subject))
      expect([...subjects]).toEqual([
        includeSubject ? 'customer:odd\\u202ename' : expect.stringMatching(/^[0-9a-f]{16}$/),
      ])
    }
  })

  it('does not disturb a session when it throws or rejects', async () => {
    const { options } = createWorld()
    const { settle } = collect()
    const listeners = [
      () => {
        throw new Error('listener failed')
      },
      async () => {
        throw new Error('listener failed')
      },
    ]
    for (const onEvent of listeners) {
      const pool = createSessionPool({ ...options, onEvent })
      expect(await pool.customer(jane).getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    }
    await settle()
  })

  it('contains no secret: no password, code, token, client secret or sign-in id', async () => {
    const { options, sandbox, clock, signIn } = createWorld()
    const { events, settle, onEvent, types } = collect()
    const secrets: string[] = [mfa.password, client.secret.reveal(), 'a wrong password']
    const ids = [newSignInId(), newSignInId()]
    const [first = '', second = ''] = ids
    const open = (signInId: string) => createSession({ ...options, client: developerClient(), signInId, onEvent })
    await getErrorCode(open(second).login({ username: mfa.username, password: 'a wrong password' }))
    const session = open(first)
    await session.login(mfa)
    const code = sandbox.otp(mfa.username)
    secrets.push(code, toWrongCode(code))
    await getErrorCode(session.submitOtp(toWrongCode(code)))
    await session.submitOtp(code)
    ids.push(session.signInId)
    secrets.push(await session.getAccessToken())
    const customers = createSession({ ...options, subject: customer(jane), onEvent })
    const { tokens } = await signIn(customers, 3600)
    secrets.push(tokens.accessToken.reveal(), String(tokens.refreshToken?.reveal()))
    customers.invalidateToken(tokens.accessToken.reveal())
    secrets.push(await customers.getAccessToken())
    clock.advance('90d')
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    await getErrorCode(customers.getAccessToken())
    await settle()
    expect(new Set(types())).toEqual(new Set(['token_request', 'token_rejected', 'renewal_failed']))
    const shown = JSON.stringify(events)
    for (const secret of [...secrets, ...ids]) expect(shown).not.toContain(secret)
    expect(shown).not.toContain(mfa.username)
  })
})
