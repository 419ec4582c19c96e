import { invalidArgument } from './errors/invalid-argument.ts'
import { frozen } from './frozen.ts'
import type { ClientKind } from './grants/grant.ts'
import { Secret, type SecretInput, toSecret } from './secret.ts'

interface ClientOf<K extends ClientKind> {
  readonly kind: K
  readonly id: string
  readonly secret: Secret
}

/** A client that everyone shares. Its tokens can't be refreshed. */
export type DeveloperClient = ClientOf<'developer'>
/** A client made for a product, in the Console or at `/v1/products/:product/clients`. */
export type ProductClient = ClientOf<'product'>
/** A client made for one's own account, at `/v1/clients`. */
export type UserClient = ClientOf<'user'>
/** An OAuth client of Particle's, of one of the three kinds. */
export type Client = DeveloperClient | ProductClient | UserClient

/** A client's id and secret, as the Console or the API gave them. */
export interface ClientCredentials {
  readonly id: string
  readonly secret: SecretInput
}

/**
 * The developer clients that Particle's documentation and own tools use. Their secrets are published and no secret.
 * Known from: the report (`particle`), particle-api-js, particle-cli since 3.48, particle-cli through 3.47.
 */
export const developerClients = frozen({
  particle: 'particle',
  'particle-api': 'particle-api',
  'particle-cli': 'particle-cli',
  CLI2: 'client_secret_here',
})

/** The id of a known developer client. */
export type DeveloperClientId = keyof typeof developerClients

/** The form of every client id, as Particle's open OAuth server checks it. */
const clientIdForm = /^[a-z0-9-_]{3,40}$/i

/** A known developer client; `particle:particle` unless another is named. */
export function developerClient(id: DeveloperClientId = 'particle'): DeveloperClient {
  if (!isDeveloperClientId(id)) {
    const known = Object.keys(developerClients).join(', ')
    throw invalidArgument('id', `is none of the known developer clients (${known})`)
  }
  return client('developer', { id, secret: developerClients[id] })
}

/** A product's client. Throws `invalid_argument` for the id of a known developer client. */
export function productClient(credentials: ClientCredentials): ProductClient {
  return client('product', credentials)
}

/** A client of one's own account. Throws `invalid_argument` for the id of a known developer client. */
export function userClient(credentials: ClientCredentials): UserClient {
  return client('user', credentials)
}

function isDeveloperClientId(id: string): id is DeveloperClientId {
  return Object.hasOwn(developerClients, id)
}

function client<K extends ClientKind>(kind: K, credentials: ClientCredentials): ClientOf<K> {
  const { id, secret } = credentials ?? {}
  if (typeof id !== 'string' || !clientIdForm.test(id)) {
    throw invalidArgument('id', 'must have 3 to 40 letters, digits, "-" or "_"')
  }
  if (kind !== 'developer' && isDeveloperClientId(id)) {
    throw invalidArgument('id', `"${id}" is a developer client that everyone shares: use developerClient()`)
  }
  const wrapped = toSecret(secret)
  if (!isSecretText(wrapped)) throw invalidArgument('secret', 'must be a non-empty string')
  return Object.freeze({ kind, id, secret: wrapped })
}

/** Throws `invalid_argument` for what none of the functions above has made. */
export function assertClient(given: unknown): asserts given is Client {
  const { kind, id, secret } = (given ?? {}) as Readonly<Record<string, unknown>>
  const isKind = kind === 'developer' || kind === 'product' || kind === 'user'
  if (!isKind || typeof id !== 'string' || !isSecretText(secret)) {
    throw invalidArgument('client', 'must come from developerClient(), productClient() or userClient()')
  }
}

function isSecretText(value: unknown): value is Secret {
  const text = Secret.isInstance(value) ? value.reveal() : undefined
  return typeof text === 'string' && text !== ''
}
