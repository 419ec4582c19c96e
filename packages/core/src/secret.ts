const marker = Symbol.for('@particle-grants/core/Secret')
const inspect = Symbol.for('nodejs.util.inspect.custom')

/** What stands in place of a secret. */
export const redacted = '[redacted]'

/**
 * A value that is not printed, logged, serialized or inspected by accident: each of these yields `[redacted]`.
 * Only {@link Secret.reveal} returns the value.
 */
export class Secret<T = string> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** Returns the value. */
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

  /** Whether a value is a secret. Also recognizes secrets of another copy of this package. */
  static isInstance(value: unknown): value is Secret<unknown> {
    const { [marker]: isMarked, reveal } = (value ?? {}) as Partial<Secret>
    return isMarked === true && typeof reveal === 'function'
  }
}

/** A secret as callers pass it: a string, or wrapped already. */
export type SecretInput = string | Secret

/** Wraps a string. Returns a secret as it is. */
export function toSecret(value: SecretInput): Secret {
  return typeof value === 'string' ? new Secret(value) : value
}
