import type { Connections } from '../connection/connection.ts'
import type { Profile, SignIn } from '../connection/profile.ts'
import { withActive } from '../connection/profile-book.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** Stores a finished sign-in as a profile's, and makes that the active one. Returns what the profile was before. */
export async function settleSignIn(
  underWay: SignInUnderWay,
  { profile, particleCli }: { readonly profile: string; readonly particleCli: boolean },
  connections: Connections,
): Promise<Profile> {
  await underWay.keep()
  const signIn: SignIn = particleCli ? { ...underWay.signIn, particleCli: true } : underWay.signIn
  let replaced: Profile = {}
  await connections.book.change((before) => {
    const profiles = { ...before.profiles, [profile]: { signIn } }
    replaced = before.profiles[profile] ?? {}
    return withActive({ profiles }, profile)
  })
  return replaced
}

/** Stores a challenge, for the next call to answer. What the profile is signed in with stays. */
export async function saveChallenge(
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
