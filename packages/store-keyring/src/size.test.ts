import { Secret, type SettledState, serializeState } from '@particle-grants/core'
import { reportCounts } from '@particle-grants/test-kit/levels'
import { describe, expect, it } from 'vitest'
import { FakeKeyring } from '../test/stores.ts'
import { encodeRecord, entryLimit } from './record.ts'

// As large as each field gets in real life, and then some: names and addresses at the limits of their standards.
const email = `${'j'.repeat(64)}@${'long-company-name.'.repeat(10)}example`
const subject = `customer:${email}` as const
const scope = `customer=${email}`
const asked = { expiresIn: 7_776_000, scope }
const now = Date.UTC(2026, 0, 1)
const identity = {
  baseUrl: `https://particle-proxy.${'internal.'.repeat(8)}example.com:8443/cloud`,
  clientId: `${'product-client-'.repeat(4)}1234`,
  clientKind: 'product',
  subject,
} as const
const tokens = {
  accessToken: new Secret('a'.repeat(64)),
  refreshToken: new Secret('b'.repeat(64)),
  grant: 'client_credentials',
  issuedAt: now,
  expiresAt: now + 7_776_000_000,
  scope,
  asked,
  lifetimeAsAsked: true,
  rejected: false,
  afterRejection: false,
  refreshInDoubt: { since: now, askAgainRefused: false },
} as const

const states: Record<string, SettledState> = {
  'signed in': {
    status: 'signed_in',
    identity,
    tokens,
    renewalStopped: 'unsupported_grant_type',
    renewalPostponed: { failures: 12, since: now, retryAt: now, because: 'temporarily_unavailable' },
  },
  'an MFA challenge, with the tokens from before': {
    status: 'mfa_required',
    identity,
    challenge: { mfaToken: new Secret('c'.repeat(128)), triesLeft: 3, endsAt: now, asked },
    held: tokens,
  },
}

describe('an entry', () => {
  for (const [name, state] of Object.entries(states)) {
    it(`of the largest realistic record fits into Windows' 2,560 bytes: ${name}`, async () => {
      const value = serializeState(state)
      const store = new FakeKeyring().store()
      const version = await store.save('session-a', value, null)
      const { length } = encodeRecord({ version, value })
      reportCounts(`store-keyring, ${name}`, { bytes: length, limit: entryLimit })
      expect(await store.load('session-a')).toEqual({ version, value })
      expect(length).toBeLessThanOrEqual(entryLimit)
    })
  }

  it('takes a record of exactly so many bytes, and refuses one more before anything is written', async () => {
    const keyring = new FakeKeyring()
    const store = keyring.store()
    const room = entryLimit - encodeRecord({ version: crypto.randomUUID(), value: '' }).length
    await store.save('session-a', 'ü'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2), null)
    keyring.calls.length = 0
    await expect(store.save('session-b', 'x'.repeat(room + 1), null)).rejects.toMatchObject({
      code: 'store_unavailable',
      details: {
        problem: expect.stringContaining(`${entryLimit + 1} bytes`),
        advice: expect.stringMatching(/--store file/),
      },
    })
    expect(keyring.calls).toEqual([])
  })

  it('of the index stays under it as well, with hundreds of sessions', async () => {
    const keyring = new FakeKeyring()
    const store = keyring.store()
    const keys = Array.from({ length: 150 }, (_, index) => `session-${String(index).padStart(64, '0')}`)
    const versions = new Map<string, string>()
    for (const key of keys) versions.set(key, await store.save(key, 'x', null))
    expect([...(await store.list())].sort()).toEqual(keys)
    for (const secret of keyring.secrets.values()) expect(secret.length).toBeLessThanOrEqual(entryLimit)

    for (const key of keys.slice(0, 100)) await store.remove(key, versions.get(key) ?? null)
    expect([...(await store.list())].sort()).toEqual(keys.slice(100))
    for (const key of keys.slice(100)) await store.remove(key, versions.get(key) ?? null)
    expect(await store.list()).toEqual([])
  })
})
