import type { OAuthClient } from '../clients.ts'
import type { GrantType } from '../grants/catalogue.ts'
import type { Secret } from '../secret.ts'
import { sha256Hex } from '../store.ts'
import type { TokenSubject } from '../subject.ts'
import type { AccountRequest } from './account-backoff.ts'

/** One token request, as far as the guard needs to know it. */
export interface TokenRequestInfo {
  readonly client: OAuthClient
  readonly grantType: GrantType
  /** Whose token is requested: the account for a password or a code, the customer for its scope, the owner. */
  readonly subject: TokenSubject | undefined
  /** The password that is sent, if one is. */
  readonly password: Secret | undefined
  /** Whether the application called for this request (login, codes, createCustomer, requestClientToken, forceRefresh). */
  readonly isExplicit: boolean
  /** Passes the back-off of the account once. */
  readonly force: boolean
  /** Whether the request creates the subject: it passes the customer's back-off, and its success ends it. */
  readonly createsCustomer: boolean
}

/**
 * Returns what a request can be refused for. Names and client secrets become hashes; of a password there are eight bits.
 * An account is a username, a customer or the client itself, each at one client.
 */
export async function toAccountRequest(info: TokenRequestInfo, baseUrl: string): Promise<AccountRequest> {
  const { client, grantType, subject, password, isExplicit, force, createsCustomer } = info
  const name = subject === undefined || subject.type === 'owner' ? client.id : subject.name
  const hash = async (...parts: readonly string[]) => (await sha256Hex([...parts, client.id])).slice(0, 16)
  const toSecret = async <T extends string>(type: T, accountId: string) => {
    return { type, accountId, secretId: await hash(type, client.secret.reveal()) }
  }
  const clientSecret = await toSecret('client', await hash('client'))
  const base = { isExplicit, force, createsCustomer, name, clientName: client.id }
  if (grantType === 'client_credentials') {
    const id = await hash('credentials', name)
    const credentials = await toSecret('credentials', id)
    const customer = subject?.type === 'customer' ? [await toSecret('customer', id)] : []
    const attemptsOf = createsCustomer ? undefined : id
    return { ...base, secrets: [clientSecret, ...customer, credentials], attemptsOf, refills: [id] }
  }
  if (grantType === 'refresh_token') return { ...base, secrets: [clientSecret], attemptsOf: undefined, refills: [] }
  // Codes have separate attempts, which wrong passwords cannot use up.
  const [passwords, codes] = [await hash('password', name), await hash('code', name)]
  const refills = [passwords, codes]
  if (password === undefined) return { ...base, secrets: [clientSecret], attemptsOf: codes, refills }
  const secretId = await createFingerprint([passwords, password.reveal()], [client.secret.reveal(), baseUrl])
  const secrets = [clientSecret, { type: 'password', accountId: passwords, secretId }] as const
  return { ...base, secrets, attemptsOf: passwords, refills }
}

/** Returns the first byte of an HMAC-SHA-256, in hex. Every process with the same client and base URL gets the same one. */
async function createFingerprint(parts: readonly string[], keyParts: readonly string[]): Promise<string> {
  const encode = (value: readonly string[]) => new TextEncoder().encode(JSON.stringify(value))
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encode(keyParts), algorithm, false, ['sign'])
  const [byte = 0] = new Uint8Array(await crypto.subtle.sign('HMAC', key, encode(parts)))
  return byte.toString(16).padStart(2, '0')
}
