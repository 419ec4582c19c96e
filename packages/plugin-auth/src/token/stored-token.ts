import {
  isGood,
  parseState,
  renewalDueAt,
  renewalOf,
  type State,
  type Store,
  type Tokens,
  tokensOf,
} from '@particle-grants/core'
import type { SignIn } from '../connection/profile.ts'

/** A token that may be used, and what is told of it. */
export interface FreshToken {
  readonly accessToken: string
  readonly tokens: Tokens
}

/** What the store has, read without a lock: a record is replaced whole. Nothing where its key is not known. */
export async function storedState(signIn: SignIn, store: Store): Promise<State | undefined> {
  if (signIn.key === undefined) return undefined
  const record = await store.load(signIn.key)
  if (record === undefined) return undefined
  const state = parseState(record.value)
  const { identity } = state
  const isThis =
    identity.baseUrl === signIn.baseUrl &&
    identity.clientId === signIn.client.id &&
    identity.subject === signIn.subject
  return isThis ? state : undefined
}

/** The token of a state, where it is good and not about to be renewed. Nothing is sent, and nobody is waited for. */
export function tokenAtHand(state: State, now: number = Date.now()): FreshToken | undefined {
  const tokens = tokensOf(state)
  if (tokens === undefined || !isGood(tokens, now) || isDue(state, tokens, now)) return undefined
  return { accessToken: tokens.accessToken.reveal(), tokens }
}

function isDue(state: State, tokens: Tokens, now: number): boolean {
  return renewalOf(state.identity.clientKind, tokens).by !== 'nothing' && now >= renewalDueAt(tokens)
}
