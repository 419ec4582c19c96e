import type { ErrorCode, ErrorDetails } from '@particle-grants/core'
import type { TokenEndpointError } from '@particle-grants/core/protocol'

/** What one value of `details.reason` means. */
export interface ReasonReference {
  readonly meaning: string
  /** What to do, where it differs from the advice for the code. */
  readonly advice?: string
}

type ReasonOf<C extends ErrorCode> = ErrorDetails[C] extends { readonly reason: infer R extends string } ? R : never
type Reasons<C extends ErrorCode> = [ReasonOf<C>] extends [never]
  ? { readonly reasons?: undefined }
  : { readonly reasons: { readonly [R in ReasonOf<C>]: ReasonReference } }

/** Explains an error code of the libraries. A code with a `reason` in its details explains every reason. */
export type LibraryErrorReference<C extends ErrorCode = ErrorCode> = {
  readonly title: string
  /** When the library throws it. */
  readonly when: string
  /** What to do, the best first. */
  readonly advice: readonly [string, ...string[]]
  /** What happens to the session and its tokens. */
  readonly effect: string
  /** The error codes of the token endpoint that can lead to it. */
  readonly tokenEndpointErrors: readonly TokenEndpointError[]
} & Reasons<C>

/** Explains some of the error codes. */
export type LibraryErrorReferences<C extends ErrorCode> = { readonly [K in C]: LibraryErrorReference<K> }
