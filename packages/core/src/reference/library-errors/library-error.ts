import type { ErrorCode, ErrorDetails } from '../../errors/details.ts'
import type { TokenEndpointErrorCode } from '../../protocol/token-endpoint-errors.ts'

/** What explains an error of this package. What it says, and what to do, is in its message: see `examples`. */
export interface LibraryErrorReference<C extends ErrorCode = ErrorCode> {
  readonly title: string
  readonly when: string
  /** What becomes of the session. */
  readonly afterwards: string
  /** Details that such an error may carry. `explainError` shows what it says of each. */
  readonly examples: readonly [ErrorDetails[C], ...ErrorDetails[C][]]
  /** The codes of the wire that it stands for. */
  readonly wire: readonly TokenEndpointErrorCode[]
}

/** What explains some of the errors, by code. */
export type LibraryErrorReferences<C extends ErrorCode> = { readonly [K in C]: LibraryErrorReference<K> }
