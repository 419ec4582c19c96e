import type { GrantsError, LogoutResult } from '@particle-grants/core'
import { isGrantsError } from '../errors/cli-error.ts'
import { type Connections, createClient, createSignInSession, removeClientSecret } from './connection.ts'
import { isSameRecord, type Profiles, type SignIn } from './profiles.ts'
import { loadToken } from './stored-token.ts'

/** The result of ending one session. */
interface EndedSession extends LogoutResult {
  /** Another profile that uses the same session, which stays signed in. */
  readonly usedBy?: string
}

/** The result of signing a profile out. */
export interface SignedOut extends EndedSession {
  readonly profile: string
  readonly signIn: SignIn | undefined
}

interface SignOutOptions {
  /** Undefined: revoke the tokens that this program requested. */
  readonly revoke: boolean | undefined
}

const nothing = { accessToken: 'none', refreshToken: 'none' } as const

/** Signs a profile out: revokes its token, and deletes it from this machine even if that fails. */
export async function signOut(name: string, options: SignOutOptions, connections: Connections): Promise<SignedOut> {
  const profile = (await connections.profiles.read()).profiles[name]
  if (profile === undefined) return { profile: name, signIn: undefined, ...nothing }
  const { signIn, pending } = profile
  const end = (one: SignIn) => endSession(one, { ...options, profile: name }, connections)
  // A challenge of the same client is in the record of the sign-in.
  const isSeparate = pending !== undefined && !(signIn !== undefined && isSameRecord(pending, signIn))
  const challenge = isSeparate ? await end(pending) : nothing
  const result = signIn === undefined ? challenge : await end(signIn)
  await connections.profiles.changeProfile(name, () => undefined)
  for (const one of [pending, signIn]) if (one !== undefined) await removeUnusedClient(one, connections)
  return { profile: name, signIn: signIn ?? pending, ...result }
}

/** Deletes a sign-in that its profile no longer uses. Sends nothing. */
export async function deleteSignIn(signIn: SignIn, profile: string, connections: Connections): Promise<void> {
  await endSession(signIn, { profile, revoke: false }, connections)
  await removeUnusedClient(signIn, connections)
}

async function endSession(
  signIn: SignIn,
  { profile, revoke }: SignOutOptions & { readonly profile: string },
  connections: Connections,
): Promise<EndedSession> {
  const usedBy = findOtherUser(await connections.profiles.read(), signIn, profile)
  if (usedBy !== undefined) return { ...nothing, accessToken: 'still_valid', usedBy }
  const store = await connections.stores.get(signIn.store)
  const readError = await loadToken(signIn, { profile, store }).then(() => undefined, toReadError)
  // Revoking needs the token only: the client's secret may be lost.
  const client = createClient(signIn.client, 'unused')
  const session = createSignInSession(signIn, { profile, client, store })
  const result = await session.logout({ revoke })
  if (readError !== undefined && revoke !== false) {
    return { ...nothing, accessToken: 'still_valid', error: readError }
  }
  return result
}

function toReadError(thrown: unknown): GrantsError {
  if (isGrantsError(thrown, 'store_damaged', 'invalid_state')) return thrown
  throw thrown
}

/** Profiles of the same product client and customer share a session. */
function findOtherUser({ profiles }: Profiles, signIn: SignIn, except: string): string | undefined {
  const entries = Object.entries(profiles).filter(([name]) => name !== except)
  return entries.find(([, { signIn: used, pending }]) =>
    [used, pending].some((one) => one !== undefined && isSameRecord(one, signIn)),
  )?.[0]
}

/** Removes the client's secret with the last profile that uses it. */
async function removeUnusedClient(signIn: SignIn, connections: Connections): Promise<void> {
  const { baseUrl, client, store } = signIn
  const { profiles } = await connections.profiles.read()
  const isUsed = Object.values(profiles)
    .flatMap((profile) => [profile.signIn, profile.pending])
    .some((one) => one?.baseUrl === baseUrl && one.client.id === client.id && one.store === store)
  if (!isUsed) await removeClientSecret(signIn, await connections.stores.get(store))
}
