import { account, developerClient, type LogoutResult, memoryStore, type Secret } from '@particle-grants/core'
import { loadToken, removeRecord, type SignIn } from '@particle-grants/node/profiles'
import { type Connections, createClient, removeClientSecret } from '@particle-grants/node/sessions'
import { isGrantsError } from '../errors/cli-error.ts'

/** The result of signing a profile out. */
export interface SignedOut extends LogoutResult {
  readonly profile: string
  readonly signIn: SignIn | undefined
}

/**
 * Signs a profile out: revokes its token, and deletes it from this machine even if that fails.
 *
 * @param revoke - `undefined`: revoke the tokens that this program requested
 */
export async function signOut(
  profile: string,
  revoke: boolean | undefined,
  connections: Connections,
): Promise<SignedOut> {
  const { signIn, pending } = (await connections.profiles.read()).profiles[profile] ?? {}
  let result: LogoutResult = { accessToken: 'none', refreshToken: 'none' }
  // A challenge of the same client is in the record of the sign-in.
  const isShared = pending?.key === signIn?.key && pending?.store === signIn?.store
  const records = [isShared ? undefined : pending, signIn].filter((one) => one !== undefined)
  for (const one of records) {
    const store = await connections.stores.get(one.store)
    const loaded: unknown = await loadToken(one, { profile, store }).catch((thrown: unknown) => thrown)
    const isUnreadable = isGrantsError(loaded, 'store_damaged', 'invalid_state')
    if (loaded instanceof Error && !isUnreadable) throw loaded
    // Revoking needs the token only: the client's secret may be lost.
    const session = connections.createSignInSession(one, { profile, client: createClient(one.client, 'unused'), store })
    result = await session.logout({ revoke: revoke ?? one.isSso })
    if (isUnreadable && revoke !== false) result = { ...result, accessToken: 'still_valid', error: loaded }
  }
  if (records.length > 0) await connections.profiles.changeProfile(profile, () => undefined)
  for (const one of records) await deleteSignIn(one, connections)
  return { profile, signIn: signIn ?? pending, ...result }
}

/** Revokes a token that is in no store any more. Returns whether Particle confirmed it. */
export async function revokeToken(accessToken: Secret, baseUrl: string, connections: Connections): Promise<boolean> {
  const place = { profile: 'replaced', client: developerClient('particle'), store: memoryStore() }
  const session = connections.createSignInSession({ baseUrl, subject: 'account:replaced' }, place)
  await session.setToken({ accessToken, expiresAt: undefined, subject: account('replaced') })
  return (await session.logout({ revoke: true })).accessToken === 'revoked'
}

/** Deletes a sign-in that its profile no longer uses, and the client's secret with the last profile that uses it. */
export async function deleteSignIn(signIn: SignIn, { profiles, stores }: Connections): Promise<void> {
  const { baseUrl, client, store: name, key } = signIn
  const store = await stores.get(name)
  await removeRecord(store, key)
  const others = Object.values((await profiles.read()).profiles).flatMap((one) => [one.signIn, one.pending])
  const isUsed = others.some((one) => one?.baseUrl === baseUrl && one.client.id === client.id && one.store === name)
  if (!isUsed) await removeClientSecret(signIn, store)
}
