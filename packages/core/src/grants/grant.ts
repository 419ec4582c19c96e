import type { Secret } from '../secret.ts'

/**
 * The three kinds of OAuth client. `developer`: public, shared by all developers; `product`: made for a product;
 * `user`: made for one account.
 */
export type ClientKind = 'developer' | 'product' | 'user'

/**
 * What a form field may hold.
 * `text`: a non-empty string; `secret`: the same, but hidden; `otp`: six digits; `seconds`: an integer ≥ 0, where 0 means
 * "never expires"; `date`: ISO 8601; `scope`: words separated by spaces.
 */
export type FieldFormat = 'text' | 'secret' | 'otp' | 'seconds' | 'date' | 'scope'

/** One form field of a grant. */
export interface FieldDefinition {
  readonly format: FieldFormat
  readonly required: boolean
}

/** The type of a field's value. */
export type FieldValue<F extends FieldFormat> = F extends 'secret' | 'otp'
  ? Secret
  : F extends 'seconds'
    ? number
    : string

/** What a successful request with a grant returns. */
export type GrantOutcome = 'tokens' | 'mfa_required'

/** Everything that encoding, the state machine and renewal need to know of a grant. */
export interface GrantDefinition {
  /** The form fields other than `grant_type` and the client's, in the order in which they are sent. */
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** The kinds of client that may use it. Requests of others are refused before anything is sent. */
  readonly clients: readonly ClientKind[]
  readonly outcomes: readonly GrantOutcome[]
  /** The grant that renews a token of this one, by kind of client; `null`: none can. */
  readonly renewedBy: Readonly<Record<ClientKind, 'refresh_token' | 'client_credentials' | null>>
  /** Whether the request carries a code or token that works once, so that sending it again can do harm. */
  readonly isSingleUse: boolean
}

/** Freezes a table and everything in it, so that no code changes at run time who may send what. */
export function deepFreeze<const T extends object>(table: T): T {
  for (const value of Object.values(table)) if (typeof value === 'object' && value !== null) deepFreeze(value)
  return Object.freeze(table)
}
