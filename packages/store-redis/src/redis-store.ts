import { randomUUID } from 'node:crypto'
import { GrantsError, type Store, type StoreLock, type StoreRecord } from '@particle-grants/core'
import { Connection, type RedisConnection } from './connection.ts'
import { Lease } from './lease.ts'
import { type RedisStoreOptions, type Settings, settingsOf } from './options.ts'
import { loadScript, removeScript, saveScript } from './scripts.ts'

/**
 * A store in Redis or Valkey, for the servers that share it. The client is a connected one of the `redis` package,
 * and stays yours: the store never closes it. With Redis gone, everything rejects with `store_unavailable`.
 */
export function redisStore(client: RedisConnection, options: RedisStoreOptions = {}): Store {
  const settings = settingsOf(options)
  return new RedisStore(new Connection(client, settings.commandTimeout), settings)
}

class RedisStore implements Store {
  readonly #connection: Connection
  readonly #settings: Settings
  /** What Redis takes as "for ever" when it is empty. */
  readonly #ttl: string

  constructor(connection: Connection, settings: Settings) {
    this.#connection = connection
    this.#settings = settings
    this.#ttl = settings.ttl === null ? '' : String(settings.ttl)
  }

  async load(key: string): Promise<StoreRecord | undefined> {
    const keys = [this.#record(key), this.#damaged(key)]
    const answer = (await this.#connection.run(loadScript, { keys, args: [this.#ttl] })) as string[]
    const [version, value] = answer
    if (version === undefined) return undefined
    if (value === undefined) {
      throw new GrantsError('store_damaged', {
        place: this.#record(key),
        problem: version === 'hash' ? 'a part of it is missing' : `it is a ${version}, not a hash`,
        keptAt: this.#damaged(key),
      })
    }
    return { version, value }
  }

  async save(key: string, value: string, ifVersion: string | null): Promise<string> {
    // Random, so that a version stays unique when its record is removed, or Redis forgets everything.
    const version = randomUUID()
    const args = [version, value, this.#ttl, ...(ifVersion === null ? [] : [ifVersion])]
    await this.#change(key, this.#connection.run(saveScript, { keys: [this.#record(key)], args }))
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    const keys = [this.#record(key), this.#damaged(key)]
    const args = (again: boolean) => [again ? 'again' : '', ...(ifVersion === null ? [] : [ifVersion])]
    await this.#change(key, this.#connection.run(removeScript, { keys, args }))
  }

  async list(): Promise<readonly string[]> {
    const start = this.#place('record', '').slice(0, -1)
    return (await this.#connection.keysWith(start)).map((key) => key.slice(start.length, -1))
  }

  async exclusively<T>(key: string, task: (lock: StoreLock) => Promise<T>): Promise<T> {
    const lease = await Lease.acquire(this.#connection, { key, lockKey: this.#lock(key) }, this.#settings)
    try {
      return await task({ signal: lease.signal })
    } finally {
      await lease.release()
    }
  }

  /** Nothing was opened: the client is its owner's. */
  async close(): Promise<void> {}

  async #change(key: string, answer: Promise<unknown>): Promise<void> {
    if ((await answer) !== 1) throw new GrantsError('store_conflict', { key })
  }

  #record(key: string): string {
    return this.#place('record', key)
  }

  #damaged(key: string): string {
    return this.#place('damaged', key)
  }

  #lock(key: string): string {
    return this.#place('lock', key)
  }

  /** In braces, so that whatever belongs to one record shares a slot where keys are spread over servers. */
  #place(kind: 'record' | 'damaged' | 'lock', key: string): string {
    return `${this.#settings.prefix}${kind}:{${key}}`
  }
}
