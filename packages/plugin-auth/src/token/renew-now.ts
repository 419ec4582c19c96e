import type { AuthorizingSession, SignedIn } from '@particle-grants/core'
import type { AnySession } from '../connection/connection.ts'

/** Renews the token of any session; rejects with `not_renewable`, and why, where nobody can. */
export async function renewNow(session: AnySession): Promise<SignedIn> {
  const state = await session.restore()
  if (state.status !== 'signed_in') await session.accessToken()
  // Only types keep a developer's session from it: its own refusal says best why.
  return (session as AnySession & AuthorizingSession).renew()
}
