import type { Connections } from '../connection/connection.ts'
import type { Profile, Profiles, SignIn } from '../connection/profile.ts'
import { withActive } from '../connection/profile-book.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What a new sign-in takes the place of. */
export interface Replaced {
  readonly signIn: SignIn | undefined
  /** What waited for a code that is not wanted any more. */
  readonly pending: SignIn | undefined
}

/** Stores a finished sign-in as a profile's, and makes that the active one. Gives what it takes the place of, where nobody uses that any more. */
export async function settleSignIn(
  underWay: SignInUnderWay,
  { profile, particleCli }: { readonly profile: string; readonly particleCli: boolean },
  connections: Connections,
): Promise<Replaced> {
  await underWay.keep()
  const signIn: SignIn = particleCli ? { ...underWay.signIn, particleCli: true } : underWay.signIn
  let replaced: Profile = {}
  await connections.book.change((before) => {
    const profiles = { ...before.profiles, [profile]: { signIn } }
    replaced = before.profiles[profile] ?? {}
    return withActive({ profiles }, profile)
  })
  const profiles = await connections.book.read()
  const unused = (given: SignIn | undefined) =>
    given !== undefined && !isUsed(given, profiles) ? given : undefined
  return { signIn: unused(replaced.signIn), pending: unused(replaced.pending) }
}

/** Stores a challenge, for the next call to answer. What the profile is signed in with stays. */
export async function holdChallenge(
  underWay: SignInUnderWay,
  profile: string,
  connections: Connections,
): Promise<void> {
  await underWay.keep()
  const pending = underWay.signIn
  await connections.book.changeProfile(profile, (before) => ({ ...before, pending }))
}

/** Drops what waited for a code. */
export async function dropPending(profile: string, connections: Connections): Promise<void> {
  await connections.book.changeProfile(profile, ({ pending: _, ...rest }) =>
    rest.signIn === undefined ? undefined : rest,
  )
}

/** Whether two sign-ins are one session: the same base URL, client, subject and store. */
function isSame(one: SignIn, other: SignIn): boolean {
  const key = ({ baseUrl, client, subject, store }: SignIn) =>
    JSON.stringify([baseUrl, client.id, subject, store])
  return key(one) === key(other)
}

function isUsed(signIn: SignIn, { profiles }: Profiles): boolean {
  return Object.values(profiles).some(
    (profile) => profile.signIn !== undefined && isSame(profile.signIn, signIn),
  )
}
