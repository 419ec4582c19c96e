import type { GrantType } from '../../grants/catalogue.ts'
import type { TokenEndpointErrorCode } from '../../protocol/token-endpoint-errors.ts'
import type { Fact, Provenance } from '../provenance.ts'

/** One of the reasons why a code of the wire is answered. */
export interface ErrorCause<C extends TokenEndpointErrorCode = TokenEndpointErrorCode> {
  /** Where the reference explains it: the code, a hyphen, and a name of its own. */
  readonly anchor: `${C}-${string}`
  readonly when: string
  /** The wire's `error_description`, to the letter, and where the wording is known from. */
  readonly description?: Fact
  /** The grants that may be answered so; none where it comes from the rest of the API. */
  readonly grants: readonly GrantType[]
  /** What to do, where more can be said than for the code as a whole. */
  readonly remedy?: string
  readonly from: Provenance
}

/** What explains a code of the wire. Its status is in the running table, its remedy in core's own errors. */
export interface ErrorReference<C extends TokenEndpointErrorCode = TokenEndpointErrorCode> {
  readonly meaning: string
  readonly causes: readonly [ErrorCause<C>, ...ErrorCause<C>[]]
  readonly facts: readonly Fact[]
}
