import assert from 'node:assert/strict'
import type { Store } from '@particle-grants/core'
import { assertConflict, assertLoads } from './assertions.ts'
import type { Cases } from './cases.ts'

/** Cases of compare-and-set: an older version neither overwrites nor removes a newer one. */
export const versionCases: Cases = {
  'save returns a version that was never used, also for the same value and after a removal': async ({
    first,
    second,
  }) => {
    const versions: string[] = []
    for (let round = 0; round < 3; round += 1) {
      let version = await first.save('session-a', 'same', null)
      versions.push(version)
      version = await second.save('session-a', 'same', version)
      versions.push(version)
      await first.remove('session-a', version)
    }
    assert.equal(new Set(versions).size, 6)
  },

  'a version of a removed record conflicts with its successor': async ({ first, second }) => {
    const old = await first.save('session-a', 'old', null)
    await second.remove('session-a', old)
    const version = await second.save('session-a', 'new', null)
    await assertConflict(first.save('session-a', 'late', old))
    await assertConflict(first.remove('session-a', old))
    await assertLoads(first, { version, value: 'new' })
  },

  'an older version conflicts': async ({ first, second }) => {
    const old = await first.save('session-a', 'old', null)
    const version = await second.save('session-a', 'new', old)
    await assertConflict(first.save('session-a', 'late', old))
    await assertConflict(first.remove('session-a', old))
    await assertLoads(first, { version, value: 'new' })
  },

  'null conflicts with an existing record': async ({ first, second }) => {
    const version = await first.save('session-a', 'a', null)
    await assertConflict(second.save('session-a', 'b', null))
    await assertConflict(second.remove('session-a', null))
    await assertLoads(first, { version, value: 'a' })
  },

  'a version conflicts with a missing record': async ({ first, second }) => {
    const version = await first.save('session-a', 'a', null)
    await first.remove('session-a', version)
    await assertConflict(second.save('session-a', 'b', version))
    await assertConflict(second.remove('session-a', version))
    await assertConflict(second.save('session-a', 'b', 'never-a-version'))
    assert.equal(await first.load('session-a'), undefined)
  },

  'one of many simultaneous saves succeeds, with and without an existing record': async ({ first, second, third }) => {
    const stores = [first, second, third, first, second, third]
    const winner = await saveFromAll(stores, null)
    await saveFromAll(stores, winner)
  },

  'one of many simultaneous removals succeeds': async ({ first, second, third }) => {
    const version = await first.save('session-a', 'a', null)
    const removals = [first, second, third].map((store) => store.remove('session-a', version))
    const outcomes = await Promise.allSettled(removals)
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal(await first.load('session-a'), undefined)
  },
}

/** Saves from all stores at once and expects one to succeed. Returns its version. */
async function saveFromAll(stores: readonly Store[], ifVersion: string | null): Promise<string> {
  const saves = stores.map((store, index) => store.save('session-a', `by ${index}`, ifVersion))
  const outcomes = await Promise.allSettled(saves)
  const winners = outcomes.flatMap((outcome, index) =>
    outcome.status === 'fulfilled' ? [{ version: outcome.value, value: `by ${index}` }] : [],
  )
  assert.equal(winners.length, 1, `${winners.length} of ${stores.length} saves succeeded.`)
  for (const [index, save] of saves.entries()) {
    if (outcomes[index]?.status === 'rejected') await assertConflict(save)
  }
  for (const store of stores) await assertLoads(store, winners[0])
  return winners[0]?.version ?? ''
}
