import { describe, expect, it } from 'vitest'
import type { ContractStore, StoreTest } from './storage.ts'

const conflict = { code: 'store_conflict', details: { key: 'session-a' } }

/** Tests of compare-and-set: an older version neither overwrites nor removes a newer one. */
export function describeVersions(test: StoreTest): void {
  describe('versions', () => {
    it(
      'change with each save, also of the same value, and are never used twice',
      test(async ({ first, second }) => {
        const versions: string[] = []
        for (let round = 0; round < 3; round += 1) {
          let version = await first.save('session-a', 'same', null)
          versions.push(version)
          version = await second.save('session-a', 'same', version)
          versions.push(version)
          await first.remove('session-a', version)
        }
        expect(new Set(versions).size).toBe(6)
      }),
    )

    it(
      'of a removed record conflict with its successor',
      test(async ({ first, second }) => {
        const old = await first.save('session-a', 'old', null)
        await second.remove('session-a', old)
        const version = await second.save('session-a', 'new', null)
        await expect(first.save('session-a', 'late', old)).rejects.toMatchObject(conflict)
        await expect(first.remove('session-a', old)).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toEqual({ version, value: 'new' })
      }),
    )

    it(
      'that are out of date conflict',
      test(async ({ first, second }) => {
        const old = await first.save('session-a', 'old', null)
        const version = await second.save('session-a', 'new', old)
        await expect(first.save('session-a', 'late', old)).rejects.toMatchObject(conflict)
        await expect(first.remove('session-a', old)).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toEqual({ version, value: 'new' })
      }),
    )

    it(
      'are required where a record exists',
      test(async ({ first, second }) => {
        const version = await first.save('session-a', 'a', null)
        await expect(second.save('session-a', 'b', null)).rejects.toMatchObject(conflict)
        await expect(second.remove('session-a', null)).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toEqual({ version, value: 'a' })
      }),
    )

    it(
      'conflict where no record exists',
      test(async ({ first, second }) => {
        const version = await first.save('session-a', 'a', null)
        await first.remove('session-a', version)
        await expect(second.save('session-a', 'b', version)).rejects.toMatchObject(conflict)
        await expect(second.remove('session-a', version)).rejects.toMatchObject(conflict)
        await expect(second.save('session-a', 'b', 'never-a-version')).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toBeUndefined()
      }),
    )

    it(
      'let one of many simultaneous saves succeed, with and without an existing record',
      test(async ({ first, second, third }) => {
        const stores = [first, second, third, first, second, third]
        const winner = await saveFromAll(stores, null)
        await saveFromAll(stores, winner)
      }),
    )

    it(
      'let one of many simultaneous removals succeed',
      test(async ({ first, second, third }) => {
        const version = await first.save('session-a', 'a', null)
        const outcomes = await Promise.allSettled(
          [first, second, third].map((store) => store.remove('session-a', version)),
        )
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
        expect(await first.load('session-a')).toBeUndefined()
      }),
    )
  })
}

/** Saves from all stores at once and expects one to succeed. Returns its version. */
async function saveFromAll(stores: readonly ContractStore[], ifVersion: string | null): Promise<string> {
  const outcomes = await Promise.allSettled(
    stores.map((store, index) => store.save('session-a', `by ${index}`, ifVersion)),
  )
  const winners = outcomes.flatMap((outcome, index) =>
    outcome.status === 'fulfilled' ? [{ version: outcome.value, value: `by ${index}` }] : [],
  )
  expect(winners).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(conflict)
  }
  for (const store of stores) expect(await store.load('session-a')).toEqual(winners[0])
  return winners[0]?.version ?? ''
}
