import type { StoreRecord } from '@particle-grants/core'

/** The limit of Windows. It applies on every platform, so that a session fits on all of them or on none. */
export const maxEntryBytes = 2560

/** What an entry contains: a record, a record of a newer version of this package, or something else. */
export type DecodedEntry =
  | { readonly record: StoreRecord; readonly expiresAt: number | undefined }
  | 'newer'
  | 'damaged'

/** The version is a UUID. The value follows the line end unchanged. */
const pattern = /^particle-grants 1 ([0-9a-f-]{36})(?: (\d+))?\n(.*)$/s

/** Encodes a record as a line with the version and, if it expires, the time, followed by the value in UTF-8. */
export function encodeRecord({ version, value }: StoreRecord, expiresAt?: number): Buffer {
  const expiry = expiresAt === undefined ? '' : ` ${expiresAt}`
  return Buffer.from(`particle-grants 1 ${version}${expiry}\n${value}`)
}

export function decodeRecord(bytes: Uint8Array): DecodedEntry {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return 'damaged'
  }
  const [, version, expiresAt, value] = pattern.exec(text) ?? []
  if (version !== undefined && value !== undefined) {
    return { record: { version, value }, expiresAt: expiresAt === undefined ? undefined : Number(expiresAt) }
  }
  return /^particle-grants (?:[2-9]|[1-9]\d+) /.test(text) ? 'newer' : 'damaged'
}
