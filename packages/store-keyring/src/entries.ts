import { GrantsError } from '@particle-grants/core'
import { toStoreUnavailable, unavailable } from './keyring-errors.ts'
import type { NativeEntry, OpenEntry } from './native.ts'

/**
 * Reads and writes the entries of one service as bytes. Native calls run one at a time, with a time limit: a call that
 * hangs cannot be stopped and occupies one of Node's few threads. While one hangs, all others are rejected at once.
 */
export class Entries {
  readonly #loadNative: () => Promise<OpenEntry>
  readonly #timeoutMs: number
  #openEntry: OpenEntry | undefined
  #lastCall: Promise<unknown> = Promise.resolve()
  #nativeCall: Promise<unknown> = Promise.resolve()
  #isHanging = false

  constructor(loadNative: () => Promise<OpenEntry>, timeoutMs: number) {
    this.#loadNative = loadNative
    this.#timeoutMs = timeoutMs
  }

  /** Whether a native call is still running after its time limit. */
  get isHanging(): boolean {
    return this.#isHanging
  }

  /** Resolves when no native call is running, not even a hanging one. */
  async idle(): Promise<void> {
    await this.#nativeCall
  }

  async read(name: string): Promise<Buffer | undefined> {
    const bytes = await this.#call(name, (entry) => entry.getSecret())
    return bytes === null ? undefined : Buffer.from(Array.from(bytes))
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#call(name, (entry) => entry.setSecret(bytes))
  }

  async delete(name: string): Promise<void> {
    await this.#call(name, (entry) => entry.deleteCredential())
  }

  #call<T>(name: string, run: (entry: NativeEntry) => Promise<T>): Promise<T> {
    const result = this.#lastCall.then(async () => {
      if (this.#isHanging) throw unavailable('hanging')
      this.#openEntry ??= await this.#loadNative()
      const openEntry = this.#openEntry
      return this.#limitTime((async () => run(openEntry(name)))())
    })
    this.#lastCall = result.catch(() => {})
    return result
  }

  async #limitTime<T>(call: Promise<T>): Promise<T> {
    this.#nativeCall = call.catch(() => {})
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#isHanging = true
        void this.#nativeCall.then(() => {
          this.#isHanging = false
        })
        reject(unavailable('hanging'))
      }, this.#timeoutMs).unref()
    })
    try {
      return await Promise.race([call, timeout])
    } catch (thrown) {
      throw GrantsError.isInstance(thrown) ? thrown : toStoreUnavailable(thrown)
    } finally {
      clearTimeout(timer)
    }
  }
}
