import type { SecretInput } from '../secret.ts'

/**
 * The three kinds of OAuth client. `developer`: public, shared by all developers; `product`: made for a product;
 * `user`: made for one account.
 */
export type ClientKind = (typeof clientKinds)[number]
export const clientKinds = ['developer', 'product', 'user'] as const

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
  ? SecretInput
  : F extends 'seconds'
    ? number
    : string

/** What a request with a grant consists of, and who may send it. */
export interface GrantDefinition {
  /** The form fields other than `grant_type` and the client's, in the order in which they are sent. */
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** The kinds of client that may use it. Requests of others are refused before anything is sent. */
  readonly clients: readonly ClientKind[]
}

/** Every supported grant of Particle's token endpoint, by its `grant_type`. */
export const grants = {
  /** Username and password: one's own account, or a customer of the product whose client is used. */
  password: {
    fields: {
      username: { format: 'text', required: true },
      password: { format: 'secret', required: true },
      expires_in: { format: 'seconds', required: false },
      expires_at: { format: 'date', required: false },
      scope: { format: 'scope', required: false },
    },
    clients: clientKinds,
  },

  /** The second step after `mfa_required`: the six digits that the authenticator shows. */
  'urn:custom:mfa-otp': {
    fields: {
      mfa_token: { format: 'secret', required: true },
      otp: { format: 'otp', required: true },
      username: { format: 'text', required: false },
      password: { format: 'secret', required: false },
      expires_in: { format: 'seconds', required: false },
      expires_at: { format: 'date', required: false },
    },
    clients: clientKinds,
  },

  /** The second step after `mfa_required` without the authenticator: a recovery code. */
  'urn:custom:recovery-code': {
    fields: {
      mfa_token: { format: 'secret', required: true },
      recovery_code: { format: 'secret', required: true },
      expires_in: { format: 'seconds', required: false },
      expires_at: { format: 'date', required: false },
    },
    clients: clientKinds,
  },

  /** The client's id and secret alone: its owner's token or, with `scope=customer=NAME`, a customer's. */
  client_credentials: {
    fields: {
      scope: { format: 'scope', required: false },
      expires_in: { format: 'seconds', required: false },
      expires_at: { format: 'date', required: false },
    },
    clients: ['product', 'user'],
  },

  /** A refresh token for new tokens. */
  refresh_token: {
    fields: {
      refresh_token: { format: 'secret', required: true },
      expires_in: { format: 'seconds', required: false },
    },
    clients: ['product'],
  },
} as const satisfies Readonly<Record<string, GrantDefinition>>

/** A `grant_type` of the catalogue. */
export type GrantType = keyof typeof grants

/** The catalogue's grant types, in the order in which the reference shows them. */
export const grantTypes = /* @__PURE__ */ Object.keys(grants) as readonly GrantType[]

type FieldsOf<G extends GrantType> = (typeof grants)[G]['fields']
type RequestOf<G extends GrantType, F extends Readonly<Record<string, FieldDefinition>>> = {
  readonly grant_type: G
} & {
  readonly [N in keyof F as F[N]['required'] extends true ? N : never]: FieldValue<F[N]['format']>
} & {
  readonly [N in keyof F as F[N]['required'] extends true ? never : N]?: FieldValue<F[N]['format']> | undefined
}

/** The names of a grant's form fields. */
export type FieldName<G extends GrantType> = keyof FieldsOf<G> & string

/** A token request with the names that are sent: `grant_type` and the fields of this grant. */
export type TokenRequest<G extends GrantType = GrantType> = { [K in G]: RequestOf<K, FieldsOf<K>> }[G]

export function isGrantType(value: string): value is GrantType {
  return Object.hasOwn(grants, value)
}

/** Whether a client of this kind may use the grant. */
export function mayUse(kind: ClientKind, grantType: GrantType): boolean {
  return (grants[grantType].clients as readonly ClientKind[]).includes(kind)
}

/** Whether a request carries a code or a token that works once, so that sending it again can do harm. */
export function isSingleUse(grantType: GrantType): boolean {
  return grantType !== 'password' && grantType !== 'client_credentials'
}

/**
 * Returns the grant that renews a token of this grant, or `undefined`: then only a new sign-in helps. Other clients than
 * a product's cannot refresh, even though their responses carry a refresh token too.
 */
export function getRenewalGrant(
  grantType: GrantType,
  kind: ClientKind,
): 'client_credentials' | 'refresh_token' | undefined {
  if (grantType === 'client_credentials' && kind !== 'developer') return grantType
  return kind === 'product' ? 'refresh_token' : undefined
}
