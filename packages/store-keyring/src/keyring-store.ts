import { randomUUID } from 'node:crypto'
import { GrantsError, type Store, type StoreRecord } from '@particle-grants/core'
import { Entries } from './entries.ts'
import { storeUnavailable } from './keyring-errors.ts'
import { Locks } from './locks.ts'
import { loadNative, type OpenEntry } from './native.ts'
import { type KeyringStoreOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { type DecodedEntry, decodeRecord, encodeRecord, maxEntryBytes } from './record.ts'

/**
 * Keeps sessions in the keyring of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager
 * on Windows. If it is missing, locked or hangs, every call rejects with `store_unavailable`. Nothing is written to
 * another place.
 */
export function keyringStore(options: KeyringStoreOptions = {}): Store {
  const resolved = resolveOptions(options)
  return new KeyringStore(resolved, () => loadNative(resolved.service))
}

/** The store on any entries. {@link keyringStore} uses those of the operating system. */
export class KeyringStore implements Store {
  readonly singleUser = true
  readonly #service: string
  readonly #locks: Locks
  readonly #entries: Entries

  constructor({ service, directory, timeoutMs, lockTimeoutMs }: ResolvedOptions, load: () => Promise<OpenEntry>) {
    this.#service = service
    this.#locks = new Locks(directory, lockTimeoutMs)
    this.#entries = new Entries(load, timeoutMs)
  }

  async load(key: string): Promise<StoreRecord | undefined> {
    const found = await this.#find(key)
    if (found === 'expired') await this.#removeExpired(key)
    if (found === undefined || found === 'expired') return undefined
    if (typeof found === 'object') return found.record
    const place = this.#describePlace(recordName(key))
    if (found === 'newer') {
      const problem = 'a newer version of this program wrote it'
      const message = `The session in ${place} cannot be read: ${problem}. Update @particle-grants/store-keyring.`
      throw new GrantsError('store_damaged', message, { place, problem, keptAt: undefined })
    }
    const keptAt = await this.#moveDamaged(key)
    const problem = 'it is not a record of this program'
    const message = `The session in ${place} is damaged: ${problem}. It was moved to ${keptAt}. Sign in again.`
    throw new GrantsError('store_damaged', message, { place, problem, keptAt })
  }

  // biome-ignore lint/complexity/useMaxParams: the contract of Store
  async save(key: string, value: string, ifVersion: string | null, expiresAt?: number): Promise<string> {
    const version = randomUUID()
    const bytes = encodeRecord({ version, value }, expiresAt)
    if (bytes.length > maxEntryBytes) {
      const problem = `a record of ${bytes.length} bytes exceeds the ${maxEntryBytes} that every platform accepts`
      throw storeUnavailable(problem, 'Use shorter names and scopes.')
    }
    await this.#write(key, async () => {
      await this.#assertVersion(key, ifVersion)
      await this.#entries.write(recordName(key), bytes)
    })
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    await this.#write(key, async () => {
      await this.#assertVersion(key, ifVersion)
      await this.#entries.delete(damagedName(key))
      await this.#entries.delete(recordName(key))
    })
  }

  async withLock<T>(key: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // Reads first, so that no task starts whose result could not be saved.
    await this.#entries.read(recordName(key))
    return this.#locks.withLock(`key-${key}`, key, task)
  }

  async #find(key: string): Promise<DecodedEntry | 'expired' | undefined> {
    const bytes = await this.#entries.read(recordName(key))
    const found = bytes && decodeRecord(bytes)
    const isExpired = typeof found === 'object' && found.expiresAt !== undefined && found.expiresAt <= Date.now()
    return isExpired ? 'expired' : found
  }

  async #assertVersion(key: string, ifVersion: string | null): Promise<void> {
    const found = await this.#find(key)
    const version = typeof found === 'object' ? found.record.version : found
    if ((version === undefined || version === 'expired' ? null : version) === ifVersion) return
    throw new GrantsError('store_conflict', `The record ${key} has changed. Load it and try again.`, { key })
  }

  /** A keyring is not searched for expired entries. The next load removes them, so that no secret stays that is not used. */
  async #removeExpired(key: string): Promise<void> {
    await this.#write(key, async () => {
      // Another process may have saved a new record in the meantime.
      if ((await this.#find(key)) === 'expired') await this.#entries.delete(recordName(key))
    })
  }

  /** Moves a damaged entry to another name and returns its new place. */
  async #moveDamaged(key: string): Promise<string> {
    await this.#write(key, async () => {
      const bytes = await this.#entries.read(recordName(key))
      // Another process may have moved it, and even saved a new record.
      if (bytes === undefined || decodeRecord(bytes) !== 'damaged') return
      await this.#entries.write(damagedName(key), bytes)
      await this.#entries.delete(recordName(key))
    })
    return this.#describePlace(damagedName(key))
  }

  /**
   * Runs `change` while no other process of this machine writes. A keyring has no compare-and-set, so versions depend on
   * this lock. A hanging write may still succeed: its caller gets an error after the time limit, but the lock stays until
   * the write ends or this process does.
   */
  #write(key: string, change: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      let settle = resolve
      const locked = this.#locks.withLock('writing', key, async () => {
        await change().catch((thrown: unknown) => {
          settle = () => reject(thrown)
        })
        if (this.#entries.isHanging) settle()
        await this.#entries.idle()
      })
      locked.then(() => settle(), reject)
    })
  }

  #describePlace(name: string): string {
    return `the keyring entry ${name} of ${this.#service}`
  }
}

function recordName(key: string): string {
  return `record-${key}`
}

function damagedName(key: string): string {
  return `damaged-${key}`
}
