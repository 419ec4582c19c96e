import { describe, expect, it } from 'vitest'
import { Mutex } from './mutex.ts'

/** A promise that waits until the test says so. */
function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

describe('a mutex', () => {
  it('runs one task after the other, in the order in which they came', async () => {
    const mutex = new Mutex()
    const seen: string[] = []
    const first = gate()
    const task = (name: string, wait?: Promise<void>) => async () => {
      seen.push(`${name} begins`)
      await wait
      seen.push(`${name} ends`)
      return name
    }
    const runs = [mutex.run(task('a', first.opened)), mutex.run(task('b')), mutex.run(task('c'))]

    await Promise.resolve()
    expect(seen).toEqual(['a begins'])
    first.open()

    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c'])
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('goes on after a task that fails, and passes its failure to its caller alone', async () => {
    const mutex = new Mutex()
    const failing = mutex.run(() => Promise.reject(new Error('broken')))
    const throwing = mutex.run(() => {
      throw new Error('thrown')
    })

    await expect(failing).rejects.toThrow('broken')
    await expect(throwing).rejects.toThrow('thrown')
    expect(await mutex.run(async () => 'done')).toBe('done')
  })

  it('is idle when nothing runs and nothing waits', async () => {
    const mutex = new Mutex()
    expect(mutex.idle).toBe(true)

    const runs = [mutex.run(async () => mutex.idle), mutex.run(async () => mutex.idle)]
    expect(mutex.idle).toBe(false)

    expect(await Promise.all(runs)).toEqual([false, false])
    expect(mutex.idle).toBe(true)
  })

  it('is idle again after a failure', async () => {
    const mutex = new Mutex()
    await mutex.run(() => Promise.reject(new Error('broken'))).catch(() => {})

    expect(mutex.idle).toBe(true)
  })
})
