import assert from 'node:assert/strict'
import type { Store } from '@particle-grants/core'
import { assertConflict } from './assertions.ts'
import type { Cases } from './cases.ts'

/** Cases of `withLock`. */
export const lockCases: Cases = {
  'withLock runs one task at a time per key, and each task once': async ({ first, second, third }) => {
    const counts = { inside: 0, maxInside: 0, ran: 0 }
    const increment = (store: Store) =>
      store.withLock('session-a', async () => {
        counts.inside += 1
        counts.maxInside = Math.max(counts.maxInside, counts.inside)
        // Reads, waits and writes like a renewal. Two tasks at once would lose an increment.
        const record = await store.load('session-a')
        await new Promise((resolve) => setImmediate(resolve))
        await store.save('session-a', String(Number(record?.value ?? 0) + 1), record?.version ?? null)
        counts.inside -= 1
        counts.ran += 1
      })
    await Promise.all(Array(5).fill([first, second, third]).flat().map(increment))
    assert.deepEqual(counts, { inside: 0, maxInside: 1, ran: 15 })
    assert.equal((await second.load('session-a'))?.value, '15')
  },

  'withLock returns the result of the task, and rejects with its error unchanged': async ({ first }) => {
    const result = { any: 'thing' }
    assert.equal(await first.withLock('session-a', async () => result), result)
    const failure = new Error('the task failed')
    const fail = () => {
      throw failure
    }
    for (const task of [() => Promise.reject(failure), fail]) {
      const [outcome] = await Promise.allSettled([first.withLock('session-a', task)])
      assert.deepEqual(outcome, { status: 'rejected', reason: failure })
      assert.ok(outcome.status === 'rejected' && outcome.reason === failure)
    }
  },

  'withLock runs the next task after one that fails': async ({ first, second }) => {
    const outcomes = await Promise.allSettled([
      first.withLock('session-a', () => Promise.reject(new Error('the task failed'))),
      first.withLock('session-a', async () => 'next of the same store'),
      second.withLock('session-a', async () => 'next of another store'),
    ])
    assert.deepEqual(outcomes.slice(1), [
      { status: 'fulfilled', value: 'next of the same store' },
      { status: 'fulfilled', value: 'next of another store' },
    ])
  },

  'withLock runs tasks on other keys at the same time, nested and side by side': async ({ first, second }) => {
    const nested = await first.withLock('session-a', () =>
      first.withLock('session-b', () => second.withLock('session-c', async () => 'inside three')),
    )
    assert.equal(nested, 'inside three')

    // Each task waits until the other is inside: run one after the other, they would never end.
    const [a, b] = [createGate(), createGate()]
    await Promise.all([
      first.withLock('session-a', () => a.openThenWaitFor(b)),
      second.withLock('session-a-b', () => b.openThenWaitFor(a)),
    ])
  },

  'withLock keeps other tasks waiting until the task ends, then runs them': async ({ first, second, third }) => {
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
      assert.equal(await second.load('session-a'), undefined)
      assert.equal((await third.load('session-b'))?.value, 'b')
    }
    assert.deepEqual(order, [])
    mayEnd.open()
    await Promise.all([holder, ...waiters])
    assert.deepEqual(order, ['holder ends', 'waiter runs', 'waiter runs', 'waiter runs'])
  },

  'withLock passes a signal that does not abort in normal use': async ({ first, second }) => {
    const save = (store: Store) =>
      store.withLock('session-a', async (signal) => {
        assert.ok(signal instanceof AbortSignal)
        const record = await store.load('session-a')
        await store.save('session-a', 'a', record?.version ?? null)
        return signal.aborted
      })
    assert.deepEqual(await Promise.all([first, second, first].map(save)), [false, false, false])
  },

  'withLock does not replace versions: others can save, and an old version conflicts': async ({ first, second }) => {
    const version = await first.save('session-a', 'a', null)
    await first.withLock('session-a', async () => {
      const newer = await second.save('session-a', 'b', version)
      await assertConflict(first.save('session-a', 'c', version))
      await first.save('session-a', 'd', newer)
    })
    assert.equal((await second.load('session-a'))?.value, 'd')
  },
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
    openThenWaitFor: (other: { readonly opened: Promise<void> }) => {
      open()
      return other.opened
    },
  }
}
