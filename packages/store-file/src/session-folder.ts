import { randomUUID } from 'node:crypto'
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { GrantsError, type StoreRecord } from '@particle-grants/core'
import { unavailable } from './failures.ts'
import { moveFile, readPrivateFile, removeFile, replaceFile } from './files.ts'
import { formatRecord, readRecord } from './record-format.ts'

const recordName = /^([a-z0-9-]{1,80})\.json$/
const temporaryName = /^\.([a-z0-9-]{1,80})\.[0-9a-f-]{36}\.tmp$/

/** What is known of the record under a key. `damage` says what is wrong; its bytes are still in their place. */
export type Found = { readonly record: StoreRecord | undefined } | { readonly damage: string }

/** The files of the sessions. Who changes one holds the lock of its key; that is the store's to see to. */
export class SessionFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  async keys(): Promise<readonly string[]> {
    return (await this.#names()).flatMap((name) => recordName.exec(name)?.[1] ?? [])
  }

  async find(key: string): Promise<Found> {
    const place = this.#place(key)
    const bytes = await readPrivateFile(place)
    if (bytes === undefined) return { record: undefined }
    const reading = readRecord(bytes)
    if (reading.kind === 'record') return { record: reading.record }
    if (reading.kind === 'damaged') return { damage: reading.problem }
    throw unavailable({
      problem: `${place} has the format ${reading.format}, and this version knows format 1 only`,
      advice: reading.newer
        ? 'Update @particle-grants/store-file, or name another folder.'
        : 'Open it with the version that wrote it, or name another folder.',
    })
  }

  /** Puts a record in the place of what is there, under a version that was never used. */
  async replace(key: string, value: string, confirm: () => Promise<void>): Promise<string> {
    const version = randomUUID()
    await replaceFile({
      path: this.#place(key),
      temporary: join(this.path, `.${key}.${randomUUID()}.tmp`),
      content: formatRecord({ version, value }),
      confirm,
    })
    return version
  }

  remove(key: string): Promise<void> {
    return removeFile(this.#place(key))
  }

  /** Moves a damaged record out of the way, and gives the error that tells. */
  async setAside(key: string, problem: string): Promise<GrantsError> {
    const place = this.#place(key)
    const keptAt = join(this.path, `${key}.damaged-${randomUUID()}`)
    await moveFile(place, keptAt)
    return new GrantsError('store_damaged', { place, problem, keptAt })
  }

  /** Tells of a damaged record that could not be moved, and why. */
  leftInPlace(key: string, { problem, cause }: { problem: string; cause: unknown }): GrantsError {
    const details = { place: this.#place(key), problem, keptAt: undefined }
    return new GrantsError('store_damaged', details, cause instanceof Error ? { cause } : {})
  }

  /** Removes what was set aside of a key. */
  async removeSetAside(key: string): Promise<void> {
    const names = (await this.#names()).filter((name) => name.startsWith(`${key}.damaged-`))
    for (const name of names) await unlink(join(this.path, name))
  }

  /** The keys of which somebody wrote, writes just now, or was killed while writing. */
  async keysWithLeftovers(): Promise<readonly string[]> {
    return [...new Set((await this.#names()).flatMap((name) => temporaryName.exec(name)?.[1] ?? []))]
  }

  /** Removes what killed writers left of a key. On a disk that can only be read, that has to wait. */
  async sweep(key: string): Promise<void> {
    for (const name of await this.#names()) {
      if (temporaryName.exec(name)?.[1] === key) await unlink(join(this.path, name)).catch(() => {})
    }
  }

  #place(key: string): string {
    return join(this.path, `${key}.json`)
  }

  /** None where the folder was removed since it was made: what is gone holds nothing. */
  #names(): Promise<string[]> {
    return readdir(this.path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return []
      throw thrown
    })
  }
}
