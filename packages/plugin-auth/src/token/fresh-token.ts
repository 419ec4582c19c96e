import { isGood, renewalDueAt, renewalOf, type State, type Tokens, tokensOf } from '@particle-grants/core'
import type { AnySession } from '../connection/connection.ts'

/** A token that may be used, and what is told of it. */
export interface FreshToken {
  readonly accessToken: string
  readonly tokens: Tokens
  readonly state: State
}

/** The stored token, where it is good and not about to be renewed. Nothing is sent. */
export async function tokenAtHand(
  session: AnySession,
  now: number = Date.now(),
): Promise<FreshToken | undefined> {
  const state = await session.restore()
  const tokens = tokensOf(state)
  if (tokens === undefined || !isGood(tokens, now) || isDue(state, tokens, now)) return undefined
  return { accessToken: tokens.accessToken.reveal(), tokens, state }
}

/** A good token: the stored one, or a renewed one, for which is waited. Rejects with what signing in would need. */
export async function freshToken(session: AnySession): Promise<FreshToken> {
  const found = await tokenAtHand(session)
  if (found !== undefined) return found
  const before = await session.accessToken()
  // In its last minutes the old one was given, and its renewal began: here it is waited for.
  await session.settled()
  const accessToken = session.peekToken() ?? before
  const { state } = session
  const tokens = tokensOf(state)
  if (tokens === undefined) throw new Error('a session with a token has no tokens')
  return { accessToken, tokens, state }
}

function isDue(state: State, tokens: Tokens, now: number): boolean {
  return renewalOf(state.identity.clientKind, tokens).by !== 'nothing' && now >= renewalDueAt(tokens)
}
