import { tokensOf } from '@particle-grants/core'
import type { Connection } from '../connection/connection.ts'
import { type FreshToken, storedState, tokenAtHand } from './stored-token.ts'

/** A good token: the stored one, or a renewed one, for which is waited. Rejects with what signing in would need. */
export async function freshToken(connection: Connection): Promise<FreshToken> {
  const { session, signIn, store } = connection
  const stored = signIn && store && (await storedState(signIn, store))
  const found = tokenAtHand(stored ?? (await session.restore()))
  if (found !== undefined) return found
  const before = await session.accessToken()
  // In its last minutes the old one was given, and its renewal began: here it is waited for.
  await session.settled()
  const tokens = tokensOf(session.state)
  if (tokens === undefined) throw new Error('a session with a token has no tokens')
  return { accessToken: session.peekToken() ?? before, tokens }
}
