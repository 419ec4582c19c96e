import { describe, expect, it } from 'vitest'
import { raceAbort } from './async.ts'

const never = new Promise<never>(() => {})

/** A signal that counts its listeners. */
function countListeners() {
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  Object.assign(signal, {
    addEventListener: (...given: Parameters<typeof addEventListener>) => {
      listeners += 1
      addEventListener.apply(signal, given)
    },
    removeEventListener: (...given: Parameters<typeof removeEventListener>) => {
      listeners -= 1
      removeEventListener.apply(signal, given)
    },
  })
  return { controller, signal, count: () => listeners }
}

describe('raceAbort', () => {
  it('settles like the promise', async () => {
    const { signal } = new AbortController()
    expect(await raceAbort(Promise.resolve('done'), [signal, undefined])).toBe('done')
    await expect(raceAbort(Promise.reject(new Error('broken')), [signal])).rejects.toThrow('broken')
  })

  it('settles like the promise if there is no signal', async () => {
    expect(await raceAbort(Promise.resolve('done'), [])).toBe('done')
  })

  it('rejects with the reason of the signal that is aborted', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const result = raceAbort(never, [first.signal, undefined, second.signal])
    const reason = { any: 'value' }
    second.abort(reason)
    await expect(result).rejects.toBe(reason)
  })

  it('rejects at once with the reason of a signal that was aborted before', async () => {
    await expect(raceAbort(never, [undefined, AbortSignal.abort('early')])).rejects.toBe('early')
  })

  it('swallows a later failure of the promise', async () => {
    const result = raceAbort(Promise.reject(new Error('late')), [AbortSignal.abort('early')])
    await expect(result).rejects.toBe('early')
  })

  it('leaves no listener on a signal that outlives the call', async () => {
    const { controller, signal, count } = countListeners()
    await raceAbort(Promise.resolve(), [signal])
    await raceAbort(Promise.reject(new Error('broken')), [signal]).catch(() => {})
    await Promise.resolve()
    expect(count()).toBe(0)
    const result = raceAbort(never, [signal])
    expect(count()).toBe(1)
    controller.abort()
    await result.catch(() => {})
    expect(count()).toBe(0)
  })
})
