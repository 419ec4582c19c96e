import { type GrantType, grants, grantTypes } from '../grants/catalogue.ts'
import { type TokenEndpointErrorCode, tokenEndpointErrors } from '../protocol/token-endpoint-errors.ts'
import { errorReferences } from './errors/catalogue.ts'
import type { ErrorCause } from './errors/error-reference.ts'
import { grantReferences } from './grants/catalogue.ts'
import type { GrantReference } from './grants/grant-reference.ts'

/** An error that may come back to a grant, with those of its causes that can. */
export interface PossibleError {
  readonly code: TokenEndpointErrorCode
  readonly status: number
  readonly causes: readonly ErrorCause[]
}

/** A grant: what runs of it, what explains it, and what may come back. */
export interface GrantExplanation<G extends GrantType = GrantType> {
  readonly type: G
  readonly runs: (typeof grants)[G]
  readonly reference: GrantReference<G>
  readonly errors: readonly PossibleError[]
}

/** The codes of the wire that this project knows, in the order of the running table. */
export const tokenEndpointErrorCodes = Object.keys(tokenEndpointErrors) as readonly TokenEndpointErrorCode[]

/** Everything about a grant in one place. */
export function explainGrant<G extends GrantType>(type: G): GrantExplanation<G> {
  return { type, runs: grants[type], reference: grantReferences[type], errors: errorsOf(type) }
}

/** Everything about every grant, in the catalogue's order. */
export function explainGrants(): readonly GrantExplanation[] {
  return grantTypes.map((type) => explainGrant(type))
}

function errorsOf(type: GrantType): readonly PossibleError[] {
  return tokenEndpointErrorCodes.flatMap((code) => {
    const all: readonly ErrorCause[] = errorReferences[code].causes
    const causes = all.filter((cause) => cause.grants.includes(type))
    return causes.length === 0 ? [] : [{ code, status: tokenEndpointErrors[code].status, causes }]
  })
}
