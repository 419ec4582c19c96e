import { createSession, productClient } from '@particle-grants/core'
import { reportCounts } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'
import { FakeKeyring } from '../test/stores.ts'
import { encodeRecord, maxEntryBytes } from './record.ts'

// As long as each name can be in practice, and longer.
const email = `${'j'.repeat(64)}@${'long-company-name.'.repeat(10)}example`
const baseUrl = `https://particle-proxy.${'internal.'.repeat(8)}example.com:8443/cloud`
const clientId = 'c'.repeat(40)
const start = Date.UTC(2026, 0, 1)

const tokens = {
  token_type: 'bearer',
  access_token: 'a'.repeat(64),
  refresh_token: 'b'.repeat(64),
  expires_in: 7_776_000,
  scope: `customer=${email}`,
}

/** A session with the longest names. `respond` answers its token requests. */
function createLongestSession() {
  const keyring = new FakeKeyring()
  const state = { now: start, requests: 0, respond: (): Response => Response.json(tokens) }
  const session = createSession({
    client: productClient({ id: clientId, secret: 'product-secret' }),
    profile: email,
    baseUrl,
    store: keyring.store(),
    clock: { now: () => state.now },
    fetch: async () => {
      state.requests += 1
      return state.respond()
    },
    lockoutGuard: false,
  })
  const readLargest = async () => {
    await session.idle()
    return Math.max(0, ...[...keyring.secrets.values()].map(({ length }) => length))
  }
  return { session, state, readLargest }
}

describe('the largest realistic session', () => {
  it('fits into an entry while signed in with a failed renewal', async () => {
    const { session, state, readLargest } = createLongestSession()
    await session.login({ username: email, password: 'a password', expiresIn: 7_776_000 })
    state.now = start + 7_776_000_000 - 60_000
    state.respond = () => Response.json({ error: 'server_error' }, { status: 503 })
    await session.getAccessToken()
    const bytes = await readLargest()
    expect(state.requests).toBe(2)
    reportCounts('store-keyring, signed in', { bytes, limit: maxEntryBytes })
    expect(bytes).toBeGreaterThan(1000)
    expect(bytes).toBeLessThanOrEqual(maxEntryBytes)
  })

  it('fits into an entry with an MFA challenge beside earlier tokens', async () => {
    const { session, state, readLargest } = createLongestSession()
    await session.login({ username: email, password: 'a password', expiresIn: 7_776_000 })
    state.respond = () => Response.json({ error: 'mfa_required', mfa_token: 'c'.repeat(128) }, { status: 403 })
    await session.login({ username: email, password: 'a password', expiresIn: 7_776_000 })
    expect(session.state.status).toBe('mfa_required')
    const bytes = await readLargest()
    reportCounts('store-keyring, an MFA challenge beside earlier tokens', { bytes, limit: maxEntryBytes })
    expect(bytes).toBeLessThanOrEqual(maxEntryBytes)
  })
})

describe('a keyring entry', () => {
  it('accepts a record of exactly its limit, and rejects a larger one before anything is written', async () => {
    const keyring = new FakeKeyring()
    const store = keyring.store()
    const room = maxEntryBytes - encodeRecord({ version: crypto.randomUUID(), value: '' }).length
    await store.save('session-a', 'ü'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2), null)
    keyring.calls.length = 0
    await expect(store.save('session-b', 'x'.repeat(room + 1), null)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { problem: expect.stringContaining(`${maxEntryBytes + 1} bytes`) },
      message: expect.stringContaining('fileStore()'),
    })
    expect(keyring.calls).toEqual([])
  })
})
