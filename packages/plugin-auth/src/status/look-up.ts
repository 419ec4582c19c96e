import { GrantsError } from '@particle-grants/core'
import { isChallengeOpen } from '@particle-grants/core/machine'
import { particleUrl } from '@particle-grants/core/protocol'
import type { Connections } from '../connection/connection.ts'
import type { SignIn } from '../connection/profile.ts'
import { type Source, signInOf } from '../connection/source.ts'
import { callApi, toApiError } from '../network/api-call.ts'
import { loadState } from '../token/stored-state.ts'
import { formatStatus, type Status } from './status.ts'

/** Looks up the status of a source: without a request, unless `check` is true. */
export async function lookUp(
  source: Source,
  connections: Connections,
  { check }: { readonly check: boolean },
): Promise<Status> {
  const status = await lookUpOffline(source, connections)
  if (!check || ['not_signed_in', 'mfa_required'].includes(formatStatus(status))) return status
  const { session } = await connections.open(source)
  const checked = await checkToken(session)
  await session.idle()
  return { ...status, check: checked }
}

async function lookUpOffline(source: Source, connections: Connections): Promise<Status> {
  if (source.from === 'environment') return { source, baseUrl: source.baseUrl, signIn: undefined }
  const signIn = signInOf(source)
  if (signIn === undefined) return { source, baseUrl: source.baseUrl ?? particleUrl, signIn }
  const store = await connections.stores.get(signIn.store)
  const state = await loadState(signIn, { profile: source.name, store })
  const pending = source.profile?.pending
  const isWaiting = pending !== undefined && (await isOpen(pending, source.name, connections))
  return { source, baseUrl: signIn.baseUrl, signIn, state, waiting: isWaiting ? pending : undefined }
}

/** Whether the challenge of a sign-in can still be answered. One that can't be read can't be answered. */
async function isOpen(pending: SignIn, profile: string, connections: Connections): Promise<boolean> {
  try {
    const state = await loadState(pending, { profile, store: await connections.stores.get(pending.store) })
    return state?.status === 'mfa_required' && isChallengeOpen(state, Date.now())
  } catch {
    return false
  }
}

async function checkToken(session: Parameters<typeof callApi>[0]): Promise<'valid' | 'rejected'> {
  try {
    const response = await callApi(session, '/v1/access_tokens/current')
    if (response.status === 200) return 'valid'
    if (response.status === 401) return 'rejected'
    throw toApiError(response, 'Asking about the token')
  } catch (thrown) {
    // The session found out that the token is invalid, which was the question.
    if (GrantsError.isInstance(thrown) && thrown.code === 'reauthentication_required') return 'rejected'
    throw thrown
  }
}
