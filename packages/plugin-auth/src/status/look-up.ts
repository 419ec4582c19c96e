import { GrantsError, particleUrl } from '@particle-grants/core'
import { type Connections, signInOf } from '../connection/connection.ts'
import type { Source } from '../connection/source.ts'
import { askApi, refusedCall } from '../network/api-call.ts'
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
  const { session, baseUrl } = await connections.open(source)
  const state = await session.restore()
  const standing = { source, baseUrl, signIn, state }
  return check ? { ...standing, ...(await checked(standing, session)) } : standing
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
