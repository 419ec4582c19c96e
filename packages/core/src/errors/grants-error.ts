import type { ErrorCode, ErrorDetails } from './details.ts'
import { referenceLink } from './link.ts'
import { messages } from './messages.ts'

const marker = Symbol.for('@particle-grants/core/GrantsError')

/**
 * Every error of this package. `code` tells which; `details` what it carries; `remedy` what to do;
 * `link` where the reference says more. No property, message, stack or cause holds a secret.
 */
export class GrantsError<C extends ErrorCode = ErrorCode> extends Error {
  declare readonly name: 'GrantsError'
  readonly code: C
  readonly details: ErrorDetails[C]
  readonly remedy: string
  readonly link: string

  constructor(code: C, details: ErrorDetails[C], options: { readonly cause?: Error } = {}) {
    const { what, remedy } = messages[code]
    const toDo = remedy(details)
    super(`${what(details)} ${toDo}`, options)
    this.code = code
    this.details = details
    this.remedy = toDo
    this.link = referenceLink(code)
  }

  get [marker](): true {
    return true
  }

  static {
    // On the prototype, as the platform's errors have it: it is no field of each error.
    Object.defineProperty(GrantsError.prototype, 'name', {
      value: 'GrantsError',
      configurable: true,
      writable: true,
    })
  }

  /** Whether a value is an error of this package, also one made by another copy of it. */
  static isInstance(value: unknown): value is AnyGrantsError {
    return typeof value === 'object' && value !== null && marker in value
  }
}

/** A {@link GrantsError} whose `details` follow from its `code`. */
export type AnyGrantsError = { [C in ErrorCode]: GrantsError<C> }[ErrorCode]
