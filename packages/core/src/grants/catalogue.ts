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

const required = <F extends FieldFormat>(format: F) => ({ format, required: true }) as const
const optional = <F extends FieldFormat>(format: F) => ({ format, required: false }) as const

/** Two ways to request a lifetime. A request has at most one of them. */
const lifetime = { expires_in: optional('seconds'), expires_at: optional('date') } as const

/** What most grants have in common. */
const common = {
  clients: ['developer', 'product', 'user'],
  outcomes: ['tokens'],
  // Only a product's tokens can be refreshed, even though other responses carry a refresh token too.
  renewedBy: { developer: null, product: 'refresh_token', user: null },
  isSingleUse: true,
} as const

/** Every supported grant of Particle's token endpoint, by its `grant_type`. */
export const grants = {
  /** Username and password: one's own account, or a customer of the product whose client is used. */
  password: {
    ...common,
    fields: {
      username: required('text'),
      password: required('secret'),
      ...lifetime,
      scope: optional('scope'),
    },
    outcomes: ['tokens', 'mfa_required'],
    isSingleUse: false,
  },

  /** The second step after `mfa_required`: the six digits that the authenticator shows. */
  'urn:custom:mfa-otp': {
    ...common,
    fields: {
      mfa_token: required('secret'),
      otp: required('otp'),
      username: optional('text'),
      password: optional('secret'),
      ...lifetime,
    },
  },

  /** The second step after `mfa_required` without the authenticator: a recovery code. */
  'urn:custom:recovery-code': {
    ...common,
    fields: { mfa_token: required('secret'), recovery_code: required('secret'), ...lifetime },
  },

  /** The client's id and secret alone: its owner's token or, with `scope=customer=…`, a customer's. */
  client_credentials: {
    ...common,
    fields: { scope: optional('scope'), ...lifetime },
    clients: ['product', 'user'],
    renewedBy: { developer: null, product: 'client_credentials', user: 'client_credentials' },
    isSingleUse: false,
  },

  /** A refresh token for new tokens. */
  refresh_token: {
    ...common,
    fields: { refresh_token: required('secret'), expires_in: optional('seconds') },
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
