import { invalidArgument } from './errors.ts'
import { type ClientKind, clientKinds } from './grants/catalogue.ts'
import { Secret, type SecretInput, toSecret } from './secret.ts'

export type { ClientKind } from './grants/catalogue.ts'

interface ClientBase<K extends ClientKind> {
  readonly kind: K
  readonly id: string
  readonly secret: Secret
}

/** A public client that any developer may use. Its tokens cannot be renewed. */
export interface DeveloperClient extends ClientBase<'developer'> {}
/** A product's own client, from the Console or `POST /v1/products/:product/clients`. Its tokens are renewed. */
export interface ProductClient extends ClientBase<'product'> {}
/** A client of your own account (`POST /v1/clients`). */
export interface UserClient extends ClientBase<'user'> {}
export type OAuthClient = DeveloperClient | ProductClient | UserClient

/** A client's id and secret, from the Console or the API. */
export interface ClientCredentials {
  readonly id: string
  readonly secret: SecretInput
}

/**
 * Particle's public clients and their published secrets: of the documentation, particle-api-js, particle-cli since 3.48
 * and particle-cli through 3.47.
 */
export const developerClients = {
  particle: 'particle',
  'particle-api': 'particle-api',
  'particle-cli': 'particle-cli',
  CLI2: 'client_secret_here',
} as const

/** The id of a public client. */
export type DeveloperClientId = keyof typeof developerClients

/** Creates a developer client. @param id - one of Particle's public clients. @default 'particle' */
export function developerClient(id: DeveloperClientId = 'particle'): DeveloperClient {
  if (!isDeveloperClientId(id)) {
    throw invalidArgument('id', `must be one of ${Object.keys(developerClients).join(', ')}`)
  }
  return Object.freeze({ kind: 'developer', id, secret: new Secret(developerClients[id]) })
}

/**
 * Creates a product's client.
 *
 * @throws GrantsError `invalid_argument` for the id of a developer client: its tokens could not be refreshed.
 */
export function productClient(credentials: ClientCredentials): ProductClient {
  return createClient('product', credentials)
}

/** Creates a client of your own account. @throws GrantsError `invalid_argument` for the id of a developer client. */
export function userClient(credentials: ClientCredentials): UserClient {
  return createClient('user', credentials)
}

function createClient<K extends ClientKind>(kind: K, credentials: ClientCredentials): ClientBase<K> {
  const { id, secret } = credentials ?? {}
  // Particle's open OAuth server has the same rule.
  if (typeof id !== 'string' || !/^[\w-]{3,40}$/.test(id)) {
    throw invalidArgument('id', 'must have 3 to 40 letters, digits, "-" or "_"')
  }
  if (isDeveloperClientId(id)) {
    throw invalidArgument('id', `must not be "${id}", which is a public client: use developerClient()`)
  }
  const value = Secret.isInstance(secret) ? secret.reveal() : secret
  if (typeof value !== 'string' || value === '') throw invalidArgument('secret', 'must be a non-empty string')
  return Object.freeze({ kind, id, secret: toSecret(secret) })
}

/** Throws `invalid_argument` unless one of the functions above created the client. */
export function assertClient(given: unknown): asserts given is OAuthClient {
  const { kind, id, secret } = (given ?? {}) as Partial<OAuthClient>
  if (!clientKinds.includes(kind as ClientKind) || typeof id !== 'string' || !Secret.isInstance(secret)) {
    throw invalidArgument('client', 'must come from developerClient(), productClient() or userClient()')
  }
}

function isDeveloperClientId(id: string): id is DeveloperClientId {
  return Object.hasOwn(developerClients, id)
}
