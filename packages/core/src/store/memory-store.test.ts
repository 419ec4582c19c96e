import { describe, expect, it } from 'vitest'
import { memoryStore } from './memory-store.ts'

const conflict = expect.objectContaining({ code: 'store_conflict', details: { key: 'k' } })

describe('the memory store', () => {
  it('gives back what was saved, with the version that saving gave', async () => {
    const store = memoryStore()
    const version = await store.save('k', 'value', null)

    expect(await store.load('k')).toEqual({ version, value: 'value' })
    expect(await store.load('other')).toBeUndefined()
  })

  it('saves over the version that was seen, and over no other', async () => {
    const store = memoryStore()
    const first = await store.save('k', 'one', null)
    const second = await store.save('k', 'two', first)

    await expect(store.save('k', 'three', first)).rejects.toEqual(conflict)
    await expect(store.save('k', 'three', null)).rejects.toEqual(conflict)
    expect(await store.load('k')).toEqual({ version: second, value: 'two' })
  })

  it('saves nothing over what is gone', async () => {
    const store = memoryStore()

    await expect(store.save('k', 'value', '1')).rejects.toEqual(conflict)
    expect(await store.list()).toEqual([])
  })

  it('removes the version that was seen, and no other', async () => {
    const store = memoryStore()
    const first = await store.save('k', 'one', null)
    const second = await store.save('k', 'two', first)

    await expect(store.remove('k', first)).rejects.toEqual(conflict)
    await store.remove('k', second)
    expect(await store.load('k')).toBeUndefined()
    await expect(store.remove('k', second)).rejects.toEqual(conflict)
  })

  it('never takes a record that was written anew for the old one', async () => {
    const store = memoryStore()
    const old = await store.save('k', 'value', null)
    await store.remove('k', old)

    expect(await store.save('k', 'value', null)).not.toBe(old)
    await expect(store.save('k', 'late', old)).rejects.toEqual(conflict)
  })

  it('lists its keys', async () => {
    const store = memoryStore()
    await store.save('a', '1', null)
    await store.save('b', '2', null)

    expect(await store.list()).toEqual(['a', 'b'])
  })

  it('shares nothing with another', async () => {
    await memoryStore().save('k', 'value', null)

    expect(await memoryStore().load('k')).toBeUndefined()
  })

  it('can be closed', async () => {
    await expect(memoryStore().close()).resolves.toBeUndefined()
  })
})

describe('a task that runs alone', () => {
  it('is alone on its key, and gives its result', async () => {
    const store = memoryStore()
    let running = 0
    const task = async () => {
      running += 1
      expect(running).toBe(1)
      await Promise.resolve()
      running -= 1
      return 'done'
    }

    expect(await Promise.all(Array.from({ length: 5 }, () => store.exclusively('k', task)))).toEqual(
      Array.from({ length: 5 }, () => 'done'),
    )
  })

  it('is alone also where another comes when the first has ended and the second has not', async () => {
    const store = memoryStore()
    const seen: string[] = []
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const first = store.exclusively('k', async () => {})
    const second = store.exclusively('k', async () => {
      await ended
      seen.push('second ends')
    })
    await first
    const third = store.exclusively('k', async () => {
      seen.push('third begins')
    })
    await Promise.resolve()
    end()
    await Promise.all([second, third])

    expect(seen).toEqual(['second ends', 'third begins'])
  })

  it('does not wait for another key', async () => {
    const store = memoryStore()

    await store.exclusively('a', () => store.exclusively('b', async () => {}))
  })

  it('lets the next one in when it fails', async () => {
    const store = memoryStore()

    await expect(store.exclusively('k', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await store.exclusively('k', async () => 'next')).toBe('next')
  })

  it('keeps its lock to the end: nothing in memory takes it away', async () => {
    expect(await memoryStore().exclusively('k', async ({ signal }) => signal.aborted)).toBe(false)
  })
})
