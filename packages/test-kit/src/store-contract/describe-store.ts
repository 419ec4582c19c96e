import { describe } from 'vitest'
import { describeLocks } from './locks.ts'
import { describeRecords } from './records.ts'
import { type CreateStorage, withStorage } from './storage.ts'
import { describeVersions } from './versions.ts'

/** How a store may differ from others. */
export interface StoreContractOptions {
  /** The largest value, in bytes, that the store accepts on every machine. @default 4096 */
  readonly maxValueBytes?: number
}

/** Registers the tests that every store must pass. Each test has its own empty storage, opened three times. */
export function describeStoreContract(
  name: string,
  createStorage: CreateStorage,
  { maxValueBytes = 4096 }: StoreContractOptions = {},
): void {
  describe(`${name} (store contract)`, () => {
    const test = withStorage(createStorage)
    describeRecords(test, maxValueBytes)
    describeVersions(test)
    describeLocks(test)
  })
}
