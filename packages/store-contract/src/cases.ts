import type { Store } from '@particle-grants/core'

/** Three stores on the same storage. */
export interface OpenStores {
  readonly first: Store
  readonly second: Store
  readonly third: Store
  readonly listNames: () => unknown
}

/** The body of each case, by its name. */
export type Cases = Readonly<Record<string, (stores: OpenStores) => Promise<void>>>
