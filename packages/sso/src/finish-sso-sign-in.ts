import type { OAuthClient, SignedIn, SignInSession } from '@particle-grants/core'
import type { JsonObject, Secret } from '@particle-grants/core/protocol'
import { invalidArgument, isInvalidTokenError, parseJsonObject, particleUrl } from '@particle-grants/core/protocol'
import { pollForToken } from './poll-for-token.ts'
import { type Provider, particleIssuer, request } from './provider.ts'
import { getAttempt, type StartedSsoSignIn } from './start-sso-sign-in.ts'
import { createInvalidToken, verifyToken } from './verify-token.ts'

/** A session of an account: of a developer client or of a user client. */
export type SsoSession = Pick<SignInSession, 'baseUrl' | 'load' | 'setToken'> & { readonly kind: OAuthClient['kind'] }

/**
 * Waits until the person has signed in, and signs the session in. What could fail later because of the session is checked
 * first. The session's token is external: it cannot be renewed, and `logout()` revokes it only with `revoke: true`.
 *
 * @throws GrantsError `sso_denied`, `sso_expired`, `sso_invalid_token`, `subject_mismatch`, `invalid_argument`, …. The
 *   signal's reason; then it can be called again with the same `started`.
 */
export async function finishSsoSignIn(
  session: SsoSession,
  started: StartedSsoSignIn,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<SignedIn> {
  const attempt = getAttempt(started)
  const { provider } = attempt
  assertSession(session, provider)
  attempt.isPolling = true
  try {
    // An unusable store is found before the person signs in.
    await session.load()
    // 3. The person signs in while this polls (https://www.rfc-editor.org/rfc/rfc8628#section-3.3).
    attempt.isUsed = true
    const jwt = await pollForToken(attempt, signal).catch((error: unknown) => {
      attempt.isUsed = signal?.aborted !== true
      throw error
    })
    // 4. Verify the token. Only the account and Particle's own token remain of it.
    const { subject, accessToken } = await verifyToken(provider, jwt, signal)
    // 5. Sign the session in. A session of another account rejects the token.
    const expiresAt = await requestExpiry({ ...provider, baseUrl: session.baseUrl }, accessToken, signal)
    return await session.setToken({ accessToken, expiresAt, subject }, { signal })
  } finally {
    attempt.isPolling = false
  }
}

/** A production token must not reach another server, and no other issuer may decide who signs in to production. */
function assertSession(session: SsoSession, { issuer, baseUrl, allowCustomIssuer }: Provider): void {
  if (typeof session?.setToken !== 'function' || session.kind === 'product') {
    throw invalidArgument('session', 'must be the session of a developer client or of a user client')
  }
  if (isSameOrigin(baseUrl, particleIssuer) && session.baseUrl !== particleUrl) {
    throw invalidArgument('session', `must have the base URL ${particleUrl}: the issuer ${issuer} is for no other`)
  }
  if (issuer !== particleIssuer && isSameOrigin(session.baseUrl, particleUrl) && !allowCustomIssuer) {
    throw invalidArgument('issuer', `${issuer} is not Particle's: set allowCustomIssuer to use it with ${particleUrl}`)
  }
}

function isSameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin
}

/** Returns the expiry that the API names, or `null` if it is not known: the session finds out when the API rejects the token. */
async function requestExpiry(
  api: Provider,
  accessToken: Secret,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const headers = { authorization: `Bearer ${accessToken.reveal()}` }
  const http = await request(api, '/v1/access_tokens/current', { headers, signal }).catch(() => undefined)
  signal?.throwIfAborted()
  const json = parseJsonObject(http?.status === 200 ? http.body : '{}') as JsonObject
  const time = typeof json.expires_at === 'string' ? Date.parse(json.expires_at) : Number.NaN
  const isRejected = http?.status === 401 && isInvalidTokenError(http.body)
  if (isRejected || time <= api.clock.now()) throw createInvalidToken('rejected', 'particle_profile')
  return Number.isNaN(time) ? null : time
}
