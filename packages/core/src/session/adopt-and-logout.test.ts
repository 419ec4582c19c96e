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
    ['a date that is none', { accessToken: token, expiresAt: new Date('soon') }, 'expiresAt'],
  ])('refuses %s', async (_, options, parameter) => {
    const session = createSession({ client: developerClient() })
    await expect(session.adopt(options)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
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
