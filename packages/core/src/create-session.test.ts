import { describe, expect, it, vi } from 'vitest'
import { dev, product, startSandbox } from '../test/sandboxed.ts'
import { createWorld } from '../test/worlds.ts'
import { developerClient } from './clients.ts'
import { createSession, sessionFromEnv } from './create-session.ts'
import { Secret } from './secret.ts'
import { memoryStore } from './store.ts'
import type { StaticTokenOptions } from './token-session.ts'

const accessToken = 'a'.repeat(40)
const userCredentials = { id: 'my-scripts-5678', secret: 'user-client-secret' }

/** Starts a static session whose clock stands still. */
function startStatic(options: Partial<StaticTokenOptions> = {}) {
  const world = createWorld()
  const { baseUrl, clock, fetch } = world.options
  return { ...world, session: createSession({ baseUrl, clock, fetch, accessToken, ...options }) }
}

describe('createSession with an access token', () => {
  it.each([accessToken, new Secret(accessToken)])('uses it at once, without a request (%s)', async (token) => {
    const { session, sandbox } = startStatic({ accessToken: token })
    expect(session.kind).toBe('static')
    expect(session.state).toEqual({
      status: 'signed_in',
      tokens: { accessToken: expect.any(Secret), expiresAt: null },
    })
    expect(session.peekAccessToken()).toBe(accessToken)
    expect(await session.getAccessToken()).toBe(accessToken)
    expect(sandbox.requests()).toEqual([])
  })

  it.each([
    ['undefined, as from a missing variable', { accessToken: undefined }, 'accessToken'],
    ['an empty token', { accessToken: '' }, 'accessToken'],
    ['a whole header', { accessToken: `Bearer ${accessToken}` }, 'accessToken'],
    ['null', { accessToken: null }, 'accessToken'],
    ['an expiry in seconds', { accessToken, expiresAt: 1_900_000_000 }, 'expiresAt'],
    ['an invalid time-out', { accessToken, timeoutMs: 0 }, 'timeoutMs'],
    ['an invalid base URL', { accessToken, baseUrl: 'particle' }, 'baseUrl'],
  ])('rejects %s', (_, options, parameter) => {
    expect(() => createSession(options as StaticTokenOptions)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', details: expect.objectContaining({ parameter }) }),
    )
  })

  it('has no methods to sign in or to renew', () => {
    const { session } = startStatic()
    for (const name of ['login', 'submitOtp', 'submitRecoveryCode', 'setToken', 'requestClientToken']) {
      expect(session).not.toHaveProperty(name)
    }
  })

  it('reads as expired after its expiry, without a timer', async () => {
    const { session, clock } = startStatic({ expiresAt: Date.UTC(2026, 0, 1) + 1000 })
    expect(await session.getAccessToken()).toBe(accessToken)
    clock.advance(1000)
    expect(session.state).toEqual({ status: 'reauthentication_required', reason: 'expired' })
    expect(session.getState()).toBe(session.state)
    expect(session.peekAccessToken()).toBeUndefined()
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      retry: 'after_sign_in',
      details: { reason: 'expired' },
    })
  })

  it('is never used again after the API rejected it', async () => {
    const { session, sandbox } = startStatic()
    session.invalidateToken('another token')
    expect(session.state.status).toBe('signed_in')
    session.invalidateToken(accessToken)
    expect(session.state).toEqual({ status: 'reauthentication_required', reason: 'rejected' })
    expect(session.peekAccessToken()).toBeUndefined()
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
    })
    await session.idle()
    expect(sandbox.requests()).toEqual([])
  })

  it('is not used again by fetch after the API rejected it', async () => {
    const { session, sandbox } = startStatic()
    for (let call = 0; call < 2; call += 1) {
      await expect(session.fetch('/v1/devices')).rejects.toMatchObject({
        code: 'reauthentication_required',
      })
    }
    expect(sandbox.requests()).toHaveLength(1)
    expect(session.state).toMatchObject({ reason: 'rejected' })
  })

  it('is forgotten by logout, and revoked only if the caller wants that', async () => {
    const { session, sandbox } = startStatic()
    expect(await session.logout()).toEqual({ accessToken: 'still_valid', refreshToken: 'none' })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'logged_out' })
    expect(session.peekAccessToken()).toBeUndefined()
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(sandbox.requests()).toEqual([])

    const other = startStatic()
    expect(await other.session.logout({ revoke: true })).toMatchObject({ accessToken: 'revoked' })
    expect(other.sandbox.requests()).toMatchObject([{ method: 'DELETE' }])
  })

  it('loads nothing and waits for nothing', async () => {
    const { session } = startStatic()
    expect(await session.load()).toBe(session.state)
    await expect(session.idle()).resolves.toBeUndefined()
  })

  it('cannot be renewed, whatever a caller without types asks for', async () => {
    const { session, clock } = startStatic({ expiresAt: Date.UTC(2026, 0, 1) + 1000 })
    const { getAccessToken } = session as { getAccessToken: (options: object) => Promise<string> }
    await expect(getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'external_token', expiresAt: clock.now() + 1000 },
    })
    expect(await session.getAccessToken()).toBe(accessToken)
  })
})

const token = accessToken
const [id, secret] = [product.id, product.secret]

describe('sessionFromEnv', () => {
  // biome-ignore format: one line per case, to be read as a table
  const valid: [string, Record<string, string | undefined>, string][] = [
    ['a token', { PARTICLE_ACCESS_TOKEN: token }, 'static'],
    ['a token by its other name', { PARTICLE_AUTH: token }, 'static'],
    ['a token by both names', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_AUTH: `${token} ` }, 'static'],
    ['an empty first name', { PARTICLE_ACCESS_TOKEN: '', PARTICLE_AUTH: token }, 'static'],
    ['a first name of spaces', { PARTICLE_ACCESS_TOKEN: ' ', PARTICLE_AUTH: token }, 'static'],
    ['a token with a line end', { PARTICLE_ACCESS_TOKEN: `${token}\n` }, 'static'],
    ['a token beside empty client variables', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_CLIENT_ID: '', PARTICLE_CLIENT_SECRET: '' }, 'static'],
    ['a token beside a client kind alone', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_CLIENT_KIND: 'user' }, 'static'],
    ['a client', { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret }, 'product'],
    ['a client beside an empty token', { PARTICLE_ACCESS_TOKEN: '', PARTICLE_AUTH: '', PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret }, 'product'],
    ['a client of an empty kind', { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret, PARTICLE_CLIENT_KIND: '' }, 'product'],
    ['a product client', { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret, PARTICLE_CLIENT_KIND: 'product' }, 'product'],
    ['a user client', { PARTICLE_CLIENT_ID: userCredentials.id, PARTICLE_CLIENT_SECRET: userCredentials.secret, PARTICLE_CLIENT_KIND: 'user' }, 'user'],
    ['variables of others', { PARTICLE_AUTH: token, PATH: '/bin', HOME: undefined }, 'static'],
  ]
  it.each(valid)('creates a session from %s', async (_, env, kind) => {
    const { options } = createWorld()
    const { clock, fetch } = options
    const session = sessionFromEnv(env, { clock, fetch })
    expect(session.kind).toBe(kind)
    const given = await session.getAccessToken()
    if (kind === 'static') expect(given).toBe(token)
    else expect(given).toMatch(/^[0-9a-f]{40}$/)
  })

  // biome-ignore format: one line per case, to be read as a table
  const invalid: [string, Record<string, string | undefined>, string, RegExp][] = [
    ['nothing', {}, 'env', /PARTICLE_ACCESS_TOKEN, or PARTICLE_CLIENT_ID and PARTICLE_CLIENT_SECRET/],
    ['empty variables', { PARTICLE_ACCESS_TOKEN: '', PARTICLE_AUTH: '', PARTICLE_CLIENT_ID: '', PARTICLE_CLIENT_SECRET: '' }, 'env', /PARTICLE_CLIENT_ID/],
    ['an id without a secret', { PARTICLE_CLIENT_ID: id }, 'env', /PARTICLE_CLIENT_SECRET/],
    ['an id with an empty secret', { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: '' }, 'env', /PARTICLE_CLIENT_SECRET/],
    ['a secret without an id', { PARTICLE_CLIENT_SECRET: secret }, 'env', /PARTICLE_CLIENT_ID/],
    ['a kind alone', { PARTICLE_CLIENT_KIND: 'user' }, 'env', /PARTICLE_CLIENT_ID/],
    ['a token and a client', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret }, 'env', /not both/],
    ['the other token and a client', { PARTICLE_AUTH: token, PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret }, 'env', /not both/],
    ['a token and an id', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_CLIENT_ID: id }, 'env', /not both/],
    ['a token and a secret', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_CLIENT_SECRET: secret }, 'env', /not both/],
    ['an unknown kind', { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret, PARTICLE_CLIENT_KIND: 'developer' }, 'PARTICLE_CLIENT_KIND', /'product' or 'user'/],
    ['two tokens that differ', { PARTICLE_ACCESS_TOKEN: token, PARTICLE_AUTH: 'b' }, 'env', /unset PARTICLE_ACCESS_TOKEN or PARTICLE_AUTH/],
    ['a whole header', { PARTICLE_ACCESS_TOKEN: `Bearer ${token}` }, 'accessToken', /Bearer/],
    ['a malformed id', { PARTICLE_CLIENT_ID: 'a b', PARTICLE_CLIENT_SECRET: secret }, 'id', /letters/],
    ['the id of a developer client', { PARTICLE_CLIENT_ID: 'particle', PARTICLE_CLIENT_SECRET: 'particle' }, 'id', /public client/],
  ]
  it.each(invalid)('rejects %s', (...[, env, parameter, message]) => {
    expect(() => sessionFromEnv(env)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching(message),
        details: expect.objectContaining({ parameter }),
      }),
    )
  })

  it('passes its options on, so that processes share the store', async () => {
    const { baseUrl, clock, tokenRequests } = await startSandbox()
    const env = { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret }
    const options = { baseUrl, clock, store: memoryStore() }
    const first = await sessionFromEnv(env, options).getAccessToken()
    expect(await sessionFromEnv(env, options).getAccessToken()).toBe(first)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('passes connection options on to a static session, and accepts those of a client', async () => {
    const { baseUrl, sandbox } = await startSandbox()
    const login = createSession({ client: developerClient(), baseUrl })
    await login.login(dev)
    const env = { PARTICLE_ACCESS_TOKEN: await login.getAccessToken() }
    const waitUntil = vi.fn()
    const session = sessionFromEnv(env, { baseUrl, store: memoryStore(), lockoutGuard: false, waitUntil })
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(sandbox.requests().at(-1)).toMatchObject({ path: '/v1/devices', status: 200 })
  })
})
