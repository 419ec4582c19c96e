import { beforeEach, describe, expect, it, vi } from 'vitest'
import { loadNative } from './native.ts'

const opened: string[] = []

vi.mock('@napi-rs/keyring', () => ({
  AsyncEntry: class {
    constructor(_service: string, name: string) {
      opened.push(name)
    }
  },
}))

describe('loadNative', () => {
  beforeEach(() => {
    opened.length = 0
  })

  it('creates each entry once, because that can block the process', async () => {
    const open = await loadNative('mine')
    expect(open('a')).toBe(open('a'))
    expect(opened).toEqual(['a'])
  })

  it('caches the most recently used entries only', async () => {
    const open = await loadNative('mine')
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
