import { account, type OAuthClient } from '@particle-grants/core'
import type { SettledState } from '@particle-grants/core/machine'
import { saveClient } from '../connection/client-secrets.ts'
import { type Connections, createSignInSession, type SignInSession } from '../connection/connection.ts'
import type { SignIn, StoreName } from '../connection/profile.ts'
import { StagedStore } from '../connection/staged-store.ts'
import { unnamedAccount } from '../connection/wording.ts'
import { loadState } from '../token/stored-state.ts'
import { clientOfToken, lookUpToken } from './look-up-token.ts'
import { type SignInPlan, toSubject } from './plan.ts'

/** Where a sign-in is sent to and kept, and what is requested of the token. */
export interface SignInTerms {
  readonly profile: string
  readonly baseUrl: string
  readonly store: StoreName
  /** Seconds; 0: never expires. */
  readonly expiresIn: number | undefined
}

/** A sign-in that has begun. */
export interface SignInUnderWay {
  readonly session: SignInSession
  /** What a profile keeps of it. */
  readonly signIn: SignIn
  /** Loads what the session saved, with everything that core knows of its tokens. */
  loadState(): Promise<SettledState | undefined>
  /** Stores the token or the challenge. Until then nothing of a new sign-in is stored. */
  keep(): Promise<void>
}

/** Sends the first request of a sign-in. */
export async function beginSignIn(
  plan: SignInPlan,
  terms: SignInTerms,
  connections: Connections,
): Promise<SignInUnderWay> {
  const { expiresIn } = terms
  const store = new StagedStore(await connections.stores.get(terms.store))
  if (plan.by === 'password') {
    const { client, username, password, isTyped: force } = plan
    const { type, name } = toSubject(client, username)
    const underWay = createUnderWay(client, `${type}:${name}`, { terms, store })
    await underWay.session.login({ username, password, expiresIn, force })
    return underWay
  }
  if (plan.by === 'client') {
    const { client, customer, isTyped: force } = plan
    const subject = customer === undefined ? 'owner' : `customer:${customer.name}`
    const underWay = createUnderWay(client, subject, { terms, store })
    const { session } = underWay
    if (session.kind !== 'developer') await session.requestClientToken({ expiresIn, force })
    return underWay
  }
  const { accessToken } = plan
  const { expiresAt, username, clientId } = await lookUpToken(accessToken, terms.baseUrl)
  const subject = account(username ?? `${unnamedAccount}${terms.profile}`)
  const underWay = createUnderWay(clientOfToken(clientId), `account:${subject.name}`, { terms, store })
  await underWay.session.setToken({ accessToken, expiresAt: expiresAt ?? undefined, subject })
  return underWay
}

function createUnderWay(
  client: OAuthClient,
  subject: string,
  { terms, store }: { readonly terms: SignInTerms; readonly store: StagedStore },
): SignInUnderWay {
  const { profile, baseUrl } = terms
  return {
    session: createSignInSession({ baseUrl, subject }, { profile, client, store }),
    get signIn() {
      const { kind, id } = client
      return { baseUrl, client: { kind, id }, subject, store: terms.store, key: store.sessionKey ?? '' }
    },
    loadState() {
      return loadState(this.signIn, { profile, store })
    },
    async keep() {
      await saveClient(this.signIn, client, store)
      await store.commit()
    },
  }
}

/** Resumes a challenge that an earlier call stored. Its attempts are counted in the store. */
export async function resumeSignIn(
  pending: SignIn,
  { profile, connections }: { readonly profile: string; readonly connections: Connections },
): Promise<SignInUnderWay> {
  const { session, store } = await connections.openSignIn(pending, profile)
  await session.load()
  return {
    session,
    signIn: pending,
    loadState: () => loadState(pending, { profile, store }),
    async keep() {},
  }
}
