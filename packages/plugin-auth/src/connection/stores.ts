import { GrantsError, type Store } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import type { StoreName } from './profile.ts'

/** Opens the stores when they are first used: loading the keyring's native part takes a while. */
export class Stores {
  readonly #open = new Map<StoreName, Promise<Store>>()

  get(name: StoreName): Promise<Store> {
    const opened = this.#open.get(name) ?? open(name)
    this.#open.set(name, opened)
    return opened
  }

  /** Why the keyring can't be used, or nothing when it can. It is only read. */
  async whyNoKeyring(): Promise<string | undefined> {
    try {
      await (await this.get('keyring')).load('probe')
      return undefined
    } catch (thrown) {
      if (GrantsError.isInstance(thrown) && thrown.code === 'store_unavailable') return thrown.details.problem
      return thrown instanceof Error ? thrown.message : 'it failed'
    }
  }
}

async function open(name: StoreName): Promise<Store> {
  if (name === 'keyring') return (await import('@particle-grants/store-keyring')).keyringStore()
  return fileStore()
}
