import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'

/** Expects `store_conflict` for this key. Returns the error. */
export async function assertConflict(call: Promise<unknown>, key = 'session-a'): Promise<unknown> {
  const [outcome] = await Promise.allSettled([call])
  if (outcome.status === 'fulfilled') assert.fail('The call resolved, and should reject with store_conflict.')
  if (!GrantsError.isInstance(outcome.reason)) throw outcome.reason
  assert.equal(outcome.reason.code, 'store_conflict')
  assert.deepEqual(outcome.reason.details, { key })
  return outcome.reason
}

/** Expects this record under a key. A store may return other properties as well. */
export async function assertLoads(store: Store, expected: StoreRecord | undefined, key = 'session-a'): Promise<void> {
  const record = await store.load(key)
  const loaded = record && { version: record.version, value: record.value }
  assert.deepEqual(loaded, expected)
}

/** Expects that a secret appears nowhere in a value: plain, URL-encoded or in base64. */
export function assertSecretIsAbsent(value: unknown, secret: string): void {
  const text = inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    maxArrayLength: Number.POSITIVE_INFINITY,
    maxStringLength: Number.POSITIVE_INFINITY,
  })
  for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
    assert.ok(!text.includes(form), 'A saved value appears in a name, in an error or in the store object.')
  }
}
