import { memoryStore } from '@particle-grants/core'
import { describe, expect, it } from 'vitest'
import { storeContract } from './index.ts'

describe('memoryStore', () => {
  const cases = storeContract(() => {
    const store = memoryStore()
    // Memory is shared by sharing the store object.
    return { open: () => store }
  })
  for (const { name, run } of cases) it(name, run)
})

describe('storeContract', () => {
  it('rejects an unknown option', () => {
    expect(() => storeContract(() => ({ open: memoryStore }), { maxBytes: 10 } as object)).toThrow(
      'maxBytes is not an option here. Known: maxValueBytes.',
    )
  })
})
