import { GrantsError } from '@particle-grants/core'
import type { NativeEntry, OpenEntry } from './native.ts'
import { troubleOf, unavailable } from './trouble.ts'

/**
 * The entries of one service, as bytes. One call at a time, with a limit: a native call that hangs can't be stopped,
 * and holds one of Node's few threads. While one hangs no other is made, and all are refused at once.
 */
export class Entries {
  readonly #load: () => Promise<OpenEntry>
  readonly #timeout: number
  #open: OpenEntry | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #native: Promise<unknown> = Promise.resolve()
  #hanging = false

  constructor(load: () => Promise<OpenEntry>, timeout: number) {
    this.#load = load
    this.#timeout = timeout
  }

  /** A call was cut, and has not come back yet. */
  get hanging(): boolean {
    return this.#hanging
  }

  /** Resolves when no native call is under way any more, a hanging one included. */
  async settled(): Promise<void> {
    await this.#native
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
    const result = this.#turn.then(async () => {
      if (this.#hanging) throw unavailable('hanging')
      this.#open ??= await this.#load()
      const open = this.#open
      return this.#limited((async () => run(open(name)))())
    })
    this.#turn = result.catch(() => {})
    return result
  }

  async #limited<T>(native: Promise<T>): Promise<T> {
    this.#native = native.catch(() => {})
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#hanging = true
        void this.#native.then(() => {
          this.#hanging = false
        })
        reject(unavailable('hanging'))
      }, this.#timeout).unref()
    })
    try {
      return await Promise.race([native, late])
    } catch (thrown) {
      throw GrantsError.isInstance(thrown) ? thrown : troubleOf(thrown)
    } finally {
      clearTimeout(timer)
    }
  }
}
