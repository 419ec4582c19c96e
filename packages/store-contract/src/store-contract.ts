import type { Store } from '@particle-grants/core'
import { assertKnownOptions } from '@particle-grants/core/protocol'
import type { Cases } from './cases.ts'
import { expiryCases } from './expiry.ts'
import { lockCases } from './locks.ts'
import { recordCases } from './records.ts'
import { versionCases } from './versions.ts'

/** Empty storage for one case. */
export interface ContractStorage {
  /** Opens a store on this storage, as another process would. Called three times. */
  open(): Store | Promise<Store>
  /** Returns what is visible without reading a value, such as the names of files or keys. No secret may be in there. */
  listNames?(): unknown
  /** Runs after the case, also after one that fails. */
  remove?(): void | Promise<void>
}

export interface StoreContractOptions {
  /** The largest value, in bytes, that the store accepts. @default 4096 */
  readonly maxValueBytes?: number
}

/** One test, for any runner. */
export interface StoreContractCase {
  /** A sentence about the store, unique among the cases. */
  readonly name: string
  /** Rejects with an `AssertionError` if the store breaks its contract. Has no time limit: use your runner's. */
  run(): Promise<void>
}

/** Returns the tests that every store passes. Each one creates its own storage; they can run at the same time. */
export function storeContract(
  createStorage: () => ContractStorage | Promise<ContractStorage>,
  options: StoreContractOptions = {},
): readonly StoreContractCase[] {
  assertKnownOptions(options, { maxValueBytes: true })
  const { maxValueBytes = 4096 } = options
  const cases: Cases = { ...recordCases(maxValueBytes), ...versionCases, ...expiryCases, ...lockCases }
  return Object.entries(cases).map(([name, body]) => ({
    name,
    async run() {
      const storage = await createStorage()
      try {
        const [first, second, third] = [await storage.open(), await storage.open(), await storage.open()]
        await body({ first, second, third, listNames: () => storage.listNames?.() })
      } finally {
        await storage.remove?.()
      }
    },
  }))
}
