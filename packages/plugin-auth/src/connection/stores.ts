import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { GrantsError, type Store } from '@particle-grants/core'
import { defaultDirectory, fileStore } from '@particle-grants/store-file'
import { isGrantsError } from '../errors/cli-error.ts'
import type { StoreName } from './profiles.ts'

/** The stores of this machine. Each is opened on first use, because the keyring's native module loads slowly. */
export class Stores {
  readonly #open = new Map<StoreName, Promise<Store>>()
  #keyringProblem: Promise<string | undefined> | undefined

  get(name: StoreName): Promise<Store> {
    const store = this.#open.get(name) ?? openStore(name)
    this.#open.set(name, store)
    return store
  }

  /** Returns why the keyring can't be used, or `undefined` if it can. It only reads. */
  findKeyringProblem(): Promise<string | undefined> {
    this.#keyringProblem ??= this.assertUsable('keyring').then(() => undefined, getProblem)
    return this.#keyringProblem
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

  /** Uses the keyring; `undefined` if there is none. */
  async tryKeyring<T>(use: (keyring: Store) => Promise<T>): Promise<T | undefined> {
    try {
      return await use(await this.get('keyring'))
    } catch (thrown) {
      if (isGrantsError(thrown, 'store_unavailable')) return undefined
      throw thrown
    }
  }

  /** Chooses where to save a sign-in: as requested, otherwise in the keyring if there is one. */
  async choose(requested: StoreName | undefined): Promise<StoreName> {
    const name = requested ?? ((await this.findKeyringProblem()) === undefined ? 'keyring' : 'file')
    await this.assertUsable(name)
    return name
  }
}

async function openStore(name: StoreName): Promise<Store> {
  return name === 'keyring' ? (await import('@particle-grants/store-keyring')).keyringStore() : openFileStore()
}

/** The file store, but reading does not create its folder. */
function openFileStore(): Store {
  const directory = fileStoreFolder()
  if (!isAbsolute(directory)) {
    const problem = `its folder would be ${directory}, which isn't an absolute path`
    const details = { store: 'file', problem }
    throw new GrantsError('store_unavailable', `The file store can't be used: ${problem}.`, details)
  }
  const store = fileStore({ directory })
  return {
    singleUser: true,
    load: async (key) => (existsSync(directory) ? store.load(key) : undefined),
    save: (key, value, ifVersion) => store.save(key, value, ifVersion),
    remove: (key, ifVersion) => store.remove(key, ifVersion),
    withLock: (key, task) => store.withLock(key, task),
  }
}

export const fileStoreFolder = defaultDirectory

const folderVariables = new Map<string, string>([['win32', 'LOCALAPPDATA']]).set('darwin', 'HOME')
/** The environment variable that decides the folder of the file store on this platform. */
export const folderVariable = folderVariables.get(process.platform) ?? 'XDG_STATE_HOME'

function getProblem(thrown: unknown): string {
  if (isGrantsError(thrown, 'store_unavailable')) return thrown.details.problem
  return thrown instanceof Error ? thrown.message : 'it failed'
}
