import { randomUUID } from 'node:crypto'
import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { GrantsError, type StoreRecord } from '@particle-grants/core'
import { moveFile, readPrivateFile, removeFile, replaceFile } from './files.ts'
import { formatRecord, parseRecord } from './record-format.ts'
import { unavailable } from './store-errors.ts'

const temporaryName = /^\.([a-z0-9-]{1,80})\.[0-9a-f-]{36}\.tmp$/

/** What is stored under a key. `damage` says what is wrong with a record that cannot be read. */
export type Found = { readonly record: StoreRecord | undefined } | { readonly damage: string }

/** The files of a folder of sessions. Callers must hold the lock of a key before they change its files. */
export class SessionFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  async find(key: string): Promise<Found> {
    const place = this.#recordPath(key)
    const bytes = await readPrivateFile(place)
    if (bytes === undefined) return { record: undefined }
    const parsed = parseRecord(bytes)
    if (parsed.type === 'record') return { record: parsed.record }
    if (parsed.type === 'damaged') return { damage: parsed.problem }
    throw unavailable({
      problem: `${place} has format ${parsed.format}, and this version reads format 1 only`,
      advice: parsed.isNewer
        ? 'Update @particle-grants/store-file, or use another folder.'
        : 'Open it with the version that wrote it, or use another folder.',
    })
  }

  /** Replaces the record and returns its new version, which was never used before. */
  async replace(key: string, value: string, beforeReplace: () => Promise<void>): Promise<string> {
    const version = randomUUID()
    await replaceFile({
      path: this.#recordPath(key),
      temporaryPath: join(this.path, `.${key}.${randomUUID()}.tmp`),
      content: formatRecord({ version, value }),
      beforeReplace,
    })
    return version
  }

  remove(key: string): Promise<void> {
    return removeFile(this.#recordPath(key))
  }

  /** Moves a damaged record to another name and returns the error that reports it. */
  async moveDamaged(key: string, problem: string): Promise<GrantsError> {
    const place = this.#recordPath(key)
    const keptAt = join(this.path, `${key}.damaged-${randomUUID()}`)
    await moveFile(place, keptAt)
    const message = `The session file ${place} is damaged: ${problem}. It was moved to ${keptAt}. Sign in again.`
    return new GrantsError('store_damaged', message, { place, problem, keptAt })
  }

  /** Returns the error for a damaged record that could not be moved. */
  damagedInPlace(key: string, problem: string, cause: unknown): GrantsError {
    const place = this.#recordPath(key)
    const message = `The session file ${place} is damaged: ${problem}. Remove it and sign in again.`
    const details = { place, problem, keptAt: undefined }
    return new GrantsError('store_damaged', message, details, cause instanceof Error ? { cause } : {})
  }

  /** Removes the damaged records that were moved. */
  async removeDamaged(key: string): Promise<void> {
    const names = (await this.#names()).filter((name) => name.startsWith(`${key}.damaged-`))
    for (const name of names) await unlink(join(this.path, name))
  }

  /** Returns the keys with temporary files, of a current write or of a killed process. */
  async keysWithTemporaryFiles(): Promise<readonly string[]> {
    return [...new Set((await this.#names()).flatMap((name) => temporaryName.exec(name)?.[1] ?? []))]
  }

  /** Removes the temporary files that killed processes left. Does nothing on a read-only disk. */
  async removeTemporaryFiles(key: string): Promise<void> {
    for (const name of await this.#names()) {
      if (temporaryName.exec(name)?.[1] === key) await unlink(join(this.path, name)).catch(() => {})
    }
  }

  #recordPath(key: string): string {
    return join(this.path, `${key}.json`)
  }

  /** Returns no names if the folder was removed after it was created. */
  #names(): Promise<string[]> {
    return readdir(this.path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return []
      throw thrown
    })
  }
}
