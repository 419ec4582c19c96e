import { encodeBase64 } from './protocol/http.ts'
import { redacted, type Secret } from './secret.ts'

/**
 * Replaces every copy of the given secrets in a text by `[redacted]`: as they are, as they are sent, in URLs, forms,
 * JSON and base64 (also inside `id:secret`), and as {@link escapeControlCharacters} leaves them.
 */
export function redact(text: string, secrets: readonly Secret[]): string {
  const values = secrets.map((secret) => secret.reveal()).filter((value) => value !== '')
  if (values.length === 0) return text
  // The longest first, in one pass: no rest of a longer secret remains, and no replacement is replaced again.
  const copies = values.flatMap(listCopies).sort((a, b) => b.length - a.length)
  const patterns = copies.filter((copy) => copy !== '').map((copy) => copy.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return text.replace(new RegExp([...patterns, ...values.flatMap(listBase64Patterns)].join('|'), 'g'), redacted)
}

function listCopies(value: string): string[] {
  // A lone surrogate is sent as U+FFFD. encodeURIComponent would throw for it.
  const sent = value.replace(/[\ud800-\udfff]/gu, '\ufffd')
  const form = new URLSearchParams([['', sent]]).toString().slice(1)
  const json = [value, sent].map((text) => JSON.stringify(text).slice(1, -1))
  const copies = [value, sent, encodeURIComponent(sent), form, ...json]
  return [...copies, ...copies.map(escapeControlCharacters)]
}

/**
 * Returns a pattern for each position that a secret can have in a longer text, modulo 3. Its base64 characters depend on
 * that position, and those at both ends also hold bits of its neighbors.
 */
function listBase64Patterns(value: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = encodeBase64('\0'.repeat(offset) + value).replace(/.?=+$/, '')
    const middle = offset === 0 ? encoded : encoded.slice(offset + 1)
    // Fewer characters reveal little of a secret, and occur in other words. A secret of 4 bytes has as many.
    if (middle.length < 4) return []
    const either = middle.replaceAll('+', '[+-]').replaceAll('/', '[/_]')
    return `${offset === 0 ? '' : '[\\w+/-]?'}${either}[\\w+/-]?={0,2}`
  })
}

/**
 * Copies a foreign error so that it can be a `cause`: its name, code, message and causes, without the secrets that were
 * sent. Its other properties (configuration, request, sockets) are left out.
 */
export function redactError(thrown: unknown, secrets: readonly Secret[], depth = 0): Error {
  try {
    if (!(thrown instanceof Error)) return new Error(`A value that is no error was thrown: ${typeof thrown}.`)
    const { name, message, cause, code } = thrown as Error & { readonly code?: unknown }
    const hasCause = cause !== undefined && depth < 3
    const copy = new Error(
      redact(String(message), secrets),
      hasCause ? { cause: redactError(cause, secrets, depth + 1) } : {},
    )
    copy.name = redact(String(name), secrets)
    // The copy's own stack shows only where it was made.
    copy.stack = `${copy.name}: ${copy.message}`
    return typeof code === 'string' ? Object.assign(copy, { code: redact(code, secrets) }) : copy
  } catch {
    // Its own fields throw when they are read. Handling an error must not raise another one.
    return new Error('An error was thrown that cannot be read.')
  }
}

/** Returns the first system code in a chain of causes, for example `ECONNREFUSED`. */
export function findSystemCode(error: Error): string | undefined {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code
  return cause instanceof Error ? findSystemCode(cause) : undefined
}

/** Replaces each run of invisible and line-breaking characters by a space, and trims the text. */
export function escapeControlCharacters(text: string): string {
  // A literal would be compiled when the module is loaded, and Unicode classes take long.
  // biome-ignore lint/complexity/useRegexLiterals: for that reason
  return text.replace(new RegExp('[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+', 'gu'), ' ').trim()
}

/** Shortens a text to at most 200 characters, without cutting a character in half. */
export function truncate(text: string): string {
  return text.replace(/^(.{199}).{2,}$/su, '$1…')
}
