import { createHash } from 'node:crypto'
import {
  type CustomerSubject,
  createSession,
  customer,
  type DeveloperSession,
  developerClient,
  GrantsError,
  type OAuthClient,
  type SignInSession as PasswordSession,
  type ProductSession,
  productClient,
  type Secret,
  type StaticSession,
  type Store,
  type UserSession,
  userClient,
} from '@particle-grants/core'
import type { DeveloperClientId } from '@particle-grants/core/protocol'
import { getTimeoutMs, platformFetch } from '../network/fetch.ts'
import { ProfileList, type SignIn } from './profiles.ts'
import { formatSource, getSignIn, type Source } from './source.ts'
import { removeRecord, Stores, saveRecord } from './stores.ts'

/** A session that people sign in to. */
export type SignInSession = DeveloperSession | UserSession | (ProductSession & PasswordSession)
/** A session of a profile, or of a token in the environment. */
export type AnySession = SignInSession | StaticSession

/** An open session, and where it comes from. */
export interface Connection {
  readonly source: Source
  readonly session: AnySession
  readonly baseUrl: string
  /** Absent for a token in the environment. */
  readonly signIn?: SignIn
  /** Absent for a token in the environment. */
  readonly store?: Store
}

/** The stores and profiles of this machine. Opens sessions on them. */
export class Connections {
  readonly stores = new Stores()
  readonly profiles = new ProfileList(this.stores)

  /** @throws GrantsError `not_signed_in` */
  async open(source: Source): Promise<Connection> {
    if (source.from === 'environment') {
      const { accessToken, baseUrl } = source
      return { source, session: createSession({ accessToken, baseUrl, fetch: platformFetch }), baseUrl }
    }
    const signIn = getSignIn(source)
    if (signIn === undefined) {
      throw new GrantsError('not_signed_in', `There is no sign-in of ${formatSource(source)}.`, {})
    }
    const { session, store } = await this.openSignIn(signIn, source.name)
    return { source, session, baseUrl: signIn.baseUrl, signIn, store }
  }

  /** Opens the session of a stored sign-in. */
  async openSignIn(signIn: SignIn, profile: string): Promise<{ session: SignInSession; store: Store }> {
    const store = await this.stores.get(signIn.store)
    const client = await loadClient(signIn, store)
    return { session: createSignInSession(signIn, { profile, client, store }), store }
  }
}

/** Where a sign-in is stored. */
export interface StoredAt {
  readonly profile: string
  readonly store: Store
}

/** Creates the session of a sign-in. Only under a profile can people sign in with every client. */
export function createSignInSession(
  { baseUrl, ...signIn }: Pick<SignIn, 'baseUrl' | 'subject' | 'hasPassword'>,
  { profile, client, store }: StoredAt & { readonly client: OAuthClient },
): SignInSession {
  const binding = isClientSignIn(client.kind, signIn) ? { subject: parseCustomer(signIn.subject) } : { profile }
  const session = createSession({ client, baseUrl, store, fetch: platformFetch, timeoutMs: getTimeoutMs(), ...binding })
  return session as SignInSession
}

/** Whether the product's client signs in itself, without a password. Its record is stored under its customer. */
export function isClientSignIn(kind: OAuthClient['kind'], { hasPassword }: Pick<SignIn, 'hasPassword'>): boolean {
  return kind === 'product' && !hasPassword
}

const customerPrefix = 'customer:'

/** Returns the customer of a product client's sign-in; `undefined`: the product itself. */
export function parseCustomer(subject: string): CustomerSubject | undefined {
  return subject.startsWith(customerPrefix) ? customer(subject.slice(customerPrefix.length)) : undefined
}

// ─── Clients and their secrets ───────────────────────────────────────────────────────────────────────────────────────

/** A client, and the API where it is registered. */
type ClientAt = Pick<SignIn, 'baseUrl' | 'client'>

export function createClient({ kind, id }: SignIn['client'], secret: Secret | string): OAuthClient {
  if (kind === 'developer') return developerClient(id as DeveloperClientId)
  return kind === 'product' ? productClient({ id, secret }) : userClient({ id, secret })
}

/**
 * Loads a client. The secret of a developer client is public; every other secret is in the store.
 *
 * @throws GrantsError `not_signed_in` if it is not there
 */
async function loadClient(clientAt: ClientAt, store: Store): Promise<OAuthClient> {
  const { client } = clientAt
  if (client.kind === 'developer') return createClient(client, '')
  const record = await store.load(getKey(clientAt))
  if (record !== undefined) return createClient(client, record.value)
  throw new GrantsError('not_signed_in', `The secret of the client ${client.id} is not in the store.`, {})
}

export async function saveClientSecret(clientAt: ClientAt, client: OAuthClient, store: Store): Promise<void> {
  if (client.kind !== 'developer') await saveRecord(store, getKey(clientAt), client.secret.reveal())
}

export async function removeClientSecret(clientAt: ClientAt, store: Store): Promise<void> {
  if (clientAt.client.kind !== 'developer') await removeRecord(store, getKey(clientAt))
}

function getKey({ baseUrl, client }: ClientAt): string {
  const hash = createHash('sha256').update(JSON.stringify([baseUrl, client.id]))
  return `client-${hash.digest('hex')}`
}
