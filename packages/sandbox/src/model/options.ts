/** The three kinds of OAuth client that Particle knows: shared by every developer, of a product, of one user. */
export type ClientKind = 'developer' | 'product' | 'user'

/** An OAuth client of the sandbox. */
export interface ClientOptions {
  /** 3 to 40 letters, digits, `-` or `_`; anything else is refused before it is looked up. */
  id: string
  secret: string
  kind: ClientKind
  /** Username whose account `client_credentials` stands for. A developer client has none. */
  owner?: string
  /** The product that a product client belongs to. Several clients may name the same one. */
  product?: ProductOptions
  /** Grant types that this client may not use. */
  refusedGrants?: readonly string[]
}

/** A product, as API paths name it: by its id or by its slug. */
export interface ProductOptions {
  id: string
  slug: string
}

/** An account of the sandbox: a developer's, or a customer's of one product. */
export interface AccountOptions {
  /** An email address; a customer may also be named by an id of one's own, without blanks. */
  username: string
  /** Left out: nobody can sign in with a password (a customer made with `no_password`, an SSO account). */
  password?: string
  /** Makes the account ask for a second factor. The secret is in base32. */
  mfa?: { secret: string; recoveryCodes?: readonly string[] }
  /** The account signs in through its company: the password grant answers `sso_user`. */
  sso?: boolean
  /** Id of the product whose customer this is. */
  customerOf?: string
}

/**
 * The clients of a fresh sandbox: the developer clients of Particle's own tools, two product clients behind
 * product 1234 (one may not use `password`), and a user client of dev@example.com.
 */
export const defaultClients: readonly ClientOptions[] = [
  { id: 'particle', secret: 'particle', kind: 'developer' },
  { id: 'particle-api', secret: 'particle-api', kind: 'developer' },
  { id: 'particle-cli', secret: 'particle-cli', kind: 'developer' },
  { id: 'CLI2', secret: 'client_secret_here', kind: 'developer' },
  {
    id: 'my-product-1234',
    secret: 'product-secret',
    kind: 'product',
    owner: 'owner@example.com',
    product: { id: '1234', slug: 'my-product' },
  },
  {
    id: 'no-password-client',
    secret: 's3cret-s3cret',
    kind: 'product',
    owner: 'owner@example.com',
    product: { id: '1234', slug: 'my-product' },
    refusedGrants: ['password'],
  },
  { id: 'my-scripts-5678', secret: 'user-client-secret', kind: 'user', owner: 'dev@example.com' },
]

/** The accounts of a fresh sandbox. Public test data: nothing of it is worth hiding. */
export const defaultAccounts: readonly AccountOptions[] = [
  { username: 'dev@example.com', password: 'correct horse' },
  {
    username: 'mfa@example.com',
    password: 'battery staple',
    mfa: {
      secret: 'JBSWY3DPEHPK3PXP',
      recoveryCodes: ['a1b2-c3d4-e5f6', 'b2c3-d4e5-f6a7', 'c3d4-e5f6-a7b8', 'd4e5-f6a7-b8c9'],
    },
  },
  { username: 'sso@example.com', sso: true },
  { username: 'owner@example.com', password: 'owner of products' },
  { username: 'jane@example.com', password: 'janes own password', customerOf: '1234' },
]
