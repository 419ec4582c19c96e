const redacted = '[redacted]'

/** Fields of answers whose values are no secret. Everything else is hidden until it is listed here. */
const harmless = new Set(['token_type', 'expires_in', 'scope', 'error', 'error_description', 'ok'])

/** A field of an answer as it may be repeated. */
export interface ShownField {
  readonly name: string
  readonly value: string
}

/** The fields of an answer's body, without anything that is secret or shaped like it; none where it is no object. */
export function shownFields(body: Uint8Array): ShownField[] {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(body))
  } catch {
    return []
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value)
    .slice(0, 20)
    .map(([name, one]) => ({
      name: /^[a-z]{1,20}(?:_[a-z]{1,20}){0,3}$/.test(name) ? name : redacted,
      value: harmless.has(name) ? readable(one) : redacted,
    }))
}

/** A text without what is shaped like a token, a code or a key, since people paste secrets into any place. */
export function readable(value: unknown): string {
  if (typeof value !== 'string') return typeof value === 'object' && value !== null ? redacted : String(value)
  const shown = value
    .replace(/\p{Cc}+/gu, ' ')
    .split(/(\s+)/)
    .map((word) => (looksSecret(word) ? redacted : word))
    .join('')
  return shown.length > 200 ? `${shown.slice(0, 199)}…` : shown
}

/** Long, and with digits in it; or six digits alone; or one very long word. */
function looksSecret(word: string): boolean {
  return (
    /^\W*\d{6}\W*$/.test(word) || (word.length >= 16 && /\d/.test(word)) || /[A-Za-z0-9+/=_-]{32,}/.test(word)
  )
}
