/** `Store` of `@particle-grants/core`, repeated here because the test kit imports no other package. */
export interface ContractStore {
  load(key: string): Promise<{ readonly version: string; readonly value: string } | undefined>
  save(key: string, value: string, ifVersion: string | null): Promise<string>
  remove(key: string, ifVersion: string | null): Promise<void>
  withLock<T>(key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T>
}

/** Empty storage for one test. */
export interface Storage {
  /** Opens the storage as another process would. */
  open(): ContractStore | Promise<ContractStore>
  /** Returns everything that is visible without reading a value: names of files, keys, channels. */
  listNames?(): unknown
  /** Runs after the test. */
  remove?(): Promise<void> | void
}

export type CreateStorage = () => Storage | Promise<Storage>

/** What a test works with: three stores on the same storage. */
export interface TestStores {
  readonly first: ContractStore
  readonly second: ContractStore
  readonly third: ContractStore
  readonly listNames: () => unknown
}

/** Wraps the body of a test, so that it runs with its own storage. */
export type StoreTest = (body: (stores: TestStores) => Promise<void>) => () => Promise<void>

export function withStorage(createStorage: CreateStorage): StoreTest {
  return (body) => async () => {
    const storage = await createStorage()
    try {
      const [first, second, third] = [await storage.open(), await storage.open(), await storage.open()]
      await body({ first, second, third, listNames: () => storage.listNames?.() })
    } finally {
      await storage.remove?.()
    }
  }
}
