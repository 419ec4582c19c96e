import { describe, expect, it } from 'vitest'
import { dev, product, sandboxed, sessionKeys } from '../../test/sandboxed.ts'
import { developerClient, productClient } from '../clients.ts'
import { Secret } from '../secret.ts'
import { memoryStore } from '../store/memory-store.ts'
import { customer } from '../subject.ts'
import { createSession } from './create-session.ts'

const token = 'a'.repeat(40)

describe('adopting a token', () => {
  it('uses it until it ends, and never renews it', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const session = createSession({ client: productClient(product), baseUrl, clock })
    await session.adopt({ accessToken: token, expiresAt: new Date(clock.now() + 1000) })
    expect(await session.accessToken()).toBe(token)
    await expect(session.renew()).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'adopted_token' },
    })
    clock.advance(1000)
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'expired' },
    })
    expect(tokenRequests()).toEqual([])
  })

  it('takes it for one that never ends when nothing is said', async () => {
    const { clock, baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    expect(await session.adopt({ accessToken: new Secret(token) })).toMatchObject({
      tokens: { grant: 'adopted', expiresAt: null },
    })
  })

  it.each([
    ['an empty token', { accessToken: '' }, 'accessToken'],
    ['a whole header', { accessToken: `Bearer ${token}` }, 'accessToken'],
    ['a line end', { accessToken: `${token}\n` }, 'accessToken'],
    ['no token', {} as { accessToken: string }, 'accessToken'],
    ['nothing', undefined as unknown as { accessToken: string }, 'accessToken'],
    ['the end in seconds', { accessToken: token, expiresAt: 1_900_000_000 }, 'expiresAt'],
    ['a date made of seconds', { accessToken: token, expiresAt: new Date(1_900_000_000) }, 'expiresAt'],
    ['an end that is no number', { accessToken: token, expiresAt: '2030' as unknown as number }, 'expiresAt'],
    ['a date that is none', { accessToken: token, expiresAt: new Date('soon') }, 'expiresAt'],
  ])('refuses %s', async (_, options, parameter) => {
    const session = createSession({ client: developerClient() })
    await expect(session.adopt(options)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
  })
})

describe('a token’s end in seconds', () => {
  it('is told from milliseconds, and what to do is said', async () => {
    const session = createSession({ client: developerClient() })
    await expect(session.adopt({ accessToken: token, expiresAt: 1_900_000_000 })).rejects.toThrow(
      'multiply seconds by 1000',
    )
    expect(session.state.status).toBe('signed_out')
  })
})

describe('logging out', () => {
  it('revokes the token at Particle and forgets the session', async () => {
    const { baseUrl, clock } = await sandboxed()
    const store = memoryStore()
    const session = createSession({ client: developerClient(), baseUrl, clock, store })
    await session.login(dev)
    const authorization = `Bearer ${session.peekToken()}`
    expect(await sessionKeys(store)).toHaveLength(1)
    expect(await session.logout()).toEqual({
      accessToken: 'revoked',
      refreshToken: 'nothing',
      error: undefined,
    })
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(await sessionKeys(store)).toEqual([])
    expect((await fetch(`${baseUrl}/v1/devices`, { headers: { authorization } })).status).toBe(401)
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  it.each([
    ['the server fails', { status: 503, error: 'server_error' }, 503],
    ['no answer comes', { drop: 'before' }, undefined],
  ] as const)('forgets also when %s, and says that the token is still valid', async (_, fault, status) => {
    const { baseUrl, sandbox } = await sandboxed()
    const store = memoryStore()
    const session = createSession({ client: developerClient(), baseUrl, store })
    await session.login(dev)
    sandbox.failNext(fault)
    expect(await session.logout()).toMatchObject({
      accessToken: 'still_valid',
      error: {
        code: 'revocation_failed',
        details: { status },
        remedy: expect.stringContaining('stays valid'),
      },
    })
    expect(session.state.status).toBe('signed_out')
    expect(await sessionKeys(store)).toEqual([])
  })

  it('counts a token that was dead already as revoked', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.adopt({ accessToken: token })
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked' })
  })

  const html = '<html>Sign in to this Wi-Fi</html>'
  // biome-ignore format: one line per case, to be read as a table
  const proofs: readonly (readonly [about: string, status: number, body: string | null, accessToken: string])[] = [
    ['the confirmation', 200, '{"ok":true}', 'revoked'],
    ['the confirmation and more', 200, '{"ok":true,"x":1}', 'revoked'],
    ['no content', 204, null, 'revoked'],
    ['a token that was dead', 401, '{"error":"invalid_token"}', 'revoked'],
    ['a token that had expired', 401, '{"error":"expired_token"}', 'revoked'],
    ['a captive portal’s page', 200, html, 'still_valid'],
    ['a proxy’s refusal', 401, html, 'still_valid'],
    ['another refusal', 401, '{"error":"invalid_client"}', 'still_valid'],
    ['a dead token with another status', 400, '{"error":"invalid_token"}', 'still_valid'],
    ['half a confirmation', 200, '{"ok":tr', 'still_valid'],
    ['an empty one', 200, '', 'still_valid'],
    ['the contrary', 200, '{"ok":false}', 'still_valid'],
    ['something like it', 200, '{"ok":"true"}', 'still_valid'],
    ['a list', 200, '[{"ok":true}]', 'still_valid'],
    ['acceptance', 202, '{"ok":true}', 'still_valid'],
    ['a redirect', 302, '{"ok":true}', 'still_valid'],
  ]
  it.each(proofs.map(([about, status, body, accessToken]) => ({ about, status, body, accessToken })))(
    'says what is proved by $about ($status): $accessToken',
    async ({ status, body, accessToken }) => {
      const fetch = async () => new Response(body, { status })
      const session = createSession({ client: developerClient(), fetch })
      await session.adopt({ accessToken: token })
      const result = await session.logout()
      expect(result.accessToken).toBe(accessToken)
      expect(result.error?.details).toEqual(accessToken === 'revoked' ? undefined : { status })
      expect(session.state.status).toBe('signed_out')
    },
  )

  it('leaves the token alone when told to', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.adopt({ accessToken: token })
    expect(await session.logout({ revoke: false })).toMatchObject({
      accessToken: 'nothing',
      error: undefined,
    })
    expect(sandbox.requests()).toEqual([])
  })

  it('says that a refresh token stays valid, since nothing revokes it', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({
      client: productClient(product),
      baseUrl,
      subject: customer('jane@example.com'),
    })
    const password = sandbox.accounts.find(({ username }) => username === 'jane@example.com')?.password
    await session.login({ username: 'jane@example.com', password: String(password) })
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked', refreshToken: 'still_valid' })
  })

  it('leaves a session unbound whose first sign-in was refused', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.login({ ...dev, password: 'wrong' }).catch(() => {})
    await session.logout()
    expect(session.state.identity.subject).toBeUndefined()
  })

  it('forgets a challenge, and does nothing twice', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.login({ username: 'mfa@example.com', password: 'battery staple' })
    expect(await session.logout()).toEqual({
      accessToken: 'nothing',
      refreshToken: 'nothing',
      error: undefined,
    })
    expect(await session.logout()).toMatchObject({ accessToken: 'nothing' })
    await expect(session.submitOtp('123456')).rejects.toMatchObject({ code: 'no_challenge' })
  })
})
