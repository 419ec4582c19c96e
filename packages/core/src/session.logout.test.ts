import { describe, expect, it } from 'vitest'
import { dev, mfa, product, startSandbox } from '../test/sandboxed.ts'
import { createWorld, jane, trackSessionKeys } from '../test/worlds.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { memoryStore, type Store } from './store.ts'
import { account, customer } from './subject.ts'

const accessToken = 'a'.repeat(40)
const client = developerClient()

/** Signs in a developer whose session is stored. */
async function start() {
  const world = await startSandbox()
  const { baseUrl, clock } = world
  const store = memoryStore()
  const sessionKeys = trackSessionKeys(store)
  const session = createSession({ client, baseUrl, clock, store })
  await session.login(dev)
  const loadRecord = async () => {
    const record = await store.load(String(sessionKeys()[0]))
    return { text: String(record?.value), ...JSON.parse(String(record?.value)) }
  }
  return { ...world, store, session, sessionKeys, loadRecord }
}

describe('logout', () => {
  it('revokes the token at Particle and saves a signed-out record without secrets', async () => {
    const { baseUrl, session, sessionKeys, loadRecord } = await start()
    const token = String(session.peekAccessToken())
    expect(await session.logout()).toEqual({ accessToken: 'revoked', refreshToken: 'none' })
    expect(session.state).toEqual({ status: 'signed_out', reason: 'logged_out' })
    expect(sessionKeys()).toHaveLength(1)
    const record = await loadRecord()
    expect(record).toMatchObject({
      status: 'signed_out',
      reason: 'logged_out',
      subject: 'account:dev@example.com',
    })
    expect(record.text).not.toContain(token)
    expect(record).not.toHaveProperty('tokens')
    const authorization = `Bearer ${token}`
    expect((await fetch(`${baseUrl}/v1/devices`, { headers: { authorization } })).status).toBe(401)
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'not_signed_in',
      retry: 'after_sign_in',
    })
  })

  it.each([
    ['the server fails', { status: 503, error: 'server_error' }, 503],
    ['no response arrives', { drop: 'before' }, undefined],
  ] as const)('signs out although %s, and says that the token is still valid', async (_, fault, status) => {
    const { sandbox, session, loadRecord } = await start()
    sandbox.failNext(fault)
    expect(await session.logout()).toMatchObject({
      accessToken: 'still_valid',
      error: {
        code: 'revocation_failed',
        details: { status },
        message: expect.stringContaining('remains valid'),
      },
    })
    expect(session.state.status).toBe('signed_out')
    expect(await loadRecord()).toMatchObject({ status: 'signed_out' })
  })

  it('revokes nothing if the caller does not want it', async () => {
    const { sandbox, session } = await start()
    const sent = sandbox.requests().length
    expect(await session.logout({ revoke: false })).toEqual({
      accessToken: 'still_valid',
      refreshToken: 'none',
    })
    expect(sandbox.requests()).toHaveLength(sent)
  })

  it('says that a refresh token remains valid, because nothing revokes it', async () => {
    const { signInCustomer } = createWorld()
    const session = await signInCustomer()
    expect(await session.logout()).toEqual({ accessToken: 'revoked', refreshToken: 'still_valid' })
  })

  it('discards a challenge, and may be called twice', async () => {
    const { baseUrl } = await startSandbox()
    const session = createSession({ client, baseUrl })
    await session.login(mfa)
    expect(await session.logout()).toEqual({ accessToken: 'none', refreshToken: 'none' })
    expect(await session.logout()).toEqual({ accessToken: 'none', refreshToken: 'none' })
    await expect(session.submitOtp('123456')).rejects.toMatchObject({ code: 'no_challenge' })
  })

  it('may be called twice after a sign-in, and the second call does not sign out others', async () => {
    const { session, baseUrl, clock, store } = await start()
    await session.logout()
    const other = createSession({ client, baseUrl, clock, store })
    await other.login(dev)
    expect(await session.logout()).toEqual({ accessToken: 'none', refreshToken: 'none' })
    await other.load()
    expect(other.state).toMatchObject({ status: 'signed_in' })
  })

  it('revokes the current token also while a challenge is open', async () => {
    const { sandbox, session, baseUrl } = await startChallengeBesideToken()
    const authorization = `Bearer ${session.peekAccessToken()}`
    expect(session.state.status).toBe('mfa_required')
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked' })
    expect((await fetch(`${baseUrl}/v1/devices`, { headers: { authorization } })).status).toBe(401)
    await expect(session.submitOtp(sandbox.otp(mfa.username))).rejects.toMatchObject({ code: 'no_challenge' })
  })
})

async function startChallengeBesideToken() {
  const world = await startSandbox()
  const { baseUrl, clock, sandbox } = world
  const session = createSession({ client, baseUrl, clock })
  await session.login(mfa)
  await session.submitOtp(sandbox.otp(mfa.username))
  await session.login(mfa)
  return { ...world, session }
}

describe('logout with an external token', () => {
  it('forgets it and leaves it valid', async () => {
    const { baseUrl, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl })
    await session.setToken({ accessToken })
    expect(await session.logout()).toEqual({ accessToken: 'still_valid', refreshToken: 'none' })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(sandbox.requests()).toEqual([])
  })

  it('revokes it if the caller wants that, and counts an invalid token as revoked', async () => {
    const { baseUrl, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl })
    await session.setToken({ accessToken })
    expect(await session.logout({ revoke: true })).toEqual({ accessToken: 'revoked', refreshToken: 'none' })
    expect(sandbox.requests()).toMatchObject([{ method: 'DELETE', path: '/v1/access_tokens/current' }])
  })

  it('revokes the token that a login has replaced it with', async () => {
    const { baseUrl, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl })
    await session.setToken({ accessToken })
    await session.login(dev)
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked' })
    expect(sandbox.requests().at(-1)).toMatchObject({ method: 'DELETE', status: 200 })
  })

  const html = '<html>Sign in to this Wi-Fi</html>'
  // biome-ignore format: one line per case, to be read as a table
  const confirmations = [
    { what: 'the confirmation', status: 200, body: '{"ok":true}', accessToken: 'revoked' },
    { what: 'the confirmation and more', status: 200, body: '{"ok":true,"x":1}', accessToken: 'revoked' },
    { what: 'no content', status: 204, body: null, accessToken: 'revoked' },
    { what: 'a token that was invalid', status: 401, body: '{"error":"invalid_token"}', accessToken: 'revoked' },
    { what: 'a token that had expired', status: 401, body: '{"error":"expired_token"}', accessToken: 'revoked' },
    { what: "a captive portal's page", status: 200, body: html, accessToken: 'still_valid' },
    { what: "a proxy's refusal", status: 401, body: html, accessToken: 'still_valid' },
    { what: 'another refusal', status: 401, body: '{"error":"invalid_client"}', accessToken: 'still_valid' },
    { what: 'an invalid token with another status', status: 400, body: '{"error":"invalid_token"}', accessToken: 'still_valid' },
    { what: 'half a confirmation', status: 200, body: '{"ok":tr', accessToken: 'still_valid' },
    { what: 'an empty body', status: 200, body: '', accessToken: 'still_valid' },
    { what: 'the contrary', status: 200, body: '{"ok":false}', accessToken: 'still_valid' },
    { what: 'a similar confirmation', status: 200, body: '{"ok":"true"}', accessToken: 'still_valid' },
    { what: 'a list', status: 200, body: '[{"ok":true}]', accessToken: 'still_valid' },
    { what: 'an acceptance', status: 202, body: '{"ok":true}', accessToken: 'still_valid' },
    { what: 'a redirect', status: 302, body: '{"ok":true}', accessToken: 'still_valid' },
  ]
  it.each(confirmations)('takes $what ($status) as: $accessToken', async ({ status, body, accessToken: expected }) => {
    const session = createSession({ client, fetch: async () => new Response(body, { status }) })
    await session.setToken({ accessToken })
    const { accessToken: result, error } = await session.logout({ revoke: true })
    expect(result).toBe(expected)
    expect(error?.details).toEqual(expected === 'revoked' ? undefined : { status })
    expect(session.state.status).toBe('signed_out')
  })
})

describe('logout and the subject', () => {
  it('unbinds a session that was created without a subject', async () => {
    const { session, sandbox } = await start()
    await session.login({ ...dev, password: 'wrong' }).catch(() => {})
    await session.logout()
    expect(session.state).not.toHaveProperty('subject')
    await session.login(mfa)
    expect(await session.submitOtp(sandbox.otp(mfa.username))).toMatchObject({
      subject: account(mfa.username),
    })
  })

  it('leaves a session unbound whose first login was refused', async () => {
    const { baseUrl } = await startSandbox()
    const session = createSession({ client, baseUrl })
    await session.login({ ...dev, password: 'wrong' }).catch(() => {})
    await session.logout()
    expect(session.state).toEqual({ status: 'signed_out', reason: 'logged_out' })
  })

  it('keeps the subject that the session was created with', async () => {
    const { baseUrl } = await startSandbox()
    const session = createSession({ client, baseUrl, subject: account(dev.username) })
    await session.logout()
    expect(session.state).toMatchObject({ reason: 'logged_out', subject: account(dev.username) })
    await expect(session.login(mfa)).rejects.toMatchObject({ code: 'subject_mismatch' })
  })

  it('ends all automatic requests of the session until it signs in again', async () => {
    const { createProductSession, tokenRequests } = createWorld()
    const session = createProductSession()
    const token = await session.getAccessToken()
    await session.logout()
    for (let call = 0; call < 3; call += 1) {
      await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    }
    await expect(session.getAccessToken({ forceRefresh: true })).rejects.toMatchObject({
      code: 'not_signed_in',
    })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(tokenRequests()).toHaveLength(1)
    await session.requestClientToken()
    expect(await session.getAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })
})

/** Replaces a method of the store by one that fails for sessions while the store is down. */
function breakStore(store: Store, method: 'load' | 'save' | 'withLock') {
  const original = store[method].bind(store) as (...args: unknown[]) => unknown
  let isDown = true
  const call = (...args: unknown[]) =>
    isDown && String(args[0]).startsWith('session-')
      ? Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
      : original(...args)
  Object.assign(store, { [method]: call })
  return {
    repair() {
      isDown = false
    },
  }
}

describe('logout with a store that fails', () => {
  const bindings = [
    ['unbound', undefined],
    ['bound', account(dev.username)],
  ] as const

  it.each(bindings)('signs out, revokes and says that the record could not be saved (%s)', async (_, subject) => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const store = memoryStore()
    const session = createSession({ client, baseUrl, clock, store, subject })
    await session.login(dev)
    const { repair } = breakStore(store, 'save')
    await expect(session.logout()).rejects.toMatchObject({
      code: 'store_unavailable',
      retry: 'later',
      cause: { code: 'ECONNREFUSED' },
    })
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(session.peekAccessToken()).toBeUndefined()
    expect(sandbox.requests().at(-1)).toMatchObject({ method: 'DELETE', status: 200 })
    await expect(session.idle()).rejects.toMatchObject({ code: 'store_unavailable' })

    repair()
    await session.idle()
    const other = createSession({ client, baseUrl, clock, store, subject: account(dev.username) })
    expect(await other.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('does not sign out a process that has signed in again meanwhile', async () => {
    const { baseUrl, clock } = await startSandbox()
    const store = memoryStore()
    const session = createSession({ client, baseUrl, clock, store })
    await session.login(dev)
    const { repair } = breakStore(store, 'save')
    await expect(session.logout()).rejects.toMatchObject({ code: 'store_unavailable' })
    repair()
    const other = createSession({ client, baseUrl, clock, store, subject: account(dev.username) })
    await other.login(dev)
    const token = other.peekAccessToken()
    await session.idle()
    await other.load()
    expect(other.peekAccessToken()).toBe(token)
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it.each(['load', 'withLock'] as const)('signs out, revokes and saves although %s() fails', async (method) => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const store = memoryStore()
    const session = createSession({ client, baseUrl, clock, store })
    await session.login(dev)
    const { repair } = breakStore(store, method)
    expect(await session.logout()).toEqual({ accessToken: 'revoked', refreshToken: 'none' })
    expect(sandbox.requests().at(-1)).toMatchObject({ method: 'DELETE', status: 200 })
    repair()
    const other = createSession({ client, baseUrl, clock, store, subject: account(dev.username) })
    expect(await other.load()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })
})

describe('logout in a pool of processes', () => {
  it('signs the other processes out, and a missing record does not', async () => {
    const { createCustomerSession, signIn, store, sessionKeys } = createWorld()
    const [first, second] = [createCustomerSession(), createCustomerSession()]
    await signIn(first)
    await second.load()
    const token = second.peekAccessToken()

    const [key = ''] = sessionKeys()
    const record = await store.load(key)
    await store.remove(key, String(record?.version))
    await second.load()
    expect(second.peekAccessToken()).toBe(token)
    expect(await store.load(key)).toBeDefined()

    await first.load()
    await first.logout()
    await second.load()
    expect(second.state).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
    expect(second.peekAccessToken()).toBeUndefined()
    await expect(second.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  it('leaves other subjects of the client alone', async () => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const store = memoryStore()
    const common = { client: productClient(product), baseUrl, clock, store }
    const own = createSession(common)
    const janes = createSession({ ...common, subject: customer(jane) })
    const token = await janes.getAccessToken()
    await own.getAccessToken()
    await own.logout()
    expect(await janes.load()).toMatchObject({ status: 'signed_in' })
    expect(await janes.getAccessToken()).toBe(token)
    expect(sandbox.requests().filter(({ method }) => method === 'DELETE')).toHaveLength(1)
  })
})
