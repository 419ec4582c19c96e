import type { FieldDefinition } from './field.ts'

/**
 * The three kinds of OAuth client. `developer`: shared by everyone, its secret is no secret;
 * `product`: made for a product; `user`: made for one's own account.
 */
export type ClientKind = 'developer' | 'product' | 'user'

/** What the token endpoint answers to a grant when all is well. */
export type GrantOutcome = 'tokens' | 'mfa_required'

/** What runs of a grant: everything the codec, the machine and renewal need to know of it. */
export interface GrantDefinition {
  /** The value of the `grant_type` field. */
  readonly grant_type: string
  /** The form fields besides `grant_type` and the client's, in the order in which they are sent. */
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** Which kinds of client may use it. Others are refused before anything is sent. */
  readonly clients: readonly ClientKind[]
  readonly outcomes: readonly GrantOutcome[]
  /** The grant that renews a token got by this one, by kind of client; `null`: nothing can. */
  readonly renewedBy: Readonly<Record<ClientKind, 'refresh_token' | 'client_credentials' | null>>
  /** Whether a second send of the same request can do harm, since what it carries is good once. */
  readonly singleUse: boolean
}
