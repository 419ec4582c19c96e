import { randomUUID } from 'node:crypto'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import { Connection } from './connection.ts'
import { Lease } from './lease.ts'
import { type RedisStoreOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { assertClient, type RedisClient } from './redis-client.ts'
import { type LoadResult, loadScript, removeScript, saveScript } from './scripts.ts'

/**
 * Keeps sessions in Redis or Valkey, for the servers that share it. You connect the client and close it; the store does
 * neither. If Redis cannot be reached, every call rejects with `store_unavailable`.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  assertClient(client)
  const resolved = resolveOptions(options)
  return new RedisStore(new Connection(client, resolved.commandTimeoutMs), resolved)
}

/** The lockout guard's waits last up to a day, so a shorter `ttlMs` is for the records of sessions only. */
const guardPrefix = 'guard-'
const minGuardTtlMs = 24 * 60 * 60 * 1000

class RedisStore implements Store {
  readonly #connection: Connection
  readonly #options: ResolvedOptions

  constructor(connection: Connection, options: ResolvedOptions) {
    this.#connection = connection
    this.#options = options
  }

  async load(key: string): Promise<StoreRecord | undefined> {
    const { record, damaged } = this.#nameKeys(key)
    // Moves a value that is not a record to the key `damaged`. Without this, no save could follow: such a value has no
    // version to replace.
    const call = { keys: [record, damaged], args: [this.#formatTtl(key)] }
    const result = (await this.#connection.run(loadScript, call)) as LoadResult
    if (result[0] === 'missing') return undefined
    if (result[0] === 'record') return { version: result[1], value: result[2] }
    const problem = result[1] === 'hash' ? 'a field is missing' : `it is a ${result[1]}, not a hash`
    const message = `The Redis record ${record} is damaged: ${problem}. It was moved to ${damaged}. Sign in again.`
    throw new GrantsError('store_damaged', message, { place: record, problem, keptAt: damaged })
  }

  // biome-ignore lint/complexity/useMaxParams: the contract of Store
  async save(key: string, value: string, ifVersion: string | null, expiresAt?: number): Promise<string> {
    // Random, so that a version stays unique when its record is removed or Redis loses its data.
    const version = randomUUID()
    const expected = ifVersion === null ? [] : [ifVersion]
    // A function, because less time is left when a command is repeated. The script compares the versions and writes in one
    // step. A repeated command finds its own new version, which is no conflict.
    const args = () => [version, value, this.#formatTtl(key), formatLifetime(expiresAt), ...expected]
    const keys = [this.#nameKeys(key).record]
    assertNoConflict(key, await this.#connection.run(saveScript, { keys, args }))
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    const { record, damaged } = this.#nameKeys(key)
    const expected = ifVersion === null ? [] : [ifVersion]
    // A removal leaves nothing that a repeated command could recognise. 'again' tells the script that a missing record is no
    // conflict, because the first command may have removed it before its response was lost.
    const args = (isRepeated: boolean) => [isRepeated ? 'again' : '', ...expected]
    assertNoConflict(key, await this.#connection.run(removeScript, { keys: [record, damaged], args }))
  }

  /**
   * A lease does not stop an owner that was suspended for longer than it lasts: its task continues beside the next owner's.
   * What it saves then is rejected, because it names an old version. The version check is the fencing token.
   */
  async withLock<T>(key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const lockKey = this.#nameKeys(key).lock
    const lease = await Lease.acquire(this.#connection, { key, lockKey }, this.#options)
    try {
      return await task(lease.signal)
    } finally {
      await lease.release()
    }
  }

  /** Returns how long to keep a record, in milliseconds; empty: without limit. */
  #formatTtl(key: string): string {
    const { ttlMs } = this.#options
    if (ttlMs === null) return ''
    return String(key.startsWith(guardPrefix) ? Math.max(ttlMs, minGuardTtlMs) : ttlMs)
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
function formatLifetime(expiresAt: number | undefined): string {
  return expiresAt === undefined ? '' : String(Math.ceil(expiresAt - Date.now()))
}

/** Throws `store_conflict` unless a script returned 1. */
function assertNoConflict(key: string, result: unknown): void {
  if (result === 1) return
  throw new GrantsError('store_conflict', `The record ${key} has changed. Load it and try again.`, { key })
}
