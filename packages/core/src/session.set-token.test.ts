import { describe, expect, it } from 'vitest'
import { dev, product, startSandbox } from '../test/sandboxed.ts'
import { createWorld, jane, trackSessionKeys } from '../test/worlds.ts'
import { developerClient, productClient, userClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { ExternalToken } from './external-token.ts'
import { Secret } from './secret.ts'
import { memoryStore } from './store.ts'
import { account, customer } from './subject.ts'

const accessToken = 'a'.repeat(40)
const client = developerClient()

describe('setToken', () => {
  it('uses the token until it expires, and never renews a token of no subject', async () => {
    const { baseUrl, clock, tokenRequests } = await startSandbox()
    const session = createSession({ client, baseUrl, clock })
    const expiresAt = new Date(clock.now() + 1000)
    expect(await session.setToken({ accessToken, expiresAt })).toEqual({
      status: 'signed_in',
      tokens: { accessToken: expect.any(Secret), expiresAt: expiresAt.getTime() },
    })
    expect(await session.getAccessToken()).toBe(accessToken)
    clock.advance(1000)
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'expired' },
    })
    expect(tokenRequests()).toEqual([])
  })

  it.each([accessToken, new Secret(accessToken)])(
    'uses a token without an expiry as one of unknown expiry',
    async (token) => {
      const session = createSession({ client })
      expect(await session.setToken({ accessToken: token })).toMatchObject({ tokens: { expiresAt: null } })
      expect(session.peekAccessToken()).toBe(accessToken)
    },
  )

  it('says why the token of no subject cannot be renewed', async () => {
    const { clock, options } = createWorld()
    const user = userClient({ id: 'my-scripts-5678', secret: 'user-client-secret' })
    const session = createSession({ ...options, client: user })
    await session.setToken({ accessToken, expiresAt: clock.now() + 60_000 })
    await expect(session.getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: 'not_renewable',
      details: { reason: 'external_token', expiresAt: clock.now() + 60_000 },
    })
  })

  // biome-ignore format: one line per case, to be read as a table
  it.each([
    ['an empty token', { accessToken: '' }, 'accessToken'],
    ['a whole header', { accessToken: `Bearer ${accessToken}` }, 'accessToken'],
    ['a line end', { accessToken: `${accessToken}\n` }, 'accessToken'],
    ['no token', {}, 'accessToken'],
    ['nothing', undefined, 'accessToken'],
    ['null', null, 'accessToken'],
    ['an empty refresh token', { accessToken, refreshToken: '' }, 'refreshToken'],
    ['an expiry in seconds', { accessToken, expiresAt: 1_900_000_000 }, 'expiresAt'],
    ['a date made of seconds', { accessToken, expiresAt: new Date(1_900_000_000) }, 'expiresAt'],
    ['an expiry that is not a number', { accessToken, expiresAt: '2030' }, 'expiresAt'],
    ['an invalid date', { accessToken, expiresAt: new Date('soon') }, 'expiresAt'],
    ['a subject that is text', { accessToken, subject: 'account:dev@example.com' }, 'subject'],
    ['a customer', { accessToken, subject: customer(jane) }, 'subject'],
  ])('rejects %s', async (_, token, parameter) => {
    const session = createSession({ client })
    await expect(session.setToken(token as unknown as ExternalToken)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
  })

  it('explains how to correct an expiry in seconds', async () => {
    const session = createSession({ client })
    const token = { accessToken, expiresAt: 1_900_000_000 }
    await expect(session.setToken(token)).rejects.toThrow('multiply seconds by 1000')
  })
})

describe("setToken's subject", () => {
  const open = () => {
    const store = memoryStore()
    const sessionKeys = trackSessionKeys(store)
    return { store, sessionKeys }
  }

  it('is the session’s own where it has one, so that the token is stored', async () => {
    const { store, sessionKeys } = open()
    const options = { client, store, subject: account(dev.username) }
    await createSession(options).setToken({ accessToken })
    expect(sessionKeys()).toHaveLength(1)
    const other = createSession(options)
    expect(await other.load()).toMatchObject({ status: 'signed_in', subject: account(dev.username) })
    expect(other.peekAccessToken()).toBe(accessToken)
  })

  it('is unknown in an unbound session, whose token stays in memory', async () => {
    const { store, sessionKeys } = open()
    const session = createSession({ client, store })
    await session.setToken({ accessToken })
    await session.idle()
    expect(session.state).not.toHaveProperty('subject')
    expect(sessionKeys()).toEqual([])
  })

  it('binds an unbound session and stores the token', async () => {
    const { store, sessionKeys } = open()
    const session = createSession({ client, store })
    await session.setToken({ accessToken, subject: account('Dev@Example.com') })
    expect(session.state).toMatchObject({ subject: account(dev.username) })
    expect(sessionKeys()).toHaveLength(1)
    const other = account('other@example.com')
    await expect(session.setToken({ accessToken, subject: other })).rejects.toMatchObject({
      code: 'subject_mismatch',
      details: { expected: 'account:dev@example.com', given: 'account:other@example.com' },
    })
  })

  it('must not be another one than the session’s', async () => {
    const session = createSession({ client: productClient(product), subject: customer(jane) })
    const token = { accessToken, subject: customer('bob@example.com') }
    await expect(session.setToken(token)).rejects.toMatchObject({ code: 'subject_mismatch' })
    expect(session.state.status).toBe('signed_out')
  })

  it('must not be a customer in the session of the product itself', async () => {
    const session = createSession({ client: productClient(product) })
    await expect(session.setToken({ accessToken, subject: customer(jane) })).rejects.toMatchObject({
      code: 'subject_mismatch',
      details: { expected: 'owner', given: 'customer:jane@example.com' },
    })
  })
})

describe("setToken's refresh token", () => {
  it('renews the token of a customer', async () => {
    const { createCustomerSession, signIn, clock, grantTypes, tokenRequests } = createWorld()
    const { tokens } = await signIn(createCustomerSession()).then((state) => {
      if (state.status !== 'signed_in') throw new Error(state.status)
      return state
    })
    const session = createCustomerSession({ store: memoryStore() })
    await session.setToken({
      accessToken: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      expiresAt: clock.now() + 3_600_000,
    })
    clock.advance('1h')
    expect(await session.getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(session.peekAccessToken()).not.toBe(tokens.accessToken.reveal())
    expect(grantTypes()).toEqual(['password', 'refresh_token'])
    expect(tokenRequests().at(-1)?.status).toBe(200)
  })

  it.each([
    ['developer', developerClient()],
    ['user', userClient({ id: 'my-scripts-5678', secret: 's' })],
  ] as const)('is rejected for a %s client', async (clientKind, given) => {
    const session = createSession({ client: given })
    const token = { accessToken, refreshToken: 'r'.repeat(40), subject: account(dev.username) }
    await expect(session.setToken(token)).rejects.toMatchObject({
      code: 'grant_not_allowed',
      details: { grantType: 'refresh_token', clientKind },
    })
    expect(session.state.status).toBe('signed_out')
  })
})
