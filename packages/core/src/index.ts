// biome-ignore-all assist/source/organizeImports: grouped by what a reader looks for
// Sessions
export { createSession, sessionFromEnv } from './create-session.ts'
export type { StaticSession, StaticTokenOptions } from './token-session.ts'
export { createSessionPool, type SessionPool, type SessionPoolOptions } from './session-pool.ts'
export { withAccessToken } from './fetch.ts'
export type { DeveloperSession, ProductSession, Session, SignInSession } from './session.ts'
export type { UserSession, WebSession } from './session.ts'
export { newSignInId } from './session-record.ts'
export type { AccessTokenOptions, CallOptions, IdleOptions } from './token-manager.ts'
export type { CodeOptions } from './session.ts'
export type { ExternalToken } from './external-token.ts'
export type { LoginCredentials, LogoutOptions, LogoutResult, TokenParameters } from './session.ts'
export type { ClientAuthentication } from './protocol/token-request.ts'
export type { ConnectionOptions, SessionOptions } from './session-options.ts'
export type { NewCustomer } from './protocol/token-request.ts'
export { isInvalidTokenError } from './protocol/bearer.ts'
export { allowInsecureRequests } from './protocol/base-url.ts'
export type { Clock } from './clock.ts'

// State
export type { MfaRequired, ReauthenticationRequired, Renewing, Requesting } from './session.ts'
export type { SessionState, SignedIn, SignedOut, Tokens } from './session.ts'
export type { GrantType } from './grants/catalogue.ts'

// Clients and subjects
export { developerClient, productClient, userClient } from './clients.ts'
export type { ClientCredentials, DeveloperClient, OAuthClient, ProductClient, UserClient } from './clients.ts'
export { type AccountSubject, account, type CustomerSubject, customer, type Subject } from './subject.ts'

// Stores and the lockout guard
export { memoryStore } from './store.ts'
export type { Store, StoreRecord } from './store.ts'
export { resetLockoutGuard, type LockoutGuardOptions } from './guard/lockout-guard.ts'

// Errors and secrets
export { type AnyGrantsError, type ErrorCode, type ErrorDetails, GrantsError } from './errors.ts'
export { Secret } from './secret.ts'
