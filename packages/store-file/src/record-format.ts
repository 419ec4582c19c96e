import type { StoreRecord } from '@particle-grants/core'

const format = 1

/** What the bytes of a record file are. */
export type ParsedFile =
  | { readonly type: 'record'; readonly record: StoreRecord }
  | { readonly type: 'other_format'; readonly format: number; readonly isNewer: boolean }
  | { readonly type: 'damaged'; readonly problem: string }

export function formatRecord({ version, value }: StoreRecord): string {
  return `${JSON.stringify({ format, version, value })}\n`
}

/** Parses the bytes of a record file. A problem never quotes them, because they may contain a secret. */
export function parseRecord(bytes: Uint8Array): ParsedFile {
  if (bytes.length === 0) return damaged('it is empty')
  const document = parseJson(bytes)
  if (document === undefined) return damaged('it is not JSON, or was cut off')
  if (typeof document !== 'object' || document === null) return damaged('it is not a record')
  const fields = document as Readonly<Record<string, unknown>>
  if (typeof fields.format !== 'number') return damaged('it has no format')
  if (fields.format !== format) {
    return { type: 'other_format', format: fields.format, isNewer: fields.format > format }
  }
  if (typeof fields.version !== 'string' || fields.version === '') return damaged('it has no version')
  if (typeof fields.value !== 'string') return damaged('it has no value')
  return { type: 'record', record: { version: fields.version, value: fields.value } }
}

function damaged(problem: string): ParsedFile {
  return { type: 'damaged', problem }
}

/** Returns `undefined` for bytes that are not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
