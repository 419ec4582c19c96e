import type { GrantType, TokenEndpointError } from '@particle-grants/core/protocol'
import type { Fact, Provenance } from '../sources.ts'

/** One of the reasons for an error code. */
export interface ErrorCause<C extends TokenEndpointError = TokenEndpointError> {
  /** Its anchor on the error page: the code, a hyphen, and a name. */
  readonly anchor: `${C}-${string}`
  readonly when: string
  /** The exact `error_description`, and where its wording is known from. */
  readonly description?: Fact
  /** The grants that can be answered like this; empty for the rest of the API. */
  readonly grants: readonly GrantType[]
  /** What to do, where it is more precise than the advice for the code. */
  readonly advice?: string
  readonly from: Provenance
}

/** Explains an error code of the token endpoint. Core's table has its status. */
export interface TokenEndpointErrorReference<C extends TokenEndpointError = TokenEndpointError> {
  readonly meaning: string
  /** What to do. */
  readonly advice: string
  /** The grant of the request to send next, where one request follows from the error. */
  readonly nextGrant?: GrantType
  readonly causes: readonly [ErrorCause<C>, ...ErrorCause<C>[]]
  readonly facts: readonly Fact[]
}
