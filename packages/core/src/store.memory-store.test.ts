import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { isMemoryStore, memoryStore, type Store } from './store.ts'

// The contract of all stores is tested in packages/store-contract, which imports this package.
describe('memoryStore', () => {
  it('shares nothing with another memory store', async () => {
    await memoryStore().save('k', 'value', null)
    expect(await memoryStore().load('k')).toBeUndefined()
  })

  it('belongs to one person', () => {
    expect(memoryStore().singleUser).toBe(true)
  })

  it('never loses a lock', async () => {
    expect(await memoryStore().withLock('k', async (signal) => signal.aborted)).toBe(false)
  })

  it('frees the memory of expired records that are never loaded again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const store = memoryStore()
    const saveTracked = async (key: string, expiresAt?: number) => {
      // An object in place of a text, because only objects can be tracked.
      const value = { key }
      await store.save(key, value as unknown as string, null, expiresAt)
      return new WeakRef(value)
    }
    const expired = await saveTracked('expired', Date.now() + 1_000)
    const kept = await saveTracked('kept', Date.now() + 3_600_000)
    vi.setSystemTime(Date.now() + 60_000)
    await store.save('another', 'value', null)
    // A WeakRef keeps its object until the end of the current task.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(expired.deref()).toBeUndefined()
    expect(kept.deref()).toEqual({ key: 'kept' })
  })

  it('keeps the third task waiting while the second runs, although the first has ended', async () => {
    const store = memoryStore()
    const order: string[] = []
    let endSecond = () => {}
    const secondMayEnd = new Promise<void>((resolve) => {
      endSecond = resolve
    })
    const first = store.withLock('k', async () => {})
    const second = store.withLock('k', async () => {
      await secondMayEnd
      order.push('second ends')
    })
    await first
    const third = store.withLock('k', async () => {
      order.push('third starts')
    })
    await Promise.resolve()
    endSecond()
    await Promise.all([second, third])
    expect(order).toEqual(['second ends', 'third starts'])
  })
})

describe('isMemoryStore', () => {
  it('recognises a memory store, also one of another copy of this package', async () => {
    vi.resetModules()
    const copy = await import('./store.ts')
    expect(copy.memoryStore).not.toBe(memoryStore)
    expect(isMemoryStore(memoryStore())).toBe(true)
    expect(isMemoryStore(copy.memoryStore())).toBe(true)
  })

  it('rejects a store of another kind', () => {
    const other: Store = {
      singleUser: true,
      load: async () => undefined,
      save: async () => '1',
      remove: async () => {},
      withLock: (_, task) => task(new AbortController().signal),
    }
    expect(isMemoryStore(other)).toBe(false)
  })
})
