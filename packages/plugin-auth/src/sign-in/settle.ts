import type { Connections } from '../connection/connection.ts'
import { isSameSession, type Profile, type SignIn } from '../connection/profile.ts'
import { withActive } from '../connection/profile-book.ts'
import type { SignInUnderWay } from './sign-in-under-way.ts'

/** What a new sign-in takes the place of. */
export interface Replaced {
  readonly signIn: SignIn | undefined
  /** What waited for a code that is not wanted any more. */
  readonly pending: SignIn | undefined
}

/** Stores a finished sign-in as a profile's, and makes that the active one. Gives what it takes the place of. */
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
  const other = (given: SignIn | undefined) =>
    given !== undefined && !isSameSession(given, signIn) ? given : undefined
  return { signIn: other(replaced.signIn), pending: other(replaced.pending) }
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

/** Keeps which codes were refused, beside the challenge that waits: the next call is not to send them again. */
export async function keepRefused(
  refused: readonly string[],
  profile: string,
  connections: Connections,
): Promise<void> {
  await connections.book.change((before) => {
    const found = before.profiles[profile]
    if (found?.pending === undefined) return before
    const changed = { ...found, pending: { ...found.pending, refused } }
    return { ...before, profiles: { ...before.profiles, [profile]: changed } }
  })
}

/** Drops what waited for a code. */
export async function dropPending(profile: string, connections: Connections): Promise<void> {
  await connections.book.changeProfile(profile, ({ pending: _, ...rest }) =>
    rest.signIn === undefined ? undefined : rest,
  )
}
