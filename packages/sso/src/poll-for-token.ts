import {
  createRedactor,
  GrantsError,
  parseTokenResponse,
  readTiming,
  type Secret,
  sleep,
  toNetworkError,
} from '@particle-grants/core/protocol'
import { deviceCodeGrant, postForm, toResponseError } from './provider.ts'
import type { Attempt } from './start-sso-sign-in.ts'

/** What RFC 8628 adds to the interval at each `slow_down`. */
const slowDownMs = 5000

/** A back-off grows to this, unless the interval is longer already. */
const maxBackoffMs = 60_000

type PollResult =
  | { readonly type: 'token'; readonly jwt: Secret }
  | { readonly type: 'pending' | 'slow_down' }
  | { readonly type: 'failed'; readonly error: GrantsError; readonly retryAfterMs: number }

/**
 * Polls until there is a token (https://www.rfc-editor.org/rfc/rfc8628#section-3.5). Waits the interval before each request,
 * also before the first one and after an abort, so that no request is early.
 *
 * @throws GrantsError `sso_denied`, `sso_expired`, `unexpected_response`. The signal's reason.
 */
export async function pollForToken(attempt: Attempt, signal: AbortSignal | undefined): Promise<Secret> {
  let failures = 0
  let delayMs = attempt.intervalMs
  let lastFailure: GrantsError | undefined
  for (;;) {
    await waitForNextPoll(attempt, { delayMs, signal, lastFailure })
    const result = await poll(attempt, signal)
    if (result.type === 'token') return result.jwt
    if (result.type === 'failed') {
      // A time-out must lead to fewer requests: twice the time at each failure.
      failures += 1
      lastFailure = result.error
      const backoffMs = Math.min(attempt.intervalMs * 2 ** failures, Math.max(maxBackoffMs, attempt.intervalMs))
      delayMs = Math.max(backoffMs, result.retryAfterMs)
    } else {
      if (result.type === 'slow_down') attempt.intervalMs += slowDownMs
      failures = 0
      lastFailure = undefined
      delayMs = attempt.intervalMs
    }
  }
}

/** Rejects at once if the code would have expired by then: no request could use it. */
async function waitForNextPoll(
  { provider: { clock }, expiresAt }: Attempt,
  wait: { delayMs: number; signal: AbortSignal | undefined; lastFailure: GrantsError | undefined },
): Promise<void> {
  const { delayMs, signal, lastFailure } = wait
  signal?.throwIfAborted()
  if (clock.now() + delayMs >= expiresAt) throw createExpired(expiresAt, lastFailure)
  await sleep(clock, delayMs, signal)
  signal?.throwIfAborted()
  // The machine may have been suspended.
  if (clock.now() >= expiresAt) throw createExpired(expiresAt, lastFailure)
}

/** Sends one request (https://www.rfc-editor.org/rfc/rfc8628#section-3.4). Rejects if its response ends the sign-in. */
async function poll(attempt: Attempt, signal: AbortSignal | undefined): Promise<PollResult> {
  const { provider, deviceCode, expiresAt } = attempt
  const secrets = [deviceCode]
  const form = { grant_type: deviceCodeGrant, device_code: deviceCode.reveal(), client_id: provider.clientId }
  const http = await postForm(provider, '/token', { form, signal }).catch((thrown: unknown) => {
    signal?.throwIfAborted()
    return toNetworkError(thrown, { baseUrl: provider.issuer, grantType: deviceCodeGrant, secrets })
  })
  if (GrantsError.isInstance(http)) return { type: 'failed', error: http, retryAfterMs: 0 }
  const response = parseTokenResponse(http, createRedactor(secrets))
  if (response.type === 'success') return { type: 'token', jwt: response.accessToken }
  const error = toResponseError(provider, http, secrets)
  if (error.code === 'temporarily_unavailable') {
    const { retryAfterSeconds = 0 } = readTiming(http.headers)
    return { type: 'failed', error, retryAfterMs: retryAfterSeconds * 1000 }
  }
  const code = response.type === 'error' ? response.error : undefined
  if (code === 'authorization_pending') return { type: 'pending' }
  if (code === 'slow_down') return { type: 'slow_down' }
  throw code === 'expired_token' ? createExpired(expiresAt, undefined) : error
}

function createExpired(expiredAt: number, cause: GrantsError | undefined): GrantsError {
  const message = 'Nobody signed in at the identity provider in time. Start again.'
  return new GrantsError('sso_expired', message, { expiredAt }, cause && { cause })
}
