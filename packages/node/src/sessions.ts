// For command line tools: opens the sessions of profiles, and keeps the secrets of their clients.
import { createHash } from 'node:crypto'
import {
  type ConnectionOptions,
  createSession,
  type DeveloperSession,
  developerClient,
  GrantsError,
  type OAuthClient,
  type ProductSession,
  productClient,
  type Secret,
  type SignInSession,
  type StaticSession,
  type Store,
  type UserSession,
  userClient,
} from '@particle-grants/core'
import type { DeveloperClientId } from '@particle-grants/core/protocol'
import { ProfileList, type SignIn } from './profile-list.ts'
import { formatSource, getSignIn, type Source } from './source.ts'
import { isClientSignIn, parseCustomer, type StoredAt } from './status.ts'
import { removeRecord, Stores, saveRecord } from './stores.ts'

/** A session that people sign in to. Only under a profile can they with every client. */
export type ProfileSession = DeveloperSession | UserSession | (ProductSession & SignInSession)
/** A session of a profile, or of a token in the environment. */
export type AnySession = ProfileSession | StaticSession

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

/** How sessions send requests. The base URL is that of the sign-in. */
export type RequestOptions = Pick<ConnectionOptions, 'fetch' | 'timeoutMs' | 'clock' | 'onEvent'>

/** The stores and profiles of this machine. Opens sessions on them. */
export class Connections {
  readonly stores: Stores
  readonly profiles: ProfileList
  readonly #getOptions: () => RequestOptions

  /** @param getOptions - called for each session, because a command knows its flags only when it has parsed them */
  constructor(getOptions: () => RequestOptions, stores = new Stores()) {
    this.stores = stores
    this.profiles = new ProfileList(stores)
    this.#getOptions = getOptions
  }

  /** @throws GrantsError `not_signed_in` or `signed_in_elsewhere` */
  async open(source: Source): Promise<Connection> {
    if (source.from === 'environment') {
      const { accessToken, baseUrl } = source
      return { source, session: createSession({ ...this.#getOptions(), accessToken, baseUrl }), baseUrl }
    }
    const signIn = getSignIn(source)
    if (signIn === undefined) {
      throw new GrantsError('not_signed_in', `There is no sign-in of ${formatSource(source)}.`, {})
    }
    const { session, store } = await this.openSignIn(signIn, source.name)
    return { source, session, baseUrl: signIn.baseUrl, signIn, store }
  }

  /** Opens the session of a stored sign-in. */
  async openSignIn(signIn: SignIn, profile: string): Promise<{ session: ProfileSession; store: Store }> {
    const store = await this.stores.get(signIn.store)
    const client = await loadClient(signIn, store)
    return { session: this.createSignInSession(signIn, { profile, client, store }), store }
  }

  /** Creates the session of a sign-in, which may not be stored yet. */
  createSignInSession(
    { baseUrl, ...signIn }: Pick<SignIn, 'baseUrl' | 'subject' | 'hasPassword'>,
    { profile, client, store }: StoredAt & { readonly client: OAuthClient },
  ): ProfileSession {
    const binding = isClientSignIn(client.kind, signIn) ? { subject: parseCustomer(signIn.subject) } : { profile }
    return createSession({ ...this.#getOptions(), client, baseUrl, store, ...binding }) as ProfileSession
  }
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
