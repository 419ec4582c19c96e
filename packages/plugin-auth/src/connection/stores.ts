import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { GrantsError, type Store } from '@particle-grants/core'
import { defaultDirectory, fileStore } from '@particle-grants/store-file'
import type { StoreName } from './profile.ts'

/** Opens the stores when they are first used: loading the keyring's native part takes a while. */
export class Stores {
  readonly #open = new Map<StoreName, Promise<Store>>()
  #whyNoKeyring: Promise<string | undefined> | undefined

  get(name: StoreName): Promise<Store> {
    const opened = this.#open.get(name) ?? open(name)
    this.#open.set(name, opened)
    return opened
  }

  /** Returns why the keyring can't be used, or nothing when it can. It is only read. */
  whyNoKeyring(): Promise<string | undefined> {
    this.#whyNoKeyring ??= this.assertUsable('keyring').then(() => undefined, toProblem)
    return this.#whyNoKeyring
  }

  /** Throws if a store can't be used, so that nothing is sent whose result can't be kept. Creates its folder. */
  async assertUsable(name: StoreName): Promise<void> {
    const store = await this.get(name)
    await (name === 'file' ? store.withLock('probe', async () => {}) : store.load('probe'))
  }
}

async function open(name: StoreName): Promise<Store> {
  if (name === 'keyring') return (await import('@particle-grants/store-keyring')).keyringStore()
  return openFiles()
}

/** The file store, without creating its folder only to look whether there is something in it. */
function openFiles(): Store {
  const directory = fileStoreFolder()
  if (!isAbsolute(directory)) {
    const problem = `its folder would be ${directory}, which is not an absolute path`
    throw new GrantsError('store_unavailable', `The file store cannot be used: ${problem}.`, {
      store: 'file',
      problem,
    })
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

/** The folder of the file store. */
export function fileStoreFolder(): string {
  return defaultDirectory()
}

/** The environment variables that lead to another folder. */
const folderVariables: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'LOCALAPPDATA',
  darwin: 'HOME',
}

/** The environment variable that leads to another folder on this platform. */
export const folderVariable = folderVariables[process.platform] ?? 'XDG_STATE_HOME'

function toProblem(thrown: unknown): string {
  if (GrantsError.isInstance(thrown) && thrown.code === 'store_unavailable') return thrown.details.problem
  return thrown instanceof Error ? thrown.message : 'it failed'
}
