import type { StoreRecord } from '@particle-grants/core'

/** What a Windows credential takes at most. Kept to everywhere, so that a session fits on all platforms or on none. */
export const entryLimit = 2560

/** What was found in an entry: a record, one of a later version of this package, or something else. */
export type Found = { readonly record: StoreRecord } | 'newer' | 'damaged'

/** A version is a UUID. After the line end comes the value, as it is. */
const form = /^particle-grants 1 ([0-9a-f-]{36})\n(.*)$/s

/** The bytes of an entry: a line with the version, then the value in UTF-8. */
export function encodeRecord({ version, value }: StoreRecord): Buffer {
  return Buffer.from(`particle-grants 1 ${version}\n${value}`)
}

export function decodeRecord(bytes: Uint8Array): Found {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return 'damaged'
  }
  const [, version, value] = form.exec(text) ?? []
  if (version !== undefined && value !== undefined) return { record: { version, value } }
  return /^particle-grants (?:[2-9]|[1-9]\d+) /.test(text) ? 'newer' : 'damaged'
}
