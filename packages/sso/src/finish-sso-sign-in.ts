import { account, type OAuthClient, type SignedIn, type SignInSession } from '@particle-grants/core'
import {
  invalidArgument,
  isInvalidTokenError,
  parseJsonObject,
  particleUrl,
  type Secret,
  sendRequest,
} from '@particle-grants/core/protocol'
import { pollForToken } from './poll-for-token.ts'
import { type Provider, particleIssuer } from './provider.ts'
import { type Attempt, getAttempt, type StartedSsoSignIn } from './start-sso-sign-in.ts'
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
    const jwt = await pollUntilUsed(attempt, signal)
    // 4. Verify the token. Only the account and Particle's own token remain of it.
    const { username, accessToken } = await verifyToken(provider, jwt, signal)
    // 5. Sign the session in. A session of another account rejects the token.
    const expiresAt = await requestExpiry(provider, { baseUrl: session.baseUrl, accessToken, signal })
    return await session.setToken({ accessToken, expiresAt, subject: account(username) }, { signal })
  } finally {
    attempt.isPolling = false
  }
}

/** Whatever ends the polling also ends the device code, except an abort. */
async function pollUntilUsed(attempt: Attempt, signal: AbortSignal | undefined): Promise<Secret> {
  try {
    return await pollForToken(attempt, signal)
  } finally {
    attempt.isUsed = signal?.aborted !== true
  }
}

/** A production token must not reach another server, and no other issuer may decide who signs in to production. */
function assertSession(session: SsoSession, { issuer, allowCustomIssuer }: Provider): void {
  if (typeof session?.setToken !== 'function' || session.kind === 'product') {
    throw invalidArgument('session', 'must be the session of a developer client or of a user client')
  }
  const isProduction = session.baseUrl === particleUrl
  if (issuer === particleIssuer && !isProduction) {
    throw invalidArgument('session', `must have the base URL ${particleUrl}: the issuer ${issuer} is for no other`)
  }
  if (issuer !== particleIssuer && isProduction && !allowCustomIssuer) {
    throw invalidArgument('issuer', `${issuer} is not Particle's: set allowCustomIssuer to use it with ${particleUrl}`)
  }
}

/** Returns the expiry that the API names, or `null` if it is not known: the session finds out when the API rejects the token. */
async function requestExpiry(
  { fetch, timeoutMs, clock }: Provider,
  { baseUrl, accessToken, signal }: { baseUrl: string; accessToken: Secret; signal: AbortSignal | undefined },
): Promise<number | null> {
  const headers = { authorization: `Bearer ${accessToken.reveal()}`, accept: 'application/json' }
  const init = { method: 'GET', headers, signal }
  const http = await sendRequest({ fetch, baseUrl, timeoutMs }, '/v1/access_tokens/current', init).catch(
    () => undefined,
  )
  signal?.throwIfAborted()
  if (http?.status === 401 && isInvalidTokenError(http.body)) throw createInvalidToken('rejected', 'particle_profile')
  const json = parseJsonObject(http?.status === 200 ? http.body : '')
  const time =
    typeof json === 'object' && typeof json.expires_at === 'string' ? Date.parse(json.expires_at) : Number.NaN
  if (time <= clock.now()) throw createInvalidToken('rejected', 'particle_profile')
  return Number.isNaN(time) ? null : time
}
