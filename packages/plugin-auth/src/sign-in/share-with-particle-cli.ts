import type { Secret } from '@particle-grants/core'
import type { MachineTokens } from '@particle-grants/core/machine'
import type { SignIn } from '../connection/profile.ts'
import { nameOf } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'

/** Writes a token to the profile of particle-cli as well. Returns the path of its profile. */
export async function shareWithParticleCli(
  signIn: SignIn,
  { accessToken, expiresAt }: MachineTokens,
): Promise<string> {
  const { particleCliProfile } = await import('@particle-grants/store-file/particle-cli')
  const profile = particleCliProfile()
  const username = nameOf(signIn)
  try {
    await profile.write({
      accessToken,
      // Core's store refuses what never expires, which is what this stands for.
      expiresAt: expiresAt ?? Number.POSITIVE_INFINITY,
      clientKind: signIn.client.kind,
      apiUrl: signIn.baseUrl,
      ...(username === null ? {} : { username }),
    })
  } catch (thrown) {
    throw new CliError('not_as_asked', {
      what: `Signed in, but particle-cli could not be given the token: ${thrown instanceof Error ? thrown.message : 'it failed'}`,
      remedy: 'The sign-in itself is stored, and good.',
      cause: thrown,
    })
  }
  return profile.path()
}

/** The token that particle-cli is signed in with, and where it sends it. Throws `usage` where it has none. */
export async function tokenOfParticleCli(): Promise<{
  readonly accessToken: Secret
  readonly baseUrl: string
}> {
  const { particleCliProfile } = await import('@particle-grants/store-file/particle-cli')
  const profile = particleCliProfile()
  const signIn = await profile.read()
  if (signIn !== undefined) return { accessToken: signIn.accessToken, baseUrl: signIn.apiUrl }
  throw new CliError('usage', {
    what: `particle-cli is not signed in (${await profile.path()}).`,
    remedy: 'Sign in there, with particle login, or here without --from-particle-cli.',
  })
}
