import { account, type Client, type State } from '@particle-grants/core'
import { saveClient } from '../connection/client-secrets.ts'
import { type AnySession, type Connections, sessionOf } from '../connection/connection.ts'
import type { SignIn, StoreName } from '../connection/profile.ts'
import { profileStore } from '../connection/profile-store.ts'
import { StagedStore } from '../connection/staged-store.ts'
import { unnamedSubject } from '../connection/wording.ts'
import { clientOfToken, lookUpToken } from './look-up-token.ts'
import { type SignInPlan, subjectOf } from './plan.ts'

/** Where a sign-in is sent to and kept, and what is asked of the token. */
export interface SignInTerms {
  readonly profile: string
  readonly baseUrl: string
  readonly store: StoreName
  /** Seconds; 0: never expires. */
  readonly expiresIn: number | undefined
}

/** A sign-in that has begun. */
export interface SignInUnderWay {
  readonly session: AnySession
  readonly state: State
  /** What a profile keeps of it. */
  readonly signIn: SignIn
  /** Stores what there is by now, a token or a challenge. Before, nothing of a sign-in that begins is stored. */
  keep(): Promise<void>
}

/** Sends the first request of a sign-in. */
export async function beginSignIn(
  plan: SignInPlan,
  terms: SignInTerms,
  connections: Connections,
): Promise<SignInUnderWay> {
  const store = new StagedStore(await connections.stores.get(terms.store))
  const begin = (client: Client, subject: string): SignInUnderWay => {
    const given = {
      baseUrl: terms.baseUrl,
      client: { kind: client.kind, id: client.id },
      subject,
      store: terms.store,
    }
    const session = sessionOf(given, client, profileStore(store, { profile: terms.profile, client }))
    return {
      session,
      get state() {
        return session.state
      },
      // As core writes base URL and subject.
      get signIn() {
        const { identity } = session.state
        const key = store.sessionKey === undefined ? {} : { key: store.sessionKey }
        return { ...given, ...key, baseUrl: identity.baseUrl, subject: identity.subject ?? subject }
      },
      async keep() {
        await saveClient(this.signIn, client, store)
        await store.commit()
      },
    }
  }
  const { expiresIn } = terms
  if (plan.by === 'password') {
    const { client, username, password } = plan
    const underWay = begin(client, subjectOf(client, username))
    await underWay.session.login({ username, password, expiresIn })
    return underWay
  }
  if (plan.by === 'client') {
    const underWay = begin(plan.client, plan.subject)
    if (underWay.session.kind !== 'developer') await underWay.session.authorize({ expiresIn })
    return underWay
  }
  const { accessToken } = plan
  const { expiresAt, username, clientId } = await lookUpToken(accessToken, terms.baseUrl)
  const subject = username === undefined ? `${unnamedSubject}${terms.profile}` : account(username)
  const underWay = begin(clientOfToken(clientId), subject)
  await underWay.session.adopt({ accessToken, expiresAt })
  return underWay
}

/** Takes up a challenge that an earlier call stored. Its tries are counted in the store. */
export async function takeUp(
  pending: SignIn,
  { profile, connections }: { readonly profile: string; readonly connections: Connections },
): Promise<SignInUnderWay> {
  const { session } = await connections.openSignIn(pending, profile)
  await session.restore()
  return {
    session,
    get state() {
      return session.state
    },
    signIn: pending,
    async keep() {},
  }
}
