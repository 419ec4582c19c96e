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

  /** Why the keyring can't be used, or nothing when it can. It is only read. */
  whyNoKeyring(): Promise<string | undefined> {
    this.#whyNoKeyring ??= this.assertUsable('keyring').then(() => undefined, problemOf)
    return this.#whyNoKeyring
  }

  /** Throws where a store can't be used: a look, so that nothing is sent for what can't be kept. Makes its folder. */
  async assertUsable(name: StoreName): Promise<void> {
    const store = await this.get(name)
    await (name === 'file' ? store.list() : store.load('probe'))
  }
}

async function open(name: StoreName): Promise<Store> {
  if (name === 'keyring') return (await import('@particle-grants/store-keyring')).keyringStore()
  return openFiles()
}

/** The file store, which makes no folder only to look whether there is something in it. */
function openFiles(): Store {
  const directory = fileStoreFolder()
  if (!isAbsolute(directory)) {
    const problem = `its folder would be ${directory}, which is no absolute path`
    throw unusable({ problem, advice: remedy })
  }
  const store = fileStore({ directory })
  return {
    load: async (key) => (existsSync(directory) ? explained(store.load(key)) : undefined),
    save: (key, value, ifVersion) => explained(store.save(key, value, ifVersion)),
    remove: (key, ifVersion) => explained(store.remove(key, ifVersion)),
    list: () => explained(store.list()),
    async exclusively(key, task) {
      // What the task throws is its own.
      const outcome = await explained(
        store.exclusively(key, async (lock) =>
          task(lock).then(
            (value) => ({ value }),
            (thrown: unknown) => ({ thrown }),
          ),
        ),
      )
      if ('thrown' in outcome) throw outcome.thrown
      return outcome.value
    },
    close: () => store.close(),
  }
}

async function explained<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (thrown) {
    throw withPlace(thrown)
  }
}

/** The folder of the file store. */
export function fileStoreFolder(): string {
  return defaultDirectory()
}

/** What leads to another folder on this platform. */
const places: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'LOCALAPPDATA', darwin: 'HOME' }
const place = places[process.platform] ?? 'XDG_STATE_HOME'

/** A folder that can't be used is chosen by the environment, which the store does not know. */
function withPlace(thrown: unknown): unknown {
  if (GrantsError.isInstance(thrown)) {
    if (thrown.code !== 'store_unavailable') return thrown
    const { store, problem, advice } = thrown.details
    return unusable({ store, problem, advice: `${advice} ${remedy}`, cause: thrown })
  }
  const { code, path } = thrown as NodeJS.ErrnoException
  if (!(thrown instanceof Error) || code === undefined || path === undefined) return thrown
  return unusable({ problem: `${path} can't be made or used (${code})`, advice: remedy, cause: thrown })
}

const remedy = `Name another folder in which you may write by ${place}.`

function unusable({
  store = 'file',
  problem,
  advice,
  cause,
}: {
  store?: string
  problem: string
  advice: string
  cause?: Error
}): GrantsError {
  return new GrantsError(
    'store_unavailable',
    { store, problem, advice },
    cause === undefined ? {} : { cause },
  )
}

function problemOf(thrown: unknown): string {
  if (GrantsError.isInstance(thrown) && thrown.code === 'store_unavailable') return thrown.details.problem
  return thrown instanceof Error ? thrown.message : 'it failed'
}
