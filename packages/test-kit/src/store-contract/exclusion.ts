import { describe, expect, it } from 'vitest'
import type { ContractLock, InScene } from './scene.ts'

/** One task at a time on a key, whoever asks; tasks on other keys go on. */
export function describeExclusion(inScene: InScene): void {
  describe('exclusively', () => {
    it(
      'runs one task at a time on a key, and every task once, over several handles',
      inScene(async ({ first, second, third }) => {
        const handles = [first, second, third]
        const counts = { inside: 0, most: 0, ran: 0 }
        const enter = (index: number) => {
          const handle = handles[index % handles.length] ?? first
          return handle.exclusively('session-a', async () => {
            counts.inside += 1
            counts.most = Math.max(counts.most, counts.inside)
            // What a renewal does: read, think, write. Two inside at once would lose a count.
            const record = await handle.load('session-a')
            await new Promise((resolve) => setImmediate(resolve))
            await handle.save('session-a', String(Number(record?.value ?? 0) + 1), record?.version ?? null)
            counts.inside -= 1
            counts.ran += 1
          })
        }
        await Promise.all(Array.from({ length: 15 }, (_, index) => enter(index)))
        expect(counts).toEqual({ inside: 0, most: 1, ran: 15 })
        expect((await second.load('session-a'))?.value).toBe('15')
      }),
    )

    it(
      'passes on what the task gives, and what it rejects with, as it is',
      inScene(async ({ first }) => {
        const result = { any: 'thing' }
        expect(await first.exclusively('session-a', async () => result)).toBe(result)
        const failure = new Error('the task failed')
        const attempts = [
          first.exclusively('session-a', () => Promise.reject(failure)),
          first.exclusively('session-a', () => {
            throw failure
          }),
        ]
        const thrown = await Promise.all(attempts.map((attempt) => attempt.catch((error: unknown) => error)))
        expect(thrown).toEqual([failure, failure])
      }),
    )

    it(
      'goes on to the next task when one fails',
      inScene(async ({ first, second }) => {
        const outcomes = await Promise.allSettled([
          first.exclusively('session-a', () => Promise.reject(new Error('the task failed'))),
          first.exclusively('session-a', async () => 'next of the same handle'),
          second.exclusively('session-a', async () => 'next of another'),
        ])
        expect(outcomes.slice(1)).toEqual([
          { status: 'fulfilled', value: 'next of the same handle' },
          { status: 'fulfilled', value: 'next of another' },
        ])
      }),
    )

    it(
      'lets tasks on other keys run at the same time, nested or side by side',
      inScene(async ({ first, second }) => {
        const nested = await first.exclusively('session-a', () =>
          first.exclusively('session-b', () => second.exclusively('session-c', async () => 'inside three')),
        )
        expect(nested).toBe('inside three')

        // Each waits for the other to be inside: one after the other would never end.
        const [a, b] = [gate(), gate()]
        await Promise.all([
          first.exclusively('session-a', () => a.openThenWaitFor(b)),
          second.exclusively('session-a-b', () => b.openThenWaitFor(a)),
        ])
      }),
    )

    it(
      'keeps others waiting until the task has ended, then gives them their turn',
      inScene(async ({ first, second, third }) => {
        const [inside, mayEnd] = [gate(), gate()]
        const order: string[] = []
        const holder = first.exclusively('session-a', async () => {
          await inside.openThenWaitFor(mayEnd)
          order.push('holder ends')
        })
        await inside.opened
        const waiters = [first, second, third].map((handle) =>
          handle.exclusively('session-a', async () => {
            order.push('waiter runs')
          }),
        )
        // Reads and other keys are not kept waiting, and give a wrong waiter the time to show.
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
      'hands the task a signal that stays quiet in normal use',
      inScene(async ({ first, second }) => {
        const signals: AbortSignal[] = []
        const task = (handle: typeof first) => async (lock: ContractLock) => {
          expect(lock.signal).toBeInstanceOf(AbortSignal)
          signals.push(lock.signal)
          const record = await handle.load('session-a')
          await handle.save('session-a', 'a', record?.version ?? null)
          expect(lock.signal.aborted).toBe(false)
        }
        await Promise.all(
          [first, second, first].map((handle) => handle.exclusively('session-a', task(handle))),
        )
        expect(signals).toHaveLength(3)
      }),
    )

    it(
      'is no condition of saving: the version decides, also inside',
      inScene(async ({ first, second }) => {
        const version = await first.save('session-a', 'a', null)
        await first.exclusively('session-a', async () => {
          const newer = await second.save('session-a', 'b', version)
          await expect(first.save('session-a', 'c', version)).rejects.toMatchObject({
            code: 'store_conflict',
          })
          await first.save('session-a', 'd', newer)
        })
        expect((await second.load('session-a'))?.value).toBe('d')
      }),
    )

    it(
      'is free again once the handle that used it is closed',
      inScene(async ({ first, open }) => {
        const closing = await open()
        await closing.exclusively('session-a', async () => {})
        await closing.close()
        expect(await first.exclusively('session-a', async () => 'free')).toBe('free')
      }),
    )
  })
}

/** Something that one task waits for and another one opens. */
function gate() {
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
