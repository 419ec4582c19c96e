import { GrantsError, particleUrl, tokensOf } from '@particle-grants/core'
import type { Connections } from '../connection/connection.ts'
import type { SignIn } from '../connection/profile.ts'
import { type Source, signInOf } from '../connection/source.ts'
import { askApi, refusedCall } from '../network/api-call.ts'
import { storedState } from '../token/stored-token.ts'
import type { Standing } from './status.ts'

/** Looks up where things stand: without a request, unless Particle is to be asked. */
export async function lookUp(
  source: Source,
  connections: Connections,
  { check }: { readonly check: boolean },
): Promise<Standing> {
  const signIn = source.from === 'profile' ? signInOf(source) : undefined
  if (source.from === 'profile' && signIn === undefined) {
    return { source, baseUrl: source.baseUrl ?? particleUrl, signIn, state: undefined }
  }
  const { session, store, baseUrl } = await connections.open(source)
  // What the clock ended is in the store still, and gone from the session's state.
  const stored = signIn && store && (await storedState(signIn, store))
  const state = await session.restore()
  const endedAt = tokensOf(state) === undefined ? stored && tokensOf(stored)?.expiresAt : undefined
  const waiting = await waitingOf(source, connections)
  const standing = { source, baseUrl, signIn, state, endedAt, waiting }
  return check ? { ...standing, ...(await checked(standing, session)) } : standing
}

/** The sign-in of a profile that waits for its code, while its challenge lasts. */
async function waitingOf(source: Source, connections: Connections): Promise<SignIn | undefined> {
  const pending = source.from === 'profile' ? source.profile?.pending : undefined
  if (source.from !== 'profile' || pending === undefined) return undefined
  try {
    const { session } = await connections.openSignIn(pending, source.name)
    return (await session.restore()).status === 'mfa_required' ? pending : undefined
  } catch {
    // What can't be read can't be answered.
    return undefined
  }
}

async function checked(
  standing: Standing,
  session: Parameters<typeof askApi>[0],
): Promise<Partial<Standing>> {
  if (standing.state?.status === 'signed_out') return {}
  try {
    const answer = await askApi(session, '/v1/access_tokens/current')
    if (answer.status === 200) return { check: 'good' }
    if (answer.status === 401) return { check: 'refused' }
    throw refusedCall(answer, 'Asking about the token')
  } catch (thrown) {
    // The session found it dead: that is what was asked.
    if (GrantsError.isInstance(thrown) && thrown.code === 'reauthentication_required')
      return { check: 'refused' }
    if (GrantsError.isInstance(thrown) && thrown.code === 'mfa_required') return {}
    throw thrown
  }
}
