import { GrantsError, type LogoutResult, type Secret } from '@particle-grants/core'
import { clientOf, forgetClient } from '../connection/client-secrets.ts'
import { type Connections, createSignInSession } from '../connection/connection.ts'
import { isSameRecord, type Profiles, type SignIn } from '../connection/profile.ts'
import { loadState } from '../token/stored-state.ts'
import { getTokenFacts } from '../token/token-facts.ts'

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
  /** Another profile that uses the same session: it stays signed in. */
  readonly usedBy: string | undefined
  /** Why the access token could not be revoked. */
  readonly error: GrantsError | undefined
}

/** `revoke`: `undefined`: only the tokens that this program requested. */
interface SignOutOptions {
  readonly revoke: boolean | undefined
}

const nothing: EndedSession = {
  accessToken: 'none',
  refreshToken: 'none',
  particleCli: false,
  usedBy: undefined,
  error: undefined,
}

/** Signs a profile out: revokes its token unless that is not wanted, and forgets it here in any case. */
export async function signOut(
  name: string,
  options: SignOutOptions,
  connections: Connections,
): Promise<SignedOut> {
  const profile = (await connections.book.read()).profiles[name]
  if (profile === undefined) return { profile: name, signIn: undefined, ...nothing }
  const { signIn, pending } = profile
  const end = (given: SignIn) => endSession(given, { ...options, profile: name }, connections)
  // A challenge may be in the record of what is signed in.
  const isApart = pending !== undefined && !(signIn !== undefined && isSameRecord(pending, signIn))
  const challenge = isApart ? await end(pending) : nothing
  const outcome = signIn === undefined ? challenge : await end(signIn)
  await connections.book.changeProfile(name, () => undefined)
  for (const one of [pending, signIn]) if (one !== undefined) await dropClient(one, connections)
  return { profile: name, signIn: signIn ?? pending, ...outcome }
}

/** Forgets a sign-in that its profile no longer uses. Nothing is sent. */
export async function forgetSignIn(signIn: SignIn, profile: string, connections: Connections): Promise<void> {
  await endSession(signIn, { profile, revoke: false }, connections)
  await dropClient(signIn, connections)
}

async function endSession(
  signIn: SignIn,
  { profile, revoke }: SignOutOptions & { readonly profile: string },
  connections: Connections,
): Promise<EndedSession> {
  const usedBy = findUser(await connections.book.read(), signIn, profile)
  if (usedBy !== undefined) return { ...nothing, accessToken: 'still_valid', usedBy }
  const store = await connections.stores.get(signIn.store)
  let token: Secret | undefined
  let unread: GrantsError | undefined
  try {
    const state = await loadState(signIn, { profile, store })
    token = state && getTokenFacts(state)?.tokens.accessToken
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    unread = thrown
  }
  // Revoking needs the token only: a client whose secret is lost is no reason to leave it valid.
  const session = createSignInSession(signIn, { profile, client: clientOf(signIn, 'not needed'), store })
  const { accessToken, refreshToken, error } = await session.logout({ revoke })
  // What can't be read can't be revoked, and is forgotten nevertheless.
  if (unread !== undefined && revoke !== false)
    return { ...nothing, accessToken: 'still_valid', error: unread }
  const revoked = signIn.particleCli === true && accessToken === 'revoked' ? token : undefined
  const particleCli = revoked !== undefined && (await signOutOfParticleCli(revoked))
  return { ...nothing, accessToken, refreshToken, error, particleCli }
}

function isDamage(thrown: unknown): thrown is GrantsError {
  return GrantsError.isInstance(thrown) && ['store_damaged', 'invalid_state'].includes(thrown.code)
}

async function signOutOfParticleCli(ifAccessToken: Secret) {
  const { particleCliProfile } = await import('@particle-grants/store-file/particle-cli')
  return particleCliProfile().remove({ ifAccessToken })
}

/** Profiles of one product client and customer have the same session. */
function findUser({ profiles }: Profiles, signIn: SignIn, except: string): string | undefined {
  const isUser = (other: SignIn | undefined) => other !== undefined && isSameRecord(other, signIn)
  return Object.keys(profiles).find(
    (name) => name !== except && (isUser(profiles[name]?.signIn) || isUser(profiles[name]?.pending)),
  )
}

/** The secret of a client is removed with the last profile that uses it. */
async function dropClient(signIn: SignIn, connections: Connections): Promise<void> {
  const profiles = await connections.book.read()
  if (!usesClient(profiles, signIn)) await forgetClient(signIn, await connections.stores.get(signIn.store))
}

function usesClient({ profiles }: Profiles, { baseUrl, client, store }: SignIn): boolean {
  return Object.values(profiles)
    .flatMap(({ signIn, pending }) => [signIn, pending])
    .some((other) => other?.baseUrl === baseUrl && other.client.id === client.id && other.store === store)
}
