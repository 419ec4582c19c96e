import type { Store, StoreRecord } from '@particle-grants/core'

/**
 * Holds the session records of a sign-in back until {@link StagedStore.commit}. Everything else, such as the lockout
 * guard's record, goes to the store at once.
 */
export class StagedStore implements Store {
  readonly singleUser = true
  readonly #store: Store
  readonly #staged = new Map<string, StoreRecord | undefined>()
  #versions = 0
  #isCommitted = false
  /** The key of the session that was saved last. */
  sessionKey: string | undefined

  constructor(store: Store) {
    this.#store = store
  }

  async load(key: string): Promise<StoreRecord | undefined> {
    return this.#staged.has(key) ? this.#staged.get(key) : this.#store.load(key)
  }

  async save(key: string, value: string, ifVersion: string | null): Promise<string> {
    if (!this.#isStaged(key)) return this.#store.save(key, value, ifVersion)
    this.#versions += 1
    const version = `staged-${this.#versions}`
    this.#staged.set(key, { version, value })
    if (key.startsWith('session-')) this.sessionKey = key
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    if (!this.#isStaged(key)) return this.#store.remove(key, ifVersion)
    this.#staged.set(key, undefined)
  }

  withLock: Store['withLock'] = (key, task) => this.#store.withLock(key, task)

  /** Saves what was held back, in place of whatever is stored by now. */
  async commit(): Promise<void> {
    for (const [key, record] of this.#staged) {
      await this.#store.withLock(key, async () => {
        const version = await this.#loadVersion(key)
        if (record !== undefined) await this.#store.save(key, record.value, version)
        else if (version !== null) await this.#store.remove(key, version)
      })
    }
    this.#staged.clear()
    this.#isCommitted = true
  }

  #isStaged(key: string): boolean {
    return !this.#isCommitted && /^(aside-)?session-/.test(key)
  }

  /** The store moves a damaged record aside, so that another one can be saved. */
  async #loadVersion(key: string): Promise<string | null> {
    const record = await this.#store.load(key).catch(() => undefined)
    return record?.version ?? null
  }
}
