import type { CallOptions } from '@particle-grants/core'
import { type ApiSession, callApi } from './call-api.ts'

/** What the API says about an access token. */
export interface TokenInfo {
  readonly clientId: string | undefined
  /** Milliseconds since 1970; `null`: it never expires. */
  readonly expiresAt: number | null
  readonly scopes: readonly string[]
}

const allowedToken = 'a valid token; whether an API user may make this call is not known'

/** Returns the client, the expiry and the scopes of the session's access token. */
export async function getTokenInfo(session: ApiSession, { signal }: CallOptions = {}): Promise<TokenInfo> {
  const info = await callApi(session, { method: 'GET', path: '/v1/access_tokens/current', allowedToken, signal })
  const clientId = info.client_id ?? info.client
  const expiresAt = typeof info.expires_at === 'string' ? Date.parse(info.expires_at) : Number.NaN
  return {
    clientId: typeof clientId === 'string' ? clientId : undefined,
    expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
    scopes: Array.isArray(info.scopes) ? info.scopes.map(String) : [],
  }
}

/**
 * Revokes the session's access token. The session is not signed out: its next call finds that the token is invalid, and
 * requests another one where it can. To sign out as well, call `session.logout()` instead.
 */
export async function revokeToken(session: ApiSession, { signal }: CallOptions = {}): Promise<void> {
  await callApi(session, { method: 'DELETE', path: '/v1/access_tokens/current', allowedToken, signal })
}

/** Revokes every access token of the session's account, also those of other programs. Refresh tokens may remain valid. */
export async function revokeAllTokens(session: ApiSession, { signal }: CallOptions = {}): Promise<void> {
  const ofAccount = 'a token of the account: API users may not make this call'
  await callApi(session, { method: 'DELETE', path: '/v1/access_tokens', allowedToken: ofAccount, signal })
}
