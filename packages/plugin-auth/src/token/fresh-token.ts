import type { Connection } from '../connection/connection.ts'
import { loadState } from './stored-state.ts'
import { findFreshToken, getTokenFacts } from './token-facts.ts'

/** A valid token, and when it expires: milliseconds since 1970; `null`: never, or not known. */
export interface FreshToken {
  readonly accessToken: string
  readonly expiresAt: number | null
}

/** Returns the stored token, or waits for a renewed one. Rejects with what signing in would need. */
export async function getFreshToken({ session, source, signIn, store }: Connection): Promise<FreshToken> {
  if (source.from === 'environment' || signIn === undefined || store === undefined) {
    return { accessToken: await session.getAccessToken(), expiresAt: null }
  }
  const place = { profile: source.name, store }
  const stored = await loadState(signIn, place)
  const found = stored && findFreshToken(stored)
  if (found !== undefined) return { accessToken: found, expiresAt: getExpiry(stored) }
  const before = await session.getAccessToken()
  // Shortly before expiry that is still the old token: wait for the renewal, too.
  await session.idle()
  return {
    accessToken: session.peekAccessToken() ?? before,
    expiresAt: getExpiry(await loadState(signIn, place)),
  }
}

function getExpiry(state: Awaited<ReturnType<typeof loadState>>): number | null {
  return (state && getTokenFacts(state)?.tokens.expiresAt) ?? null
}
