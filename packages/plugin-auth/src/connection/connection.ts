import {
  type Client,
  createSession,
  developerClient,
  GrantsError,
  type SessionFor,
  type Store,
} from '@particle-grants/core'
import { networkFetch } from '../network/network-fetch.ts'
import { loadClient } from './client-secrets.ts'
import type { SignIn } from './profile.ts'
import { ProfileBook } from './profile-book.ts'
import { profileStore } from './profile-store.ts'
import {
  describeSource,
  findSource,
  type ProfileSource,
  type Source,
  signInOf,
  type Wanted,
} from './source.ts'
import { Stores } from './stores.ts'

/** A session of any kind of client. */
export type AnySession = SessionFor<Client>

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
  ): Promise<{ readonly session: AnySession; readonly store: Store }> {
    const store = await this.stores.get(signIn.store)
    const client = await loadClient(signIn, store)
    return { session: sessionOf(signIn, client, profileStore(store, { profile, client })), store }
  }

  async #openProfile(source: ProfileSource): Promise<Connection> {
    const signIn = signInOf(source)
    if (signIn === undefined) throw notSignedIn(source)
    const { session, store } = await this.openSignIn(signIn, source.name)
    return { source, session, store, signIn, baseUrl: signIn.baseUrl }
  }
}

/** Makes the session of a sign-in. The subject was checked by core when it was made. */
export function sessionOf(signIn: SignIn, client: Client, store: Store): AnySession {
  const { baseUrl, subject } = signIn
  return createSession({ client, baseUrl, store, subject: subject as never, fetch: networkFetch })
}

async function openEnvironment(source: Extract<Source, { from: 'environment' }>): Promise<Connection> {
  const session = createSession({ client: developerClient(), baseUrl: source.baseUrl, fetch: networkFetch })
  await session.adopt({ accessToken: source.accessToken })
  return { source, session, baseUrl: source.baseUrl, signIn: undefined, store: undefined }
}

function notSignedIn(source: ProfileSource): GrantsError {
  return new GrantsError(
    'not_signed_in',
    {},
    { cause: new Error(`Nothing is stored for ${describeSource(source)}.`) },
  )
}
