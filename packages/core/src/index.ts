// biome-ignore-all assist/source/organizeImports: grouped by what a reader looks for
// Sessions
export { createSession } from './session/create-session.ts'
export { createSessionPool, type SessionPool, type SessionPoolOptions } from './pool.ts'
export type { AdoptOptions, AuthorizingSession, BaseSession, CallOptions } from './session/session.ts'
export type { DeveloperSession, ProductSession, SessionFor, UserSession } from './session/session.ts'
export type { LoginOptions, LogoutResult, TokenOptions } from './session/session.ts'
export type { SessionOptions, SubjectFor } from './session/options.ts'
export type { AccessTokenOptions } from './session/session.ts'
export type { BodyReader, Fetch, FetchInit, FetchResponse } from './session/http.ts'
export { allowInsecureRequests, particleUrl } from './protocol/base-url.ts'
export { type Clock, systemClock } from './clock.ts'

// Clients and subjects
export { developerClient, developerClients, productClient, userClient } from './clients.ts'
export type { Client, ClientCredentials, DeveloperClientId } from './clients.ts'
export type { DeveloperClient, ProductClient, UserClient } from './clients.ts'
export { account, customer } from './subject.ts'
export type { AccountSubject, CustomerSubject, Subject } from './subject.ts'

// Stores
export { memoryStore } from './store/memory-store.ts'
export type { Store, StoreLock, StoreRecord } from './store/store.ts'

// Failure budget
export { resetFailureBudget } from './failure-budget/failure-budget.ts'
export type { BudgetProgress } from './failure-budget/failure-budget.ts'
export type { FailureBudgetLimits } from './failure-budget/limits.ts'

// Secrets and errors
export { Secret, type SecretInput } from './secret.ts'
export { type AnyGrantsError, GrantsError } from './errors/grants-error.ts'
export type { ErrorCode, ErrorDetails } from './errors/details.ts'
export type { NotRenewableReason, ReauthenticationReason } from './errors/details.ts'

// Grants
export { grants, grantTypes, isGrantType, mayUse } from './grants/catalogue.ts'
export type { FieldNameOf, GrantType, TokenRequest } from './grants/catalogue.ts'
export type { FieldDefinition, FieldForm, FieldValue } from './grants/field.ts'
export type { ClientKind, GrantDefinition, GrantOutcome } from './grants/grant.ts'
export { type Renewal, renewalDueAt, renewalOf } from './renewal.ts'

// Protocol
export { encodeTokenRequest } from './protocol/encode-token-request.ts'
export type { ClientAuthentication, EncodedTokenRequest } from './protocol/encode-token-request.ts'
export { judgeAnswer } from './protocol/judge-answer.ts'
export type { Answer, AnswerTiming, RawAnswer, TokenAnswer, UnexpectedReason } from './protocol/answer.ts'
export type { ChallengeAnswer, ErrorAnswer, GrantedAnswer, UnexpectedAnswer } from './protocol/answer.ts'
export { isTokenEndpointErrorCode, tokenEndpointErrors } from './protocol/token-endpoint-errors.ts'
export type { TokenEndpointErrorCode } from './protocol/token-endpoint-errors.ts'
export { isTokenDestination, saysTokenIsDead } from './protocol/destination.ts'

// Machine
export { transition } from './machine/transition.ts'
export { transitions } from './machine/transitions.ts'
export { initialState, isGood, isSettled, statuses, tokensOf } from './machine/state.ts'
export { defaultChallengeLimits, eventTypes } from './machine/event.ts'
export { serializeState } from './machine/serialize-state.ts'
export { parseState } from './machine/parse-state.ts'
export type { Asked, Challenge, Identity, SettledState, State, Status, Tokens } from './machine/state.ts'
export type { PostponedRenewal, RefreshDoubt } from './machine/state.ts'
export type { MfaRequired, ReauthenticationRequired, Renewing } from './machine/state.ts'
export type { Requesting, SignedIn, SignedOut } from './machine/state.ts'
export type { ChallengeLimits, Event, EventType } from './machine/event.ts'
export type { Effect, EffectType, Refusal } from './machine/effect.ts'
export type { GuardName } from './machine/guards.ts'
export type { ReducerName } from './machine/reducers.ts'
export type { Transition } from './machine/row.ts'
export type { Step } from './machine/step.ts'
