// A light door: what a program needs that has a token already. A bundle of it has no state machine, lockout guard and store.

export { type AnyGrantsError, type ErrorCode, type ErrorDetails, GrantsError } from './errors.ts'
export { withAccessToken } from './fetch.ts'
export { isInvalidTokenError } from './protocol/bearer.ts'
export { Secret } from './secret.ts'
export { type StaticSession, type StaticTokenOptions, tokenFromEnv, tokenSession } from './token-session.ts'
