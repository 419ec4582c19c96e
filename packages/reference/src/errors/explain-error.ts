import { type AnyGrantsError, type ErrorCode, GrantsError } from '@particle-grants/core'
import { isTokenEndpointError, type TokenEndpointError, tokenEndpointErrors } from '@particle-grants/core/protocol'
import type { LibraryErrorReference, ReasonReference } from './library-error.ts'
import { libraryErrorReferences } from './library-errors.ts'
import type { ErrorCause, TokenEndpointErrorReference } from './token-endpoint-error.ts'
import { otherError, tokenEndpointErrorReferences } from './token-endpoint-errors.ts'

const referenceUrl = 'https://particle-grants.github.io/particle-grants'

/** An error code of the token endpoint: its status and its explanation. */
export interface TokenEndpointErrorExplanation extends TokenEndpointErrorReference {
  readonly status: number
  /** Whether the same request may succeed later. */
  readonly isTransient: boolean
}

/** An error code of the libraries, and whether repeating the call can help. */
export type LibraryErrorExplanation = LibraryErrorReference & Pick<AnyGrantsError, 'retry'>

/**
 * One section of the error page. `mfa_required` is a code of the token endpoint and of the libraries; every other code
 * has either `tokenEndpoint` or `library`.
 */
export interface ErrorCodeExplanation {
  readonly code: TokenEndpointError | ErrorCode
  readonly anchor: string
  readonly url: string
  readonly tokenEndpoint?: TokenEndpointErrorExplanation
  readonly library?: LibraryErrorExplanation
  /** The cause with exactly the given description. */
  readonly cause?: ErrorCause
}

/** A thrown error: what it means, what to do, and where the reference says more. */
export interface ErrorExplanation extends Pick<AnyGrantsError, 'code' | 'retry'> {
  readonly title: string
  /** What happened, in one or more sentences. */
  readonly meaning: string
  /** What to do, the best first. */
  readonly advice: readonly string[]
  /** What happens to the session and its tokens. */
  readonly effect: string
  /** When to repeat the call. Milliseconds since 1970. */
  readonly retryAt?: number
  /** What Particle answered, where the error carries its error code. */
  readonly tokenEndpoint?: TokenEndpointErrorExplanation
  readonly cause?: ErrorCause
  /** The most precise section of the reference. */
  readonly url: string
}

/** The error codes of the token endpoint, in the order of core's table. */
export const tokenEndpointErrorCodes = Object.keys(tokenEndpointErrors) as readonly TokenEndpointError[]

/** Every explained error code: the token endpoint's first, then the libraries'. */
export const errorCodes: readonly (TokenEndpointError | ErrorCode)[] = [
  ...new Set([...tokenEndpointErrorCodes, ...(Object.keys(libraryErrorReferences) as ErrorCode[])]),
]

/** Explains a thrown error: the long form of its message. It contains nothing secret. */
export function explainError(error: AnyGrantsError): ErrorExplanation {
  const { code, retry, retryAt } = error
  const { title, when, advice, effect, reasons } = libraryErrorReferences[code] as LibraryErrorReference
  const reason = findReason(reasons, error)
  const response = error.code === 'oauth_error' ? explainResponse(error) : undefined
  const ownAdvice = response?.advice ?? reason?.advice
  return {
    code,
    title,
    meaning: [when, reason?.meaning, response?.cause?.when ?? response?.tokenEndpoint.meaning]
      .filter((sentence) => sentence !== undefined)
      .join(' '),
    advice: ownAdvice === undefined ? advice : [ownAdvice, ...(response === undefined ? advice : [])],
    effect,
    retry,
    ...(retryAt !== undefined && { retryAt }),
    ...(response && { tokenEndpoint: response.tokenEndpoint }),
    ...(response?.cause && { cause: response.cause }),
    url: errorUrl(response?.cause?.anchor ?? response?.code ?? code),
  }
}

/**
 * Explains an error code of the token endpoint or of the libraries; `undefined` for an unknown one (see `otherError`).
 *
 * @param description - the `error_description`: an exactly known one finds the cause. For explanations only, since
 *   code that decides by descriptions breaks when a sentence changes.
 */
export function explainErrorCode(code: string, description?: string): ErrorCodeExplanation | undefined {
  const tokenEndpoint = isTokenEndpointError(code) ? explainTokenEndpointError(code) : undefined
  const library = isErrorCode(code) ? explainLibraryError(code) : undefined
  if (tokenEndpoint === undefined && library === undefined) return undefined
  const cause = tokenEndpoint && findCause(tokenEndpoint, description)
  return {
    code: code as ErrorCodeExplanation['code'],
    anchor: code,
    url: errorUrl(code),
    ...(tokenEndpoint && { tokenEndpoint }),
    ...(library && { library }),
    ...(cause && { cause }),
  }
}

/** Returns the anchor on the error page: of the cause, of the code, or of the section about other errors. */
export function findErrorAnchor(code: string, description?: string): string {
  const explanation = explainErrorCode(code, description)
  return explanation?.cause?.anchor ?? explanation?.anchor ?? otherError.anchor
}

/** Returns the address of the reference for an error code, or for the anchor of a cause. */
export function errorUrl(anchor: string): string {
  return `${referenceUrl}/errors#${anchor}`
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(libraryErrorReferences, code)
}

function explainTokenEndpointError(code: TokenEndpointError): TokenEndpointErrorExplanation {
  const { status } = tokenEndpointErrors[code]
  return { ...tokenEndpointErrorReferences[code], status, isTransient: status === 429 || status >= 500 }
}

function explainLibraryError<C extends ErrorCode>(code: C): LibraryErrorExplanation {
  // The class decides `retry`. Without details there is no `retryAt`, which only one code depends on.
  const { retry } = new GrantsError<ErrorCode>(code, code, {})
  return { ...(libraryErrorReferences[code] as LibraryErrorReference), retry }
}

function findCause({ causes }: TokenEndpointErrorReference, description: string | undefined): ErrorCause | undefined {
  return causes.find((cause) => description !== undefined && cause.description?.text === description)
}

function findReason(
  reasons: Readonly<Record<string, ReasonReference>> | undefined,
  { details }: AnyGrantsError,
): ReasonReference | undefined {
  return reasons !== undefined && 'reason' in details ? reasons[details.reason] : undefined
}

/** Explains Particle's response in an `oauth_error`, as far as it can be told for this grant. */
function explainResponse({ details }: GrantsError<'oauth_error'>) {
  const { error, grantType, description } = details
  if (!isTokenEndpointError(error)) return undefined
  const tokenEndpoint = explainTokenEndpointError(error)
  const causes = tokenEndpoint.causes.filter(({ grants }) => grants.includes(grantType))
  const cause = findCause(tokenEndpoint, description) ?? (causes.length === 1 ? causes[0] : undefined)
  const shared = causes.every(({ advice }) => advice === causes[0]?.advice) ? causes[0]?.advice : undefined
  return { code: error, tokenEndpoint, cause, advice: cause?.advice ?? shared ?? tokenEndpoint.advice }
}
