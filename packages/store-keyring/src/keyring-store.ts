import { randomUUID } from 'node:crypto'
import { GrantsError, type Store, type StoreLock, type StoreRecord } from '@particle-grants/core'
import { Entries } from './entries.ts'
import { KeyIndex } from './key-index.ts'
import { Locks } from './locks.ts'
import { type OpenEntry, openNative } from './native.ts'
import { type KeyringStoreOptions, type Settings, settingsOf } from './options.ts'
import { decodeRecord, encodeRecord, entryLimit } from './record.ts'
import { tooLarge } from './trouble.ts'

/**
 * A store in the keyring of the operating system: Secret Service on Linux, Keychain on macOS, Credential Manager on
 * Windows. Where there is none, or it is locked or hangs, everything rejects with `store_unavailable`: nothing is
 * ever written anywhere else instead.
 */
export function keyringStore(options: KeyringStoreOptions = {}): Store {
  const settings = settingsOf(options)
  return new KeyringStore(settings, () => openNative(settings.service))
}

/** The store over any entries; {@link keyringStore} gives it those of the operating system. */
export class KeyringStore implements Store {
  readonly #service: string
  readonly #locks: Locks
  readonly #entries: Entries
  readonly #index: KeyIndex

  constructor(settings: Settings, load: () => Promise<OpenEntry>) {
    this.#service = settings.service
    this.#locks = new Locks(settings)
    this.#entries = new Entries(load, settings.timeout)
    this.#index = new KeyIndex(this.#entries)
  }

  async load(key: string): Promise<StoreRecord | undefined> {
    const found = await this.#find(key)
    if (found === undefined || typeof found === 'object') return found?.record
    throw new GrantsError('store_damaged', {
      place: this.#place(recordName(key)),
      problem:
        found === 'newer' ? 'a newer version of this program wrote it' : 'it is no record of this program',
      keptAt: found === 'newer' ? undefined : await this.#moveAside(key),
    })
  }

  async save(key: string, value: string, ifVersion: string | null): Promise<string> {
    const version = randomUUID()
    const bytes = encodeRecord({ version, value })
    if (bytes.length > entryLimit) throw tooLarge(bytes.length, entryLimit)
    await this.#writing(key, async () => {
      await this.#expect(key, ifVersion)
      // First, so that no record is ever out of sight.
      await this.#index.add(key)
      await this.#entries.write(recordName(key), bytes)
    })
    return version
  }

  async remove(key: string, ifVersion: string | null): Promise<void> {
    await this.#writing(key, async () => {
      await this.#expect(key, ifVersion)
      await this.#entries.delete(damagedName(key))
      await this.#entries.delete(recordName(key))
      await this.#index.delete(key)
    })
  }

  async list(): Promise<readonly string[]> {
    const present: string[] = []
    for (const key of await this.#index.keys()) {
      if ((await this.#entries.read(recordName(key))) !== undefined) present.push(key)
    }
    return present
  }

  async exclusively<T>(key: string, task: (lock: StoreLock) => Promise<T>): Promise<T> {
    // A look first: whoever wants the lock wants the record, and should not start work that can't be saved.
    await this.#entries.read(recordName(key))
    return this.#locks.exclusively(`key-${key}`, key, task)
  }

  /** Nothing is held open. */
  async close(): Promise<void> {}

  async #find(key: string) {
    const bytes = await this.#entries.read(recordName(key))
    return bytes && decodeRecord(bytes)
  }

  async #expect(key: string, ifVersion: string | null): Promise<void> {
    const found = await this.#find(key)
    const version = typeof found === 'object' ? found.record.version : found
    if ((version ?? null) !== ifVersion) throw new GrantsError('store_conflict', { key })
  }

  /** Puts a damaged entry where it is in nobody's way, and says where. */
  async #moveAside(key: string): Promise<string> {
    await this.#writing(key, async () => {
      const bytes = await this.#entries.read(recordName(key))
      // Somebody else may have done so, and even saved since.
      if (bytes === undefined || decodeRecord(bytes) !== 'damaged') return
      await this.#entries.write(damagedName(key), bytes)
      await this.#entries.delete(recordName(key))
    })
    return this.#place(damagedName(key))
  }

  /**
   * Reads and writes as one step among the processes of this machine. A keyring has no compare-and-set, so this lock
   * is what versions rest on. A write that hangs may still happen: its caller is told after the limit, but the lock
   * stays until the write came back, or this process ended and took it along.
   */
  #writing(key: string, task: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      let settle = resolve
      const locked = this.#locks.exclusively('writing', key, async () => {
        await task().catch((thrown: unknown) => {
          settle = () => reject(thrown)
        })
        if (this.#entries.hanging) settle()
        await this.#entries.settled()
      })
      locked.then(() => settle(), reject)
    })
  }

  #place(name: string): string {
    return `the keyring entry ${name} of ${this.#service}`
  }
}

function recordName(key: string): string {
  return `record-${key}`
}

function damagedName(key: string): string {
  return `damaged-${key}`
}
