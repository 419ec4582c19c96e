import { printable } from './printable.ts'

const marker = Symbol.for('@particle-grants/core/Secret')
const inspect = Symbol.for('nodejs.util.inspect.custom')
const redacted = '[redacted]'

/**
 * Holds a value that must not be shown: printing, inspecting, joining or serialising it gives `[redacted]`.
 * Only {@link Secret.reveal} hands the value out.
 */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value itself. Each call is a place to look at when secrets leak. */
  reveal(): T {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  get [marker](): true {
    return true
  }

  [inspect](): string {
    return `Secret ${redacted}`
  }

  /** Whether a value is a secret, also one made by another copy of this package. */
  static isInstance(value: unknown): value is Secret<unknown> {
    return (
      typeof value === 'object' &&
      value !== null &&
      marker in value &&
      'reveal' in value &&
      typeof value.reveal === 'function'
    )
  }
}

/** A secret as callers give it: bare, or wrapped already. */
export type SecretInput = string | Secret

/** Wraps a bare string; a secret stays as it is. */
export function toSecret(value: SecretInput): Secret {
  return typeof value === 'string' ? new Secret(value) : value
}

/**
 * Replaces every occurrence of the given secrets in a text, in the forms in which they go over the wire, quoted as
 * in JSON, and as {@link printable} leaves them: what it made of a text is redacted as completely as the text itself.
 */
export function redact(text: string, secrets: readonly Secret[]): string {
  const forms = secrets.flatMap((secret) => {
    const value = secret.reveal()
    // Half a surrogate pair goes over the wire as U+FFFD; encodeURIComponent would throw.
    const sent = value.replace(/\p{Cs}/gu, '\ufffd')
    const raw = [value, sent, encodeURIComponent(sent), formEncoded(sent), quoted(value), quoted(sent)]
    return raw.flatMap((form) => [form, printable(form)])
  })
  // The longest first, in one pass: no rest of a longer secret stays, and no replacement is replaced again.
  const ordered = [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length)
  if (ordered.length === 0) return text
  return text.replace(new RegExp(ordered.map(escapeRegExp).join('|'), 'g'), redacted)
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** As it stands in a JSON string. */
function quoted(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function formEncoded(value: string): string {
  const params = new URLSearchParams()
  params.append('', value)
  return params.toString().slice(1)
}
