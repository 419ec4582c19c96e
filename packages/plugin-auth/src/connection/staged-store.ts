import type { Store, StoreRecord } from '@particle-grants/core'
import { sessionIn } from './profile-store.ts'

/**
 * What a sign-in saves of sessions waits here until {@link StagedStore.commit}; all else, and everything afterwards,
 * goes to the store at once.
 */
export class StagedStore implements Store {
  readonly #store: Store
  readonly #staged = new Map<string, StoreRecord | undefined>()
  #versions = 0
  #committed = false
  /** Under which key the session lies that was staged last. */
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
    this.sessionKey = sessionIn(key)
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    if (!this.#isStaged(key)) return this.#store.remove(key, ifVersion)
    this.#staged.set(key, undefined)
  }

  list(): Promise<readonly string[]> {
    return this.#store.list()
  }

  exclusively: Store['exclusively'] = (key, task) => this.#store.exclusively(key, task)

  close(): Promise<void> {
    return this.#store.close()
  }

  /** Saves what was staged, in place of whatever is there by now. */
  async commit(): Promise<void> {
    for (const [key, record] of this.#staged) {
      await this.#store.exclusively(key, async () => {
        const version = await this.#currentVersion(key)
        if (record !== undefined) await this.#store.save(key, record.value, version)
        else if (version !== null) await this.#store.remove(key, version)
      })
    }
    this.#staged.clear()
    this.#committed = true
  }

  /** The count of failures must not wait. */
  #isStaged(key: string): boolean {
    return !this.#committed && sessionIn(key) !== undefined
  }

  /** A record that can't be read is moved aside by the store, and may be written anew. */
  async #currentVersion(key: string): Promise<string | null> {
    const record = await this.#store.load(key).catch(() => undefined)
    return record?.version ?? null
  }
}
