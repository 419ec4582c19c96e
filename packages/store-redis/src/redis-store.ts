import { randomUUID } from 'node:crypto'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import { Connection } from './connection.ts'
import { Lease } from './lease.ts'
import { type RedisStoreOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { assertClient, type RedisClient } from './redis-client.ts'
import { loadScript, removeScript, saveScript } from './scripts.ts'

/**
 * Keeps sessions in Redis or Valkey, for the servers that share it. You connect the client and close it; the store does
 * neither. If Redis cannot be reached, every call rejects with `store_unavailable`.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  assertClient(client)
  const resolved = resolveOptions(options)
  return new RedisStore(new Connection(client, resolved.commandTimeoutMs), resolved)
}

class RedisStore implements Store {
  readonly #connection: Connection
  readonly #options: ResolvedOptions
  /** Empty: forever. */
  readonly #ttl: string

  constructor(connection: Connection, options: ResolvedOptions) {
    this.#connection = connection
    this.#options = options
    this.#ttl = options.ttlMs === null ? '' : String(options.ttlMs)
  }

  async load(key: string): Promise<StoreRecord | undefined> {
    const { record: place, damaged: keptAt } = this.#nameKeys(key)
    const call = { keys: [place, keptAt], args: [this.#ttl] }
    const [version, value] = (await this.#connection.run(loadScript, call)) as string[]
    if (version === undefined) return undefined
    if (value !== undefined) return { version, value }
    const problem = version === 'hash' ? 'a field is missing' : `it is a ${version}, not a hash`
    const message = `The Redis record ${place} is damaged: ${problem}. It was moved to ${keptAt}. Sign in again.`
    throw new GrantsError('store_damaged', message, { place, problem, keptAt })
  }

  // biome-ignore lint/complexity/useMaxParams: the contract of Store
  async save(key: string, value: string, ifVersion: string | null, expiresAt?: number): Promise<string> {
    // Random, so that a version stays unique when its record is removed or Redis loses its data.
    const version = randomUUID()
    const expected = ifVersion === null ? [] : [ifVersion]
    // For each attempt anew, because a repeated one may be seconds later.
    const args = () => [version, value, this.#ttl, toLifetime(expiresAt), ...expected]
    const keys = [this.#nameKeys(key).record]
    assertDone(key, await this.#connection.run(saveScript, { keys, args }))
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    const { record, damaged } = this.#nameKeys(key)
    const expected = ifVersion === null ? [] : [ifVersion]
    const args = (isRepeated: boolean) => [isRepeated ? 'again' : '', ...expected]
    assertDone(key, await this.#connection.run(removeScript, { keys: [record, damaged], args }))
  }

  async withLock<T>(key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const lockKey = this.#nameKeys(key).lock
    const lease = await Lease.acquire(this.#connection, { key, lockKey }, this.#options)
    try {
      return await task(lease.signal)
    } finally {
      await lease.release()
    }
  }

  /** The braces put all keys of one record into the same slot of a cluster. */
  #nameKeys(key: string): { record: string; damaged: string; lock: string } {
    const { prefix } = this.#options
    return {
      record: `${prefix}record:{${key}}`,
      damaged: `${prefix}damaged:{${key}}`,
      lock: `${prefix}lock:{${key}}`,
    }
  }
}

/** Returns the milliseconds until then; empty: without limit. */
function toLifetime(expiresAt: number | undefined): string {
  return expiresAt === undefined ? '' : String(Math.ceil(expiresAt - Date.now()))
}

function assertDone(key: string, result: unknown): void {
  if (result === 1) return
  throw new GrantsError('store_conflict', `The record ${key} has changed. Load it and try again.`, { key })
}
