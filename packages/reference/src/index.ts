// The reference of Particle's token endpoint as data, and what explains grants and errors.
// biome-ignore-all assist/source/organizeImports: grouped by what a reader looks for
// Errors
export {
  errorCodes,
  errorUrl,
  explainError,
  explainErrorCode,
  findErrorAnchor,
  tokenEndpointErrorCodes,
} from './errors/explain-error.ts'
export type {
  ErrorCodeExplanation,
  ErrorExplanation,
  LibraryErrorExplanation,
  TokenEndpointErrorExplanation,
} from './errors/explain-error.ts'
export type { LibraryErrorReference, LibraryErrorReferences, ReasonReference } from './errors/library-error.ts'
export { libraryErrorReferences } from './errors/library-errors.ts'
export type { ErrorCause, TokenEndpointErrorReference } from './errors/token-endpoint-error.ts'
export { apiErrors, otherError, tokenEndpointErrorReferences } from './errors/token-endpoint-errors.ts'

// Grants
export { explainGrant, explainGrants } from './grants/explain-grant.ts'
export type { GrantExplanation, PossibleError } from './grants/explain-grant.ts'
export { grantReferences } from './grants/catalogue.ts'
export type { FieldReference, GrantReference } from './grants/grant-reference.ts'
export { fieldFormats } from './field-formats.ts'
export { unsupportedGrants, type UnsupportedGrant, type UnsupportedGrantId } from './unsupported-grants.ts'

// Requests and responses
export { tokenRequest } from './token-request.ts'
export { errorFields, type ResponseField, successFields } from './token-response.ts'
export { apiUsers, type Call, type CallId, calls } from './calls.ts'
export { apiUserScopes, type Permission, permissions, type ScopeGroup } from './permissions.ts'
export { type Limit, limits, lockout } from './limits.ts'

// Clients and tokens
export { clientIdFormat, type ClientReference, clientReferences, simpleAuthClient } from './clients.ts'
export { type Lifetime, lifetimes } from './lifetimes.ts'
export { type TokenKind, type TokenKindId, tokenKinds } from './token-kinds.ts'

// Questions and sources
export { type Question, type QuestionId, questions } from './questions.ts'
export { type Unknown, type UnknownId, unknowns } from './unknowns.ts'
export { type Fact, type Provenance, type Source, type SourceId, sources } from './sources.ts'
export { type Link, type PageId, pages } from './pages.ts'

// State machine
export { findTransition, type TransitionRow, transitions } from './state-machine/transitions.ts'
export { conditionDescriptions, type ConditionName } from './state-machine/conditions.ts'
export { effectDescriptions, eventDescriptions, stateDescriptions } from './state-machine/descriptions.ts'
export { findStateArrows, type StateArrow, stateDiagram } from './state-machine/diagram.ts'
