import type { StoreRecord } from '@particle-grants/core'
import { readPrivateFile } from './files.ts'
import { unavailable } from './store-errors.ts'

const format = 1

/** What is stored under a key. `damage` says what is wrong with a record that cannot be read. */
export type Found =
  | { readonly record: StoreRecord | undefined; readonly isExpired?: boolean }
  | { readonly damage: string }

export function formatRecord({ version, value }: StoreRecord, expiresAt: number | undefined): string {
  return `${JSON.stringify({ format, version, expiresAt, value })}\n`
}

/** Reads the record of a file. One that has expired is not returned, but its file is still there. */
export async function readRecord(path: string): Promise<Found> {
  const bytes = await readPrivateFile(path)
  return bytes === undefined ? { record: undefined } : parseRecord(path, bytes)
}

/** Parses the bytes of a record file. The damage never quotes them, because they may contain a secret. */
function parseRecord(path: string, bytes: Uint8Array): Found {
  if (bytes.length === 0) return { damage: 'it is empty' }
  const document = parseJson(bytes)
  if (document === undefined) return { damage: 'it is not JSON, or was cut off' }
  if (typeof document !== 'object' || document === null) return { damage: 'it is not a record' }
  const { format: found, version, expiresAt, value } = document as Readonly<Record<string, unknown>>
  if (typeof found !== 'number') return { damage: 'it has no format' }
  if (found !== format) {
    throw unavailable({
      problem: `${path} has format ${found}, and this version reads format ${format} only`,
      advice:
        found > format
          ? 'Update @particle-grants/store-file, or use another folder.'
          : 'Open it with the version that wrote it, or use another folder.',
    })
  }
  if (typeof version !== 'string' || version === '') return { damage: 'it has no version' }
  if (typeof value !== 'string') return { damage: 'it has no value' }
  if (expiresAt === undefined) return { record: { version, value } }
  if (typeof expiresAt !== 'number') return { damage: 'its expiry is not a number' }
  return expiresAt <= Date.now() ? { record: undefined, isExpired: true } : { record: { version, value } }
}

/** Returns `undefined` for bytes that are not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
