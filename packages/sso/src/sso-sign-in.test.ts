import {
  account,
  createSession,
  developerClient,
  memoryStore,
  newSignInId,
  Secret,
  userClient,
  type WebSession,
} from '@particle-grants/core'
import { finishSsoSignIn, ssoClients } from '@particle-grants/sso'
import { describe, expect, it } from 'vitest'
import { startSandbox } from '../test/sandboxed.ts'

describe('startSsoSignIn', () => {
  it('resolves with what to show, and with the device code as a secret', async () => {
    const { url, start, clock } = await startSandbox({ ssoInterval: 7 })
    const started = await start()
    expect(started).toEqual({
      userCode: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verificationUri: `${url}/activate`,
      verificationUriComplete: `${url}/activate?user_code=${started.userCode}`,
      expiresAt: clock.now() + 600_000,
      intervalMs: 7000,
      deviceCode: expect.any(Secret),
    })
    expect(Object.isFrozen(started)).toBe(true)
  })

  it('accepts the client id of particle-cli, if a program passes it', async () => {
    const { start, sandbox } = await startSandbox()
    await start({ clientId: ssoClients.particleCli })
    expect(sandbox.requests()).toMatchObject([{ client_id: ssoClients.particleCli, form: { scope: 'openid profile' } }])
  })
})

describe('finishSsoSignIn', () => {
  it('signs the session in with the account’s own token and its expiry', async () => {
    const { sandbox, session, start, clock, polls, waits } = await startSandbox()
    const started = await start()
    sandbox.sso.approve(started.userCode)
    const state = await finishSsoSignIn(session, started)
    expect(state).toMatchObject({ status: 'signed_in', subject: account('sso@example.com') })
    expect(state.tokens.expiresAt).toBe(clock.now() + 90 * 86_400_000)
    expect(state.tokens).not.toHaveProperty('refreshToken')
    expect(waits).toEqual([5000])
    expect(polls()).toHaveLength(1)
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(await session.logout({ revoke: true })).toEqual({ accessToken: 'revoked', refreshToken: 'none' })
  })

  it('leaves the token valid at a logout without revoke, since it is external', async () => {
    const { sandbox, session, start } = await startSandbox()
    const started = await start()
    sandbox.sso.approve(started.userCode)
    await finishSsoSignIn(session, started)
    expect(await session.logout()).toMatchObject({ accessToken: 'still_valid' })
  })

  it('keeps nothing of the identity provider’s token', async () => {
    const { sandbox, createSession, start } = await startSandbox()
    const store = memoryStore()
    const saved: string[] = []
    const save: typeof store.save = (key, value, options) => {
      saved.push(JSON.stringify(value))
      return store.save(key, value, options)
    }
    const session = createSession({
      profile: 'work',
      store: { ...store, withLock: store.withLock, load: store.load, remove: store.remove, save },
    })
    const started = await start()
    sandbox.sso.approve(started.userCode)
    await finishSsoSignIn(session, started)
    expect(saved.join()).toContain(await session.getAccessToken())
    expect(saved.join()).not.toMatch(/eyJ|scp|cid/)
  })

  it.each(['user', 'sign-in'])('signs a %s session in', async (kind) => {
    const { sandbox, url, clock, start } = await startSandbox()
    const options = { baseUrl: url, clock }
    const session =
      kind === 'user'
        ? createSession({ client: userClient({ id: 'my-scripts-5678', secret: 'x' }), ...options, clientToken: false })
        : createSession({ client: developerClient(), signInId: newSignInId(), ...options })
    const started = await start()
    sandbox.sso.approve(started.userCode)
    const before = (session as Partial<WebSession>).signInId
    expect(await finishSsoSignIn(session, started)).toMatchObject({ subject: account('sso@example.com') })
    if (kind === 'sign-in') expect((session as Partial<WebSession>).signInId).not.toBe(before)
  })

  it('signs in after the signing key was rotated, with the new key and with the one before', async () => {
    const { sandbox, createSession, start } = await startSandbox()
    for (const rotations of [0, 1]) {
      const started = await start()
      sandbox.sso.approve(started.userCode)
      for (let i = 0; i < rotations; i += 1) sandbox.sso.rotateKeys()
      expect(await finishSsoSignIn(createSession(), started)).toMatchObject({ status: 'signed_in' })
    }
  })

  it('accepts the bound account in any case, and rejects another one', async () => {
    const accounts = [{ username: 'Jane@example.com', sso: true }]
    const { sandbox, createSession, start } = await startSandbox({ accounts })
    const bound = createSession({ subject: account('jane@EXAMPLE.com') })
    const other = createSession({ subject: account('joe@example.com') })
    for (const [session, expected] of [
      [bound, 'signed_in'],
      [other, 'subject_mismatch'],
    ] as const) {
      const started = await start()
      sandbox.sso.approve(started.userCode)
      const outcome = await finishSsoSignIn(session, started).then(
        ({ status }) => status,
        ({ code }) => code,
      )
      expect(outcome).toBe(expected)
    }
    expect(other.state.status).toBe('signed_out')
  })

  it.each([
    ['a failure', { status: 503 }],
    ['a page', { body: '<h1>Hello</h1>' }],
    ['a time that is none', { body: { expires_at: 'soon' } }],
    ['no response', { drop: true } as const],
  ])('signs in with an unknown expiry if the API responds to its request with %s', async (_title, fault) => {
    const { sandbox, session, start } = await startSandbox()
    const started = await start()
    sandbox.sso.approve(started.userCode)
    sandbox.failNext({ ...fault, match: { path: '/v1/access_tokens/current' } })
    expect((await finishSsoSignIn(session, started)).tokens.expiresAt).toBeNull()
  })

  it('signs in with a token that never expires', async () => {
    const { sandbox, session, start } = await startSandbox({ accessTokenLifetime: 0 })
    const started = await start()
    sandbox.sso.approve(started.userCode)
    expect((await finishSsoSignIn(session, started)).tokens.expiresAt).toBeNull()
  })

  it.each([
    ['rejects', { error: 'invalid_token' }],
    ['says that it has expired', { body: { expires_at: '2020-01-01T00:00:00Z' } }],
  ])('rejects a token that the API %s', async (_title, fault) => {
    const { sandbox, session, start } = await startSandbox()
    const started = await start()
    sandbox.sso.approve(started.userCode)
    sandbox.failNext({ ...fault, match: { path: '/v1/access_tokens/current' } })
    await expect(finishSsoSignIn(session, started)).rejects.toMatchObject({
      code: 'sso_invalid_token',
      details: { reason: 'rejected', claim: 'particle_profile' },
    })
    expect(session.state.status).toBe('signed_out')
  })
})
