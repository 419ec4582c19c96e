import type { ErrorCode, ErrorDetails } from '../errors/details.ts'
import { messages } from '../errors/messages.ts'
import { remedies } from '../errors/remedies.ts'
import {
  isTokenEndpointErrorCode,
  type TokenEndpointErrorCode,
  tokenEndpointErrors,
} from '../protocol/token-endpoint-errors.ts'
import { errorReferences, otherError } from './errors/catalogue.ts'
import type { ErrorCause, ErrorReference } from './errors/error-reference.ts'
import { tokenEndpointErrorCodes } from './explain-grant.ts'
import { libraryErrorReferences } from './library-errors/catalogue.ts'
import type { LibraryErrorReference } from './library-errors/library-error.ts'

/** A code of the wire: its running status, what explains it, and what to do. */
export interface WireErrorExplanation extends ErrorReference {
  readonly status: number
  /** Whether the same request may be repeated later. */
  readonly transient: boolean
  readonly remedy: string
}

/** An error of this package, with what it says for each of its examples. */
export interface LibraryErrorExplanation extends Omit<LibraryErrorReference, 'examples'> {
  readonly says: readonly { readonly what: string; readonly remedy: string }[]
}

/**
 * One section of the error page. Two codes, `mfa_required` and `sso_user`, belong to the wire and to this
 * package: their section explains both, at one anchor. A section has `wire`, `library` or both.
 */
export interface ErrorExplanation {
  readonly code: TokenEndpointErrorCode | ErrorCode
  readonly anchor: string
  readonly wire?: WireErrorExplanation
  readonly library?: LibraryErrorExplanation
  /** The cause whose description was given, to the letter. */
  readonly cause?: ErrorCause
}

/** Every error code that has a section: those of the wire first, then those of this package alone. */
export const errorCodes: readonly (TokenEndpointErrorCode | ErrorCode)[] = [
  ...new Set([...tokenEndpointErrorCodes, ...(Object.keys(libraryErrorReferences) as ErrorCode[])]),
]

/**
 * What an error code means and what to do, `undefined` for one that is not known (see `otherError`).
 * A description that is known to the letter finds the cause. This is for explaining only:
 * code that decides by descriptions breaks when a sentence changes.
 */
export function explainError(code: string, description?: string): ErrorExplanation | undefined {
  const wire = isTokenEndpointErrorCode(code) ? explainWireError(code) : undefined
  const library = isErrorCode(code) ? explainLibraryError(code) : undefined
  if (wire === undefined && library === undefined) return undefined
  const cause = wire?.causes.find((one) => description !== undefined && one.description?.text === description)
  return {
    code: code as ErrorExplanation['code'],
    anchor: code,
    ...(wire && { wire }),
    ...(library && { library }),
    ...(cause && { cause }),
  }
}

/**
 * Where the error page explains a code, and with a description that is known to the letter, its cause.
 * What is not known is explained at the anchor of `otherError`.
 */
export function anchorOf(code: string, description?: string): string {
  const explanation = explainError(code, description)
  return explanation?.cause?.anchor ?? explanation?.anchor ?? otherError.anchor
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(libraryErrorReferences, code)
}

function explainWireError(code: TokenEndpointErrorCode): WireErrorExplanation {
  return { ...errorReferences[code], ...tokenEndpointErrors[code], remedy: remedies[code] }
}

function explainLibraryError<C extends ErrorCode>(code: C): LibraryErrorExplanation {
  const { examples, ...reference }: LibraryErrorReference<C> = libraryErrorReferences[code]
  const says = examples.map((details: ErrorDetails[C]) => ({
    what: messages[code].what(details),
    remedy: messages[code].remedy(details),
  }))
  return { ...reference, says }
}
