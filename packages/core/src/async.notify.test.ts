import { describe, expect, it } from 'vitest'
import { notify } from './async.ts'

describe('notify', () => {
  it('calls the listener at once', () => {
    const seen: number[] = []
    notify((value) => void seen.push(value), 5)
    expect(seen).toEqual([5])
  })

  it('reports an error of the listener as an unhandled rejection, and does not throw it', async () => {
    const listeners = process.rawListeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const reported = new Promise((resolve) => process.once('unhandledRejection', resolve))
    try {
      notify(() => {
        throw new Error('broken listener')
      }, 5)
      expect(await reported).toMatchObject({ message: 'broken listener' })
    } finally {
      for (const listener of listeners) process.on('unhandledRejection', listener as () => void)
    }
  })
})
