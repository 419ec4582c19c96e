import { describe, expect, it } from 'vitest'
import type { ContractStore, StoreTest } from './storage.ts'

/** Tests of `withLock`. */
export function describeLocks(test: StoreTest): void {
  describe('withLock', () => {
    it(
      'runs one task at a time per key, and each task once',
      test(async ({ first, second, third }) => {
        const stores = [first, second, third]
        const counts = { inside: 0, maxInside: 0, ran: 0 }
        const increment = (index: number) => {
          const store = stores[index % stores.length] ?? first
          return store.withLock('session-a', async () => {
            counts.inside += 1
            counts.maxInside = Math.max(counts.maxInside, counts.inside)
            // Reads, waits and writes like a renewal. Two tasks at once would lose an increment.
            const record = await store.load('session-a')
            await new Promise((resolve) => setImmediate(resolve))
            await store.save('session-a', String(Number(record?.value ?? 0) + 1), record?.version ?? null)
            counts.inside -= 1
            counts.ran += 1
          })
        }
        await Promise.all(Array.from({ length: 15 }, (_, index) => increment(index)))
        expect(counts).toEqual({ inside: 0, maxInside: 1, ran: 15 })
        expect((await second.load('session-a'))?.value).toBe('15')
      }),
    )

    it(
      'returns the result of the task, and rejects with its error unchanged',
      test(async ({ first }) => {
        const result = { any: 'thing' }
        expect(await first.withLock('session-a', async () => result)).toBe(result)
        const failure = new Error('the task failed')
        const attempts = [
          first.withLock('session-a', () => Promise.reject(failure)),
          first.withLock('session-a', () => {
            throw failure
          }),
        ]
        const thrown = await Promise.all(attempts.map((attempt) => attempt.catch((error: unknown) => error)))
        expect(thrown).toEqual([failure, failure])
      }),
    )

    it(
      'runs the next task after one that fails',
      test(async ({ first, second }) => {
        const outcomes = await Promise.allSettled([
          first.withLock('session-a', () => Promise.reject(new Error('the task failed'))),
          first.withLock('session-a', async () => 'next of the same store'),
          second.withLock('session-a', async () => 'next of another store'),
        ])
        expect(outcomes.slice(1)).toEqual([
          { status: 'fulfilled', value: 'next of the same store' },
          { status: 'fulfilled', value: 'next of another store' },
        ])
      }),
    )

    it(
      'lets tasks on other keys run at the same time, nested or side by side',
      test(async ({ first, second }) => {
        const nested = await first.withLock('session-a', () =>
          first.withLock('session-b', () => second.withLock('session-c', async () => 'inside three')),
        )
        expect(nested).toBe('inside three')

        // Each task waits until the other is inside: run one after the other, they would never end.
        const [a, b] = [createGate(), createGate()]
        await Promise.all([
          first.withLock('session-a', () => a.openThenWaitFor(b)),
          second.withLock('session-a-b', () => b.openThenWaitFor(a)),
        ])
      }),
    )

    it(
      'keeps other tasks waiting until the task ends, then runs them',
      test(async ({ first, second, third }) => {
        const [inside, mayEnd] = [createGate(), createGate()]
        const order: string[] = []
        const holder = first.withLock('session-a', async () => {
          await inside.openThenWaitFor(mayEnd)
          order.push('holder ends')
        })
        await inside.opened
        const waiters = [first, second, third].map((store) =>
          store.withLock('session-a', async () => {
            order.push('waiter runs')
          }),
        )
        // Loads and other keys do not wait. They also leave a waiter that runs too early time to do so.
        await second.save('session-b', 'b', null)
        for (let round = 0; round < 5; round += 1) {
          expect(await second.load('session-a')).toBeUndefined()
          expect((await third.load('session-b'))?.value).toBe('b')
        }
        expect(order).toEqual([])
        mayEnd.open()
        await Promise.all([holder, ...waiters])
        expect(order).toEqual(['holder ends', 'waiter runs', 'waiter runs', 'waiter runs'])
      }),
    )

    it(
      'passes a signal that does not abort in normal use',
      test(async ({ first, second }) => {
        const signals: AbortSignal[] = []
        const save = (store: ContractStore) => async (signal: AbortSignal) => {
          expect(signal).toBeInstanceOf(AbortSignal)
          signals.push(signal)
          const record = await store.load('session-a')
          await store.save('session-a', 'a', record?.version ?? null)
          expect(signal.aborted).toBe(false)
        }
        await Promise.all([first, second, first].map((store) => store.withLock('session-a', save(store))))
        expect(signals).toHaveLength(3)
      }),
    )

    it(
      'does not replace versions: a save without the lock succeeds, and an old version conflicts inside',
      test(async ({ first, second }) => {
        const version = await first.save('session-a', 'a', null)
        await first.withLock('session-a', async () => {
          const newer = await second.save('session-a', 'b', version)
          await expect(first.save('session-a', 'c', version)).rejects.toMatchObject({
            code: 'store_conflict',
          })
          await first.save('session-a', 'd', newer)
        })
        expect((await second.load('session-a'))?.value).toBe('d')
      }),
    )
  })
}

/** A point where one task waits until another task opens it. */
function createGate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    open,
    opened,
    openThenWaitFor: (other: { opened: Promise<void> }) => {
      open()
      return other.opened
    },
  }
}
