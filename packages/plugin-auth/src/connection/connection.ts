import {
  createSession,
  type DeveloperSession,
  GrantsError,
  type OAuthClient,
  type ProductSession,
  type StaticSession,
  type Store,
} from '@particle-grants/core'
import { platformFetch } from '../network/fetch.ts'
import { loadClient } from './client-secrets.ts'
import { parseCustomer } from './customer.ts'
import type { SignIn } from './profile.ts'
import { ProfileBook } from './profile-book.ts'
import {
  describeSource,
  findSource,
  type ProfileSource,
  type Source,
  signInOf,
  type Wanted,
} from './source.ts'
import { Stores } from './stores.ts'

/** A session that people sign in to. */
export type SignInSession = DeveloperSession | ProductSession
/** A session of any kind: of a client, or of a token from the environment. */
export type AnySession = SignInSession | StaticSession

/** A session, and where it comes from. */
export interface Connection {
  readonly source: Source
  readonly session: AnySession
  readonly baseUrl: string
  /** What the profile knows of it; nothing for a token of the environment. */
  readonly signIn: SignIn | undefined
  /** The store that keeps the session; nothing for a token of the environment. */
  readonly store: Store | undefined
}

/** What opens connections: stores and profiles of this machine. */
export class Connections {
  readonly stores = new Stores()
  readonly book = new ProfileBook(this.stores)

  find(wanted: Wanted): Promise<Source> {
    return findSource(wanted, this.book)
  }

  /** Opens a session on what was found. Throws `not_signed_in` where a profile has none. */
  async open(source: Source): Promise<Connection> {
    return source.from === 'environment' ? openEnvironment(source) : this.#openProfile(source)
  }

  /** A session of a profile's sign-in, as the store has it. */
  async openSignIn(
    signIn: SignIn,
    profile: string,
  ): Promise<{ readonly session: SignInSession; readonly store: Store }> {
    const store = await this.stores.get(signIn.store)
    const client = await loadClient(signIn, store)
    return { session: createSignInSession(signIn, { profile, client, store }), store }
  }

  async #openProfile(source: ProfileSource): Promise<Connection> {
    const signIn = signInOf(source)
    if (signIn === undefined) throw notSignedIn(source)
    const { session, store } = await this.openSignIn(signIn, source.name)
    return { source, session, store, signIn, baseUrl: signIn.baseUrl }
  }
}

/**
 * Creates the session of a sign-in. Those of developer and user clients are stored under the profile's name; a product's,
 * under the client and the customer.
 */
export function createSignInSession(
  { baseUrl, subject }: Pick<SignIn, 'baseUrl' | 'subject'>,
  {
    profile,
    client,
    store,
  }: { readonly profile: string; readonly client: OAuthClient; readonly store: Store },
): SignInSession {
  const binding = client.kind === 'product' ? { subject: parseCustomer(subject) } : { profile }
  return createSession({ client, baseUrl, store, fetch: platformFetch, ...binding })
}

function openEnvironment(source: Extract<Source, { from: 'environment' }>): Connection {
  const { accessToken, baseUrl } = source
  const session = createSession({ accessToken, baseUrl, fetch: platformFetch })
  return { source, session, baseUrl, signIn: undefined, store: undefined }
}

function notSignedIn(source: ProfileSource): GrantsError {
  const message = `You are not signed in. Nothing is stored for ${describeSource(source)}.`
  return new GrantsError('not_signed_in', message, {})
}
