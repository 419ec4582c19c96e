import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '@particle-grants/core'
import { assertConflict, assertLoads } from './assertions.ts'
import type { Cases } from './cases.ts'

const yearMs = 365 * 24 * 60 * 60 * 1000

/** Cases of `expiresAt`. */
export const expiryCases: Cases = {
  'load returns undefined for a record that has expired, in every store': async ({ first, second }) => {
    await first.save('session-a', 'a', null, Date.now() - 1_000)
    await assertLoads(first, undefined)
    await assertLoads(second, undefined)
    const version = await first.save('session-b', 'b', null)
    await second.save('session-b', 'b', version, Date.now() - 1_000)
    await assertLoads(first, undefined, 'session-b')
  },

  'load returns a record until it expires': async ({ first, second }) => {
    const version = await first.save('session-a', 'a', null, Date.now() + yearMs)
    await assertLoads(first, { version, value: 'a' })
    await assertLoads(second, { version, value: 'a' })
    await second.save('session-b', 'b', null, Date.now() + 200)
    // Counted from when the save resolved, because a server measures what was left when the command reached it.
    await sleep(250)
    await assertLoads(first, undefined, 'session-b')
  },

  'null replaces and removes a record that has expired': async ({ first, second }) => {
    await first.save('session-a', 'old', null, Date.now() - 1_000)
    const version = await second.save('session-a', 'new', null)
    await assertLoads(first, { version, value: 'new' })
    await first.save('session-b', 'old', null, Date.now() - 1_000)
    await second.remove('session-b', null)
    await assertLoads(first, undefined, 'session-b')
  },

  'the version of a record that has expired conflicts': async ({ first, second }) => {
    const version = await first.save('session-a', 'a', null, Date.now() - 1_000)
    await assertConflict(second.save('session-a', 'late', version))
    await assertConflict(second.remove('session-a', version))
    await assertLoads(first, undefined)
  },

  'a save without expiresAt keeps the record, also after one that had it': async ({ first, second }) => {
    const { version, expiresAt } = await replaceBeforeExpiry(first, second)
    // The rest of the time is for a store that measures its own.
    await sleep(Math.max(0, expiresAt - Date.now()) + 100)
    await assertLoads(first, { version, value: 'kept' })
  },
}

/** Saves a record that expires soon, and replaces it by one that does not. Returns its version and the expiry before. */
async function replaceBeforeExpiry(first: Store, second: Store): Promise<{ version: string; expiresAt: number }> {
  // On a slow machine the first record may expire before it is replaced. Then the next attempt has more time.
  for (let lifetimeMs = 250; lifetimeMs < 60_000; lifetimeMs *= 2) {
    const expiresAt = Date.now() + lifetimeMs
    const expiring = await first.save('session-a', 'expires', null, expiresAt)
    const replacement = second.save('session-a', 'kept', expiring)
    const version = await replacement.catch(() => undefined)
    if (version !== undefined) return { version, expiresAt }
    await assertConflict(replacement)
  }
  return assert.fail('A record that expires within a minute could not be replaced.')
}
