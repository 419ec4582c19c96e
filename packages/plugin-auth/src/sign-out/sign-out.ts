import { GrantsError, type LogoutResult, tokensOf } from '@particle-grants/core'
import { forgetClient } from '../connection/client-secrets.ts'
import type { Connections } from '../connection/connection.ts'
import type { Profiles, SignIn } from '../connection/profile.ts'

/** What became of one profile. */
export interface SignedOut {
  readonly profile: string
  readonly signIn: SignIn | undefined
  readonly accessToken: LogoutResult['accessToken']
  readonly refreshToken: LogoutResult['refreshToken']
  /** Whether particle-cli was signed out with it. */
  readonly particleCli: boolean
  /** Why the access token is still valid. */
  readonly error: LogoutResult['error']
}

/** Signs a profile out: revokes its token unless that is not wanted, and forgets it here in any case. */
export async function signOut(
  name: string,
  { revoke }: { readonly revoke: boolean },
  connections: Connections,
): Promise<SignedOut> {
  const profile = (await connections.book.read()).profiles[name]
  const nothing = {
    accessToken: 'nothing',
    refreshToken: 'nothing',
    error: undefined,
    particleCli: false,
  } as const
  let outcome: Omit<SignedOut, 'profile' | 'signIn'> = nothing
  if (profile?.pending !== undefined) outcome = await endSession(profile.pending, revoke, connections)
  if (profile?.signIn !== undefined) outcome = await endSession(profile.signIn, revoke, connections)
  await connections.book.changeProfile(name, () => undefined)
  const signIn = profile?.signIn ?? profile?.pending
  if (signIn !== undefined) await dropClient(signIn, connections)
  return { profile: name, signIn, ...outcome }
}

async function endSession(signIn: SignIn, revoke: boolean, connections: Connections) {
  const session = await sessionToEnd(signIn, connections)
  if (session === undefined) {
    return { accessToken: 'nothing', refreshToken: 'nothing', error: undefined, particleCli: false } as const
  }
  const token = tokensOf(await session.restore().catch(() => session.state))?.accessToken
  const { accessToken, refreshToken, error } = await session.logout({ revoke })
  const shared = signIn.particleCli === true && token !== undefined && accessToken === 'revoked'
  const particleCli = shared && (await signOutOfParticleCli(token))
  return { accessToken, refreshToken, error, particleCli }
}

/** Forgets a sign-in that nobody uses any more, with nothing sent. */
export async function forgetSignIn(signIn: SignIn, connections: Connections): Promise<void> {
  await endSession(signIn, false, connections)
  await dropClient(signIn, connections)
}

/** A client whose secret is gone leaves nothing that could be opened. */
async function sessionToEnd(signIn: SignIn, connections: Connections) {
  try {
    return (await connections.openSignIn(signIn)).session
  } catch (thrown) {
    if (GrantsError.isInstance(thrown) && thrown.code === 'not_signed_in') return undefined
    throw thrown
  }
}

async function signOutOfParticleCli(ifAccessToken: NonNullable<ReturnType<typeof tokensOf>>['accessToken']) {
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
