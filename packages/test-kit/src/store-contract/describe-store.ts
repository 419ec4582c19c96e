import { describe } from 'vitest'
import { describeExclusion } from './exclusion.ts'
import { describeRecords } from './records.ts'
import { type MakeBacking, scenes } from './scene.ts'
import { describeVersions } from './versions.ts'

/** What a store may differ in. */
export interface StoreContractOptions {
  /** The largest value in bytes that every machine takes. @default 4096 */
  readonly largest?: number
}

/** The suite that every store passes. Each test has a backing of its own, with three handles on it. */
export function describeStore(
  name: string,
  makeBacking: MakeBacking,
  { largest = 4096 }: StoreContractOptions = {},
): void {
  describe(`${name} keeps the store contract:`, () => {
    const inScene = scenes(makeBacking)
    describeRecords(inScene, largest)
    describeVersions(inScene)
    describeExclusion(inScene)
  })
}
