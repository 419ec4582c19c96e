import { createClock } from '@particle-grants/sandbox'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { dev, product, startSandbox } from '../test/sandboxed.ts'
import { createWorld, jane } from '../test/worlds.ts'
import { developerClient, productClient, userClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { allowInsecureRequests } from './protocol/base-url.ts'
import type { SessionOptions } from './session-options.ts'
import { memoryStore, type Store } from './store.ts'
import { account, customer } from './subject.ts'

const client = developerClient()
const ofProduct = productClient(product)
const ofUser = userClient({ id: 'my-scripts-5678', secret: 's' })
const sharedStore: Store = Object.assign(memoryStore(), { singleUser: false })
const { withLock, load, save, remove } = memoryStore()
/** A store that does not say whose it is. */
const unmarkedStore = { withLock, load, save, remove } as Store

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('createSession', () => {
  it('sends nothing, and starts signed out at api.particle.io', () => {
    const fetch = vi.fn()
    const session = createSession({ client, fetch })
    expect(session.kind).toBe('developer')
    expect(session.state).toEqual({ status: 'signed_out', reason: 'never_signed_in' })
    expect(fetch).not.toHaveBeenCalled()
  })

  // biome-ignore format: one line per case, to be read as a table
  const invalid: [string, unknown, string][] = [
    ['no options', undefined, 'client'],
    ['null', null, 'client'],
    ['a string', 'particle', 'client'],
    ['no client', {}, 'client'],
    ['a client made by hand', { client: { id: 'particle', secret: 'particle' } }, 'client'],
    ['a client without a secret', { client: { kind: 'developer', id: 'particle' } }, 'client'],
    ['a client with a plain secret', { client: { ...client, secret: 'particle' } }, 'client'],
    ['a client without an id', { client: { ...client, id: undefined } }, 'client'],
    ['a client of an unknown kind', { client: { ...client, kind: 'service' } }, 'client'],
    ['a base URL without a scheme', { client, baseUrl: 'api.particle.io' }, 'baseUrl'],
    ['a base URL with a password', { client, baseUrl: 'https://a:b@api.particle.io' }, 'baseUrl'],
    ['an unknown client authentication', { client, clientAuthentication: 'basic' }, 'clientAuthentication'],
    ['a time-out of zero', { client, timeoutMs: 0 }, 'timeoutMs'],
    ['a negative time-out', { client, timeoutMs: -1 }, 'timeoutMs'],
    ['half a millisecond', { client, timeoutMs: 0.5 }, 'timeoutMs'],
    ['an infinite time-out', { client, timeoutMs: Number.POSITIVE_INFINITY }, 'timeoutMs'],
    ['a time-out that a timer would take for one millisecond', { client, timeoutMs: 2 ** 31 }, 'timeoutMs'],
    ['a time-out that no timer accepts', { client, timeoutMs: 2 ** 32 }, 'timeoutMs'],
    ['a clock without now()', { client, clock: {} }, 'clock'],
    ['a clock of null', { client, clock: null }, 'clock'],
    ['an origin that is not in an array', { client, allowedOrigins: 'https://api.particle.io' }, 'allowedOrigins'],
    ['an origin that is a number', { client, allowedOrigins: [5] }, 'allowedOrigins'],
    ['an origin with a path', { client, allowedOrigins: ['https://api.particle.io/v1'] }, 'allowedOrigins'],
    ['an origin of another scheme', { client, allowedOrigins: ['ws://api.particle.io'] }, 'allowedOrigins'],
    ['a fetch that is not a function', { client, fetch: 'fetch' }, 'fetch'],
    ['a subject that is a number', { client, subject: 5 }, 'subject'],
    ['a subject that is text', { client, subject: 'account:dev@example.com' }, 'subject'],
    ['the owner of a developer client', { client, subject: { type: 'owner' } }, 'subject'],
    ['the owner of a product client', { client: ofProduct, subject: { type: 'owner' } }, 'subject'],
    ['a customer of a developer client', { client, subject: customer(jane) }, 'subject'],
    ['a customer of a user client', { client: ofUser, subject: customer(jane) }, 'subject'],
    ['an account of a product client', { client: ofProduct, subject: account('a@b') }, 'subject'],
    ['a customer made by hand, with a space', { client: ofProduct, subject: { type: 'customer', name: 'a b' } }, 'customer'],
    ['an empty profile', { client, profile: '' }, 'profile'],
    ['a profile that is a number', { client, profile: 5 }, 'profile'],
    ['a profile with a subject', { client, profile: 'work', subject: account('a@b') }, 'profile'],
    ['a sign-in id of a cookie that is missing', { client, signInId: undefined }, 'signInId'],
    ['a sign-in id that is too short', { client, signInId: 'a'.repeat(21) }, 'signInId'],
    ['a sign-in id that is too long', { client, signInId: 'a'.repeat(129) }, 'signInId'],
    ['a sign-in id with other characters', { client, signInId: `${'a'.repeat(22)}.` }, 'signInId'],
    ['a sign-in id that is no string', { client, signInId: 1e30 }, 'signInId'],
    ['an empty sign-in id', { client, signInId: '' }, 'signInId'],
    ['a sign-in id with a subject', { client, signInId: 'a'.repeat(22), subject: account('a@b') }, 'signInId'],
    ['a sign-in id with a profile', { client, signInId: 'a'.repeat(22), profile: 'work' }, 'signInId'],
    ['a text that says whether to use the client’s token', { client, clientToken: 'no' }, 'clientToken'],
    ['a profile on a store of several people', { client, profile: 'work', store: sharedStore }, 'profile'],
    ['a profile on a store that does not say whose it is', { client, profile: 'work', store: unmarkedStore }, 'profile'],
    ['zero attempts', { client, mfa: { maxAttempts: 0 } }, 'mfa.maxAttempts'],
    ['half an attempt', { client, mfa: { maxAttempts: 0.5 } }, 'mfa.maxAttempts'],
    ['an endless challenge', { client, mfa: { maxAgeMs: Number.POSITIVE_INFINITY } }, 'mfa.maxAgeMs'],
    ['a negative wait', { client, lockoutGuard: { maxWaitMs: -1 } }, 'lockoutGuard.maxWaitMs'],
    ['a wait that is not a number', { client, lockoutGuard: { maxWaitMs: Number.NaN } }, 'lockoutGuard.maxWaitMs'],
  ]
  it.each(invalid)('rejects %s and names the option', (_, options, parameter) => {
    expect(() => createSession(options as SessionOptions<typeof client>)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        retry: 'never',
        message: expect.stringMatching(new RegExp(`^${parameter.replace('.', '\\.')} `)),
        details: expect.objectContaining({ parameter }),
      }),
    )
  })

  // biome-ignore format: one line per case, to be read as a table
  const valid: [string, SessionOptions<typeof client>][] = [
    ['every option left undefined', { client, baseUrl: undefined, fetch: undefined, timeoutMs: undefined, allowedOrigins: undefined, clock: undefined, subject: undefined, profile: undefined, clientToken: undefined, store: undefined, clientAuthentication: undefined, mfa: undefined, lockoutGuard: undefined, waitUntil: undefined }],
    ['the longest time-out', { client, timeoutMs: 2 ** 31 - 1 }],
    ['an origin with a slash', { client, allowedOrigins: ['https://api.particle.io/', 'http://localhost:9090'] }],
    ['no allowed origin', { client, allowedOrigins: [] }],
    ['no lockout guard', { client, lockoutGuard: false }],
    ['a guard that never waits', { client, lockoutGuard: { maxWaitMs: 0 } }],
    ['a profile', { client, profile: 'work' }],
    ['a subject made by hand', { client, subject: { type: 'account', name: 'Dev@Example.com' } }],
    ['options of the MFA challenge left undefined', { client, mfa: { maxAttempts: undefined, maxAgeMs: undefined } }],
  ]
  it.each(valid)('accepts %s', (_, options) => {
    expect(createSession(options).state.status).toBe('signed_out')
  })

  it('rejects plain http to another machine, unless the application permits it', async () => {
    const baseUrl = 'http://particle.test'
    expect(() => createSession({ client, baseUrl })).toThrow(
      expect.objectContaining({ code: 'insecure_base_url', details: { origin: baseUrl } }),
    )
    const urls: string[] = []
    const fetch = async (url: string | URL | Request) => {
      urls.push(String(url))
      return new Response('')
    }
    const session = createSession({ client, baseUrl, fetch, [allowInsecureRequests]: true })
    await session.login(dev).catch(() => {})
    expect(urls).toEqual([`${baseUrl}/oauth/token`])
  })

  it.each([
    ['fetch', 'fetch', undefined],
    ['Web Crypto', 'crypto', {}],
  ])('says that the platform lacks %s, before anything is sent', (_, parameter, value) => {
    vi.stubGlobal(parameter, value)
    expect(() => createSession({ client })).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: expect.objectContaining({ parameter }),
      }),
    )
  })

  it('normalises a subject', () => {
    const subjectOf = (options: SessionOptions<typeof client | typeof ofProduct | typeof ofUser>) =>
      createSession(options).state.subject
    expect(subjectOf({ client: ofUser, subject: account('Dev@Example.com') })).toEqual(account(dev.username))
    expect(subjectOf({ client, subject: { type: 'account', name: 'Dev@Example.com' } })).toEqual(account(dev.username))
    expect(subjectOf({ client: ofProduct, subject: customer('8C9F-AB') })).toEqual(customer('8C9F-AB'))
    expect(subjectOf({ client: ofProduct })).toBeUndefined()
    expect(subjectOf({ client: ofUser })).toBeUndefined()
  })

  it('puts the client into the body in a page, which avoids a preflight request', async () => {
    const { baseUrl, tokenRequests } = await startSandbox()
    vi.stubGlobal('document', {})
    await createSession({ client, baseUrl }).login(dev)
    const clientAuthentication = 'client_secret_basic'
    await createSession({ client, baseUrl, clientAuthentication }).login(dev)
    const [inPage, explicit] = tokenRequests()
    expect(inPage?.form).toMatchObject({ client_id: 'particle' })
    expect(explicit?.form).not.toHaveProperty('client_id')
  })

  it("uses the system's clock by default", async () => {
    const { options } = createWorld({ clock: createClock() })
    const session = createSession({ client, fetch: options.fetch })
    const before = Date.now()
    const { tokens } = (await session.login({ ...dev, expiresIn: 3600 })) as { tokens: { expiresAt: number } }
    expect(tokens.expiresAt).toBeGreaterThanOrEqual(before + 3_600_000)
    expect(tokens.expiresAt).toBeLessThanOrEqual(Date.now() + 3_600_000)
  })

  it('creates a memory store for each session', async () => {
    const { options } = createWorld()
    const { fetch, clock } = options
    const create = () => createSession({ client, fetch, clock, subject: account(dev.username) })
    await create().login(dev)
    expect(await create().load()).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
  })

  it('keeps a serverless function alive while a request is in progress', async () => {
    const { createProductSession } = createWorld()
    const promises: Promise<unknown>[] = []
    const session = createProductSession({ waitUntil: (promise) => void promises.push(promise) })
    const token = await session.getAccessToken()
    expect(promises).toHaveLength(1)
    session.invalidateToken(token)
    expect(promises).toHaveLength(2)
    await session.requestClientToken()
    expect(promises).toHaveLength(3)
    await expect(Promise.all(promises)).resolves.toHaveLength(3)
  })
})
