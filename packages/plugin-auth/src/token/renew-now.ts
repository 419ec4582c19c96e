import type { ProductSession } from '@particle-grants/core'
import type { MachineTokens } from '@particle-grants/core/machine'
import type { Connection } from '../connection/connection.ts'
import { loadState } from './stored-state.ts'
import { getTokenFacts } from './token-facts.ts'

/** Renews the token of any session; rejects with `not_renewable`, and why, where that is not possible. */
export async function renewNow({ session, source, signIn, store }: Connection): Promise<MachineTokens> {
  await session.load()
  // Only the types keep a developer's session from it. Its own error says best why.
  await (session as ProductSession).getAccessToken({ forceRefresh: true })
  await session.idle()
  const state =
    source.from === 'profile' && signIn && store && (await loadState(signIn, { profile: source.name, store }))
  const facts = state ? getTokenFacts(state) : undefined
  if (facts === undefined) throw new Error('The token was renewed, but its record is missing.')
  return facts.tokens
}
