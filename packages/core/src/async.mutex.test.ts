import { describe, expect, it } from 'vitest'
import { Mutex } from './async.ts'

/** A promise that the test resolves. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe('Mutex', () => {
  it('runs one task at a time, in the order of the calls', async () => {
    const mutex = new Mutex()
    const seen: string[] = []
    const first = gate()
    const task = (name: string, wait?: Promise<void>) => async () => {
      seen.push(`${name} starts`)
      await wait
      seen.push(`${name} ends`)
      return name
    }
    const runs = [mutex.run(task('a', first.opened)), mutex.run(task('b')), mutex.run(task('c'))]

    await Promise.resolve()
    expect(seen).toEqual(['a starts'])
    first.open()

    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c'])
    expect(seen).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends'])
  })

  it('continues after a task that fails, and rejects only its caller', async () => {
    const mutex = new Mutex()
    const failing = mutex.run(() => Promise.reject(new Error('broken')))
    const throwing = mutex.run(() => {
      throw new Error('thrown')
    })

    await expect(failing).rejects.toThrow('broken')
    await expect(throwing).rejects.toThrow('thrown')
    expect(await mutex.run(async () => 'done')).toBe('done')
  })

  it('is idle when no task runs or waits', async () => {
    const mutex = new Mutex()
    expect(mutex.isIdle).toBe(true)

    const runs = [mutex.run(async () => mutex.isIdle), mutex.run(async () => mutex.isIdle)]
    expect(mutex.isIdle).toBe(false)

    expect(await Promise.all(runs)).toEqual([false, false])
    expect(mutex.isIdle).toBe(true)
  })

  it('is idle again after a failure', async () => {
    const mutex = new Mutex()
    await mutex.run(() => Promise.reject(new Error('broken'))).catch(() => {})

    expect(mutex.isIdle).toBe(true)
  })
})
