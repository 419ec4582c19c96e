import { describeStore } from '@particle-grants/test-kit/store-contract'
import { memoryStore } from './memory-store.ts'

describeStore('the memory store', () => {
  const store = memoryStore()
  // Memory is shared by sharing the store.
  return { open: () => store }
})
