import {
  type GrantType,
  grants,
  grantTypes,
  type TokenEndpointError,
  tokenEndpointErrors,
} from '@particle-grants/core/protocol'
import { tokenEndpointErrorCodes } from '../errors/explain-error.ts'
import type { ErrorCause } from '../errors/token-endpoint-error.ts'
import { tokenEndpointErrorReferences } from '../errors/token-endpoint-errors.ts'
import { grantReferences } from './catalogue.ts'
import type { GrantReference } from './grant-reference.ts'

/** An error that a grant can be answered with, and its causes there. */
export interface PossibleError {
  readonly code: TokenEndpointError
  readonly status: number
  readonly causes: readonly ErrorCause[]
}

/** A grant: core's definition, its explanation, and its errors. */
export interface GrantExplanation<G extends GrantType = GrantType> {
  readonly type: G
  readonly definition: (typeof grants)[G]
  readonly reference: GrantReference<G>
  readonly errors: readonly PossibleError[]
}

/** Returns everything about a grant. */
export function explainGrant<G extends GrantType>(type: G): GrantExplanation<G> {
  return { type, definition: grants[type], reference: grantReferences[type], errors: findErrors(type) }
}

/** Returns everything about every grant, in the order of core's catalogue. */
export function explainGrants(): readonly GrantExplanation[] {
  return grantTypes.map((type) => explainGrant(type))
}

function findErrors(type: GrantType): readonly PossibleError[] {
  return tokenEndpointErrorCodes.flatMap((code) => {
    const all: readonly ErrorCause[] = tokenEndpointErrorReferences[code].causes
    const causes = all.filter((cause) => cause.grants.includes(type))
    return causes.length === 0 ? [] : [{ code, status: tokenEndpointErrors[code].status, causes }]
  })
}
