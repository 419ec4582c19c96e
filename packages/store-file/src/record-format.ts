import type { StoreRecord } from '@particle-grants/core'

const format = 1

/** What the bytes of a file are: a record, one of another format, or damaged. */
export type Reading =
  | { readonly kind: 'record'; readonly record: StoreRecord }
  | { readonly kind: 'other_format'; readonly format: number; readonly newer: boolean }
  | { readonly kind: 'damaged'; readonly problem: string }

/** A record as it stands in its file. */
export function formatRecord({ version, value }: StoreRecord): string {
  return `${JSON.stringify({ format, version, value })}\n`
}

/** Reads a file's bytes. No problem quotes them: they may hold a secret. */
export function readRecord(bytes: Uint8Array): Reading {
  if (bytes.length === 0) return damaged('it is empty')
  const document = parsed(bytes)
  if (document === undefined) return damaged('it is not JSON, or was cut off')
  if (typeof document !== 'object' || document === null) return damaged('it holds no record')
  const found = document as Readonly<Record<string, unknown>>
  if (typeof found.format !== 'number') return damaged('it names no format')
  if (found.format !== format)
    return { kind: 'other_format', format: found.format, newer: found.format > format }
  if (typeof found.version !== 'string' || found.version === '') return damaged('it has no version')
  if (typeof found.value !== 'string') return damaged('it has no value')
  return { kind: 'record', record: { version: found.version, value: found.value } }
}

function damaged(problem: string): Reading {
  return { kind: 'damaged', problem }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
