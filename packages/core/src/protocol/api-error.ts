import { escapeControlCharacters, truncate } from '../redact.ts'
import { redacted } from '../secret.ts'
import { type JsonObject, parseJsonObject } from './http.ts'

/** What the body of a refused API call says. */
export interface ApiError {
  /** The API's own code, such as `unauthorized`; absent where the body has a sentence only. */
  readonly error: string | undefined
  /** On one line, at most 200 characters, without anything that looks like a token. */
  readonly description: string | undefined
}

/**
 * Parses the body of a refused call of the API. Never throws. The API writes `{"error":"code","error_description":"…"}`,
 * `{"ok":false,"error":"A sentence"}` and `{"ok":false,"errors":["A sentence"]}`.
 */
export function parseApiError(body: string): ApiError {
  const json = parseJsonObject(body)
  if (typeof json === 'string') return { error: undefined, description: undefined }
  const { error, error_description: description, info } = json as JsonObject
  const [first] = Array.isArray(json.errors) ? json.errors : []
  const isCode = typeof error === 'string' && /^\w{1,64}$/.test(error)
  return {
    error: isCode ? error : undefined,
    description: toReadable(description) ?? (isCode ? undefined : toReadable(error)) ?? toReadable(first ?? info),
  }
}

/** A server may repeat what it was sent. Particle's tokens and secrets are 40 hexadecimal digits. */
function toReadable(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  return truncate(escapeControlCharacters(text).replace(/[0-9a-f]{32,}/gi, redacted)) || undefined
}
