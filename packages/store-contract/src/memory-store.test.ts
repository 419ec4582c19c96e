import { memoryStore } from '@particle-grants/core'
import { describe, it } from 'vitest'
import { storeContract } from './index.ts'

describe('memoryStore', () => {
  const cases = storeContract(() => {
    const store = memoryStore()
    // Memory is shared by sharing the store object.
    return { open: () => store }
  })
  for (const { name, run } of cases) it(name, run)
})
