import type { UnexpectedReason } from './answer.ts'

/** A JSON object without a prototype: a field named "toString" or "__proto__" is a field and nothing else. */
export type Json = Readonly<Record<string, unknown>>

/** Answers larger than this are not read as JSON. The largest known one has less than 1 kB. */
export const maxAnswerBytes = 1_048_576

/** The JSON object in a body, or why there is none. Never throws, and takes time in proportion to the body. */
export function readJson(bytes: Uint8Array): Json | UnexpectedReason {
  if (bytes.length > maxAnswerBytes) return 'too_large'
  const text = readText(bytes)?.trim()
  if (text === undefined) return 'not_utf8'
  if (text === '') return 'empty'
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object'
    return Object.assign(Object.create(null), value)
  } catch {
    return notJson(text)
  }
}

/** Judged by how it begins: what comes after says no more, and a pattern could be kept busy with it. */
function notJson(text: string): UnexpectedReason {
  if (text.startsWith('<')) return 'html'
  const beginning = text.slice(0, 500)
  return /^(?:\/\*\*\/\s*)?(?:typeof\s)?[\w$.[\]]+\s*(?:===|\()/.test(beginning) ? 'jsonp' : 'not_json'
}

function readText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
