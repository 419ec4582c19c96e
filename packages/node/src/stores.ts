import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import { defaultDirectory, fileStore } from '@particle-grants/store-file'
import type { Environment } from './environment.ts'
import type { StoreName } from './profile-list.ts'

/** The stores of this machine. Each is opened on first use, because the keyring's native module loads slowly. */
export class Stores {
  readonly #directory: string | undefined
  readonly #open = new Map<StoreName, Promise<Store>>()
  #keyringProblem: Promise<string | undefined> | undefined

  /** @param directory - of the file store. @default the one of this machine, looked up on first use */
  constructor(directory?: string) {
    this.#directory = directory
  }

  get(name: StoreName): Promise<Store> {
    const store = this.#open.get(name) ?? this.#openStore(name)
    this.#open.set(name, store)
    return store
  }

  async #openStore(name: StoreName): Promise<Store> {
    return name === 'keyring' ? openKeyring() : openFileStore(this.#directory ?? fileStoreFolder())
  }

  /** Returns why the keyring can't be used, or `undefined` if it can. It only reads. */
  findKeyringProblem(): Promise<string | undefined> {
    this.#keyringProblem ??= this.assertUsable('keyring').then(
      () => undefined,
      (thrown) => (hasCode(thrown, 'store_unavailable') ? thrown.details.problem : String(thrown)),
    )
    return this.#keyringProblem
  }

  /** Returns the keyring; `undefined` if it can't be used. */
  async findKeyring(): Promise<Store | undefined> {
    return (await this.findKeyringProblem()) === undefined ? this.get('keyring') : undefined
  }

  /**
   * Creates the store's folder.
   *
   * @throws GrantsError `store_unavailable`, so that nothing is requested that could not be saved
   */
  async assertUsable(name: StoreName): Promise<void> {
    const store = await this.get(name)
    await (name === 'file' ? store.withLock('probe', async () => {}) : store.load('probe'))
  }

  /** Chooses where to save a sign-in: as requested, otherwise in the keyring if there is one. */
  async choose(requested: StoreName | undefined): Promise<StoreName> {
    const name = requested ?? ((await this.findKeyring()) ? 'keyring' : 'file')
    await this.assertUsable(name)
    return name
  }
}

/** Saves a record, in place of the one that is there. */
export function saveRecord(store: Store, key: string, value: string): Promise<string> {
  return store.withLock(key, async () => store.save(key, value, (await loadIntact(store, key))?.version ?? null))
}

/** Removes a record, and what is left of a damaged one. Returns whether there was one. */
export function removeRecord(store: Store, key: string): Promise<boolean> {
  return store.withLock(key, async () => {
    const record = await loadIntact(store, key)
    await store.remove(key, record?.version ?? null)
    return record !== undefined
  })
}

/** Loads a record; `undefined` for a damaged one, which the store has moved aside. */
function loadIntact(store: Store, key: string): Promise<StoreRecord | undefined> {
  return store.load(key).catch((thrown) => {
    if (hasCode(thrown, 'store_damaged')) return undefined
    throw thrown
  })
}

async function openKeyring(): Promise<Store> {
  const { keyringStore } = await import('@particle-grants/store-keyring').catch(() => {
    const problem = '@particle-grants/store-keyring is not installed'
    const message = `The keyring cannot be used: ${problem}. Install it beside @particle-grants/node.`
    throw new GrantsError('store_unavailable', message, { store: 'keyring', problem })
  })
  return keyringStore()
}

/** The file store, but reading does not create its folder. */
function openFileStore(directory: string): Store {
  if (!isAbsolute(directory)) {
    const problem = `its folder would be ${directory}, which isn't an absolute path`
    throw new GrantsError('store_unavailable', `The file store can't be used: ${problem}.`, { store: 'file', problem })
  }
  const store = fileStore({ directory })
  return {
    singleUser: true,
    load: async (key) => (existsSync(directory) ? store.load(key) : undefined),
    save: (...args) => store.save(...args),
    remove: (key, ifVersion) => store.remove(key, ifVersion),
    withLock: (key, task) => store.withLock(key, task),
  }
}

/** Returns the folder of the file store. Throws if this user has no home folder. */
export function fileStoreFolder(env: Environment = process.env): string {
  return env === process.env ? defaultDirectory() : defaultDirectory({ env, home: findHome(env) })
}

export function findHome(env: Environment): string {
  return (process.platform === 'win32' ? env.USERPROFILE : env.HOME) ?? homedir()
}

const folderVariables: Readonly<Record<string, string>> = { win32: 'LOCALAPPDATA', darwin: 'HOME' }
/** The environment variable that decides the folder of the file store on this platform. */
export const folderVariable = folderVariables[process.platform] ?? 'XDG_STATE_HOME'

/** Whether it is an error of core with one of these codes. */
export function hasCode<C extends GrantsError['code']>(
  thrown: unknown,
  ...codes: readonly C[]
): thrown is GrantsError<C> {
  return GrantsError.isInstance(thrown) && codes.some((code) => code === thrown.code)
}
