import {
  isGood,
  parseState,
  renewalDueAt,
  renewalOf,
  type State,
  type Tokens,
  tokensOf,
} from '@particle-grants/core'
import type { Connection } from '../connection/connection.ts'

/** A token that may be used, and what is told of it. */
export interface FreshToken {
  readonly accessToken: string
  readonly tokens: Tokens
}

/** The stored token, where it is good and not about to be renewed. Nothing is sent, and nobody is waited for. */
export async function tokenAtHand(
  connection: Connection,
  now: number = Date.now(),
): Promise<FreshToken | undefined> {
  const state = (await storedState(connection)) ?? (await connection.session.restore())
  const tokens = tokensOf(state)
  if (tokens === undefined || !isGood(tokens, now) || isDue(state, tokens, now)) return undefined
  return { accessToken: tokens.accessToken.reveal(), tokens }
}

/** A good token: the stored one, or a renewed one, for which is waited. Rejects with what signing in would need. */
export async function freshToken(connection: Connection): Promise<FreshToken> {
  const found = await tokenAtHand(connection)
  if (found !== undefined) return found
  const { session } = connection
  const before = await session.accessToken()
  // In its last minutes the old one was given, and its renewal began: here it is waited for.
  await session.settled()
  const tokens = tokensOf(session.state)
  if (tokens === undefined) throw new Error('a session with a token has no tokens')
  return { accessToken: session.peekToken() ?? before, tokens }
}

/** What the store has, read without a lock: a record is replaced whole. Nothing where its key is not known. */
export async function storedState({ store, signIn, baseUrl }: Connection): Promise<State | undefined> {
  if (store === undefined || signIn?.key === undefined) return undefined
  const record = await store.load(signIn.key)
  if (record === undefined) return undefined
  const state = parseState(record.value)
  const { identity } = state
  const isThis =
    identity.baseUrl === baseUrl &&
    identity.clientId === signIn.client.id &&
    identity.subject === signIn.subject
  return isThis ? state : undefined
}

function isDue(state: State, tokens: Tokens, now: number): boolean {
  return renewalOf(state.identity.clientKind, tokens).by !== 'nothing' && now >= renewalDueAt(tokens)
}
