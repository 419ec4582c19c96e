import {
  type AnyGrantsError,
  GrantsError,
  type LogoutResult,
  type Secret,
  tokensOf,
} from '@particle-grants/core'
import { clientOf, forgetClient } from '../connection/client-secrets.ts'
import { type Connections, sessionOf } from '../connection/connection.ts'
import { isSameSession, type Profiles, type SignIn } from '../connection/profile.ts'
import { profileStore } from '../connection/profile-store.ts'

/** What became of one profile. */
export interface SignedOut extends EndedSession {
  readonly profile: string
  readonly signIn: SignIn | undefined
}

/** What became of one session. */
interface EndedSession {
  readonly accessToken: LogoutResult['accessToken']
  readonly refreshToken: LogoutResult['refreshToken']
  /** Whether particle-cli was signed out with it. */
  readonly particleCli: boolean
  /** Why the access token is still valid. */
  readonly error: AnyGrantsError | undefined
}

const nothing: EndedSession = {
  accessToken: 'nothing',
  refreshToken: 'nothing',
  error: undefined,
  particleCli: false,
}

/** Signs a profile out: revokes its token unless that is not wanted, and forgets it here in any case. */
export async function signOut(
  name: string,
  { revoke }: { readonly revoke: boolean },
  connections: Connections,
): Promise<SignedOut> {
  const profile = (await connections.book.read()).profiles[name]
  if (profile === undefined) return { profile: name, signIn: undefined, ...nothing }
  const { signIn, pending } = profile
  const end = (given: SignIn | undefined) =>
    given === undefined ? nothing : endSession(given, { profile: name, revoke }, connections)
  // A challenge of the account that is signed in is a part of that session.
  const isApart = pending !== undefined && !(signIn !== undefined && isSameSession(pending, signIn))
  const challenge = await end(isApart ? pending : undefined)
  const outcome = signIn === undefined ? challenge : await end(signIn)
  await connections.book.changeProfile(name, () => undefined)
  for (const one of [pending, signIn]) if (one !== undefined) await dropClient(one, connections)
  return { profile: name, signIn: signIn ?? pending, ...outcome }
}

/** Forgets a sign-in that its profile does not use any more, with nothing sent. */
export async function forgetSignIn(signIn: SignIn, profile: string, connections: Connections): Promise<void> {
  await endSession(signIn, { profile, revoke: false }, connections)
  await dropClient(signIn, connections)
}

async function endSession(
  signIn: SignIn,
  { profile, revoke }: { readonly profile: string; readonly revoke: boolean },
  connections: Connections,
): Promise<EndedSession> {
  const store = await connections.stores.get(signIn.store)
  // Revoking takes the token alone: a client whose secret is gone is no reason to leave it valid.
  const client = clientOf(signIn, 'not needed')
  const session = sessionOf(signIn, client, profileStore(store, { profile, client }))
  let token: Secret | undefined
  let unread: AnyGrantsError | undefined
  try {
    token = tokensOf(await session.restore())?.accessToken
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    unread = thrown
  }
  const { accessToken, refreshToken, error } = await session.logout({ revoke })
  // What can't be read can't be revoked, and is forgotten nevertheless.
  if (unread !== undefined && revoke) return { ...nothing, accessToken: 'still_valid', error: unread }
  const ended = signIn.particleCli === true && accessToken === 'revoked' ? token : undefined
  const particleCli = ended !== undefined && (await signOutOfParticleCli(ended))
  return { accessToken, refreshToken, error, particleCli }
}

function isDamage(thrown: unknown): thrown is AnyGrantsError {
  return GrantsError.isInstance(thrown) && ['store_damaged', 'invalid_state'].includes(thrown.code)
}

async function signOutOfParticleCli(ifAccessToken: Secret) {
  const { particleCliProfile } = await import('@particle-grants/store-file/particle-cli')
  return particleCliProfile().remove({ ifAccessToken })
}

/** The secret of a client goes with the last profile that uses it. */
async function dropClient(signIn: SignIn, connections: Connections): Promise<void> {
  const profiles = await connections.book.read()
  if (!usesClient(profiles, signIn)) await forgetClient(signIn, await connections.stores.get(signIn.store))
}

function usesClient({ profiles }: Profiles, { baseUrl, client, store }: SignIn): boolean {
  return Object.values(profiles)
    .flatMap(({ signIn, pending }) => [signIn, pending])
    .some((other) => other?.baseUrl === baseUrl && other.client.id === client.id && other.store === store)
}
