import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openNative } from './native.ts'

const opened: string[] = []

vi.mock('@napi-rs/keyring', () => ({
  AsyncEntry: class {
    constructor(_service: string, name: string) {
      opened.push(name)
    }
  },
}))

describe('the entries of the native part', () => {
  beforeEach(() => {
    opened.length = 0
  })

  it('are made once for a name, since that may hold up the whole process', async () => {
    const open = await openNative('mine')
    expect(open('a')).toBe(open('a'))
    expect(opened).toEqual(['a'])
  })

  it('are not kept for ever: those that were not used for longest are let go', async () => {
    const open = await openNative('mine')
    const many = Array.from({ length: 1_000 }, (_, index) => `record-${index}`)
    open('old')
    for (const name of many) {
      open(name)
      open('in-use')
    }
    opened.length = 0
    open('in-use')
    open('record-999')
    open('old')
    open('record-0')
    expect(opened).toEqual(['old', 'record-0'])
  })
})
