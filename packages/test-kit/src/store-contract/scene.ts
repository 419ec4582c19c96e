/** The lock as `Store.exclusively` of `@particle-grants/core` hands it to a task, by its shape alone. */
export interface ContractLock {
  readonly signal: AbortSignal
}

/** A store, by its shape alone: the kit imports no package of the workspace. */
export interface ContractStore {
  load(key: string): Promise<{ readonly version: string; readonly value: string } | undefined>
  save(key: string, value: string, ifVersion: string | null): Promise<string>
  remove(key: string, ifVersion: string | null): Promise<void>
  list(): Promise<readonly string[]>
  exclusively<T>(key: string, task: (lock: ContractLock) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** One fresh place where records are kept, without any in it. */
export interface StoreBacking {
  /** A handle of its own on the same records, as another process would have one. The suite closes it. */
  open(): ContractStore | Promise<ContractStore>
  /** All that others can see without reading a value: names of files, keys, channels. */
  names?(): unknown
  /** Runs after each test, when every handle is closed. */
  cleanup?(): Promise<void> | void
}

/** Makes a backing for one test. */
export type MakeBacking = () => StoreBacking | Promise<StoreBacking>

/** What a test of the suite works with. */
export interface Scene {
  readonly first: ContractStore
  readonly second: ContractStore
  readonly third: ContractStore
  /** One more handle, closed at the end of the test. */
  readonly open: () => Promise<ContractStore>
  readonly names: () => unknown
}

/** Runs the body of a test in a backing of its own, with handles that are closed after it. */
export type InScene = (body: (scene: Scene) => Promise<void>) => () => Promise<void>

/** Gives each test a fresh backing, and closes what it opened whether the test passes or not. */
export function scenes(makeBacking: MakeBacking): InScene {
  return (body) => async () => {
    const backing = await makeBacking()
    const handles: ContractStore[] = []
    const open = async () => {
      const handle = await backing.open()
      handles.push(handle)
      return handle
    }
    try {
      const [first, second, third] = [await open(), await open(), await open()]
      await body({ first, second, third, open, names: () => backing.names?.() })
    } finally {
      await Promise.all([...new Set(handles)].map((handle) => handle.close()))
      await backing.cleanup?.()
    }
  }
}
