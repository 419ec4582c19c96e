import type { Connections } from '../connection/connection.ts'
import type { Profiles, SignIn } from '../connection/profile.ts'
import { withActive } from '../connection/profile-book.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** Stores a finished sign-in as a profile's, and makes that the active one. Gives the sign-in that it takes the place of. */
export async function settleSignIn(
  underWay: SignInUnderWay,
  { profile, particleCli }: { readonly profile: string; readonly particleCli: boolean },
  connections: Connections,
): Promise<SignIn | undefined> {
  await underWay.keep()
  const signIn: SignIn = particleCli ? { ...underWay.signIn, particleCli: true } : underWay.signIn
  let replaced: SignIn | undefined
  await connections.book.change((before) => {
    const profiles = { ...before.profiles, [profile]: { signIn } }
    replaced = before.profiles[profile]?.signIn
    return withActive({ profiles }, profile)
  })
  return replaced !== undefined && !isUsed(replaced, await connections.book.read()) ? replaced : undefined
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
