import { describe, expect, it } from 'vitest'
import type { ContractStore, InScene } from './scene.ts'

const conflict = { code: 'store_conflict', details: { key: 'session-a' } }

/** Whoever saw an older version neither overwrites nor removes a newer one. */
export function describeVersions(inScene: InScene): void {
  describe('versions', () => {
    it(
      'change with each save, also of the same value, and are never used again',
      inScene(async ({ first, second }) => {
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
      'of a record that was removed do not fit the one that came after it',
      inScene(async ({ first, second }) => {
        const old = await first.save('session-a', 'old', null)
        await second.remove('session-a', old)
        const version = await second.save('session-a', 'new', null)
        await expect(first.save('session-a', 'late', old)).rejects.toMatchObject(conflict)
        await expect(first.remove('session-a', old)).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toEqual({ version, value: 'new' })
      }),
    )

    it(
      'that are out of date neither save nor remove',
      inScene(async ({ first, second }) => {
        const old = await first.save('session-a', 'old', null)
        const version = await second.save('session-a', 'new', old)
        await expect(first.save('session-a', 'late', old)).rejects.toMatchObject(conflict)
        await expect(first.remove('session-a', old)).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toEqual({ version, value: 'new' })
      }),
    )

    it(
      'are asked for where a record is there',
      inScene(async ({ first, second }) => {
        const version = await first.save('session-a', 'a', null)
        await expect(second.save('session-a', 'b', null)).rejects.toMatchObject(conflict)
        await expect(second.remove('session-a', null)).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toEqual({ version, value: 'a' })
      }),
    )

    it(
      'fit nothing where no record is there',
      inScene(async ({ first, second }) => {
        const version = await first.save('session-a', 'a', null)
        await first.remove('session-a', version)
        await expect(second.save('session-a', 'b', version)).rejects.toMatchObject(conflict)
        await expect(second.remove('session-a', version)).rejects.toMatchObject(conflict)
        await expect(second.save('session-a', 'b', 'never-a-version')).rejects.toMatchObject(conflict)
        expect(await first.load('session-a')).toBeUndefined()
      }),
    )

    it(
      'let one of many win that save at once, whether a record was there or not',
      inScene(async ({ first, second, third }) => {
        const handles = [first, second, third, first, second, third]
        const winner = await onlyWinner(handles, null)
        await onlyWinner(handles, winner)
      }),
    )

    it(
      'let one of many win that remove at once',
      inScene(async ({ first, second, third }) => {
        const version = await first.save('session-a', 'a', null)
        const outcomes = await Promise.allSettled(
          [first, second, third].map((handle) => handle.remove('session-a', version)),
        )
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
        expect(await first.load('session-a')).toBeUndefined()
      }),
    )
  })
}

/** Saves from all handles at once: one wins, the others are told, and what is there is the winner's. */
async function onlyWinner(handles: readonly ContractStore[], ifVersion: string | null): Promise<string> {
  const outcomes = await Promise.allSettled(
    handles.map((handle, index) => handle.save('session-a', `by ${index}`, ifVersion)),
  )
  const winners = outcomes.flatMap((outcome, index) =>
    outcome.status === 'fulfilled' ? [{ version: outcome.value, value: `by ${index}` }] : [],
  )
  expect(winners).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(conflict)
  }
  for (const handle of handles) expect(await handle.load('session-a')).toEqual(winners[0])
  return winners[0]?.version ?? ''
}
