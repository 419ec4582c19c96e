import { createRedactor, GrantsError, parseTokenResponse, type Secret, sleep } from '@particle-grants/core/protocol'
import { deviceCodeGrant, isTransient, request, toResponseError } from './provider.ts'
import type { Attempt } from './start-sso-sign-in.ts'

/** What RFC 8628 adds to the interval at each `slow_down`. */
const slowDownMs = 5000

/** A back-off grows to this, unless the interval is longer already. */
const maxBackoffMs = 60_000

/**
 * Polls until there is a token (https://www.rfc-editor.org/rfc/rfc8628#section-3.5). Waits the interval before each request,
 * also before the first one and after an abort, so that no request is early.
 *
 * @throws GrantsError `sso_denied`, `sso_expired`, `unexpected_response`. The signal's reason.
 */
export async function pollForToken(attempt: Attempt, signal: AbortSignal | undefined): Promise<Secret> {
  const { expiresAt, provider } = attempt
  const { clock } = provider
  let delayMs = attempt.intervalMs
  let failures: readonly GrantsError[] = []
  for (;;) {
    signal?.throwIfAborted()
    // The next request would be too late.
    if (clock.now() + delayMs >= expiresAt) throw createExpired(expiresAt, failures.at(-1))
    await sleep(clock, delayMs, signal)
    signal?.throwIfAborted()
    // The machine may have been suspended.
    if (clock.now() >= expiresAt) throw createExpired(expiresAt, failures.at(-1))
    try {
      const response = await poll(attempt, signal)
      if (typeof response !== 'string') return response
      if (response === 'slow_down') attempt.intervalMs += slowDownMs
      failures = []
      delayMs = attempt.intervalMs
    } catch (error) {
      if (!isTransient(error)) throw error
      // A time-out must lead to fewer requests: twice the time at each failure.
      failures = [...failures, error]
      const backoffMs = Math.min(attempt.intervalMs * 2 ** failures.length, maxBackoffMs)
      delayMs = Math.max(backoffMs, attempt.intervalMs, (error.retryAt ?? 0) - clock.now())
    }
  }
}

/** Sends one request (https://www.rfc-editor.org/rfc/rfc8628#section-3.4). Resolves with the token, or with why to poll again. */
async function poll({ provider, deviceCode, expiresAt }: Attempt, signal: AbortSignal | undefined) {
  const form = { grant_type: deviceCodeGrant, device_code: deviceCode.reveal(), client_id: provider.clientId }
  const http = await request(provider, '/token', { form, signal })
  const response = parseTokenResponse(http, createRedactor([deviceCode]))
  if (response.type === 'success') return response.accessToken
  const code: string | undefined = response.type === 'error' ? response.error : undefined
  if (code === 'authorization_pending' || code === 'slow_down') return code
  throw code === 'expired_token' ? createExpired(expiresAt) : toResponseError(provider, http, [deviceCode])
}

function createExpired(expiredAt: number, cause?: GrantsError): GrantsError {
  const message = 'Nobody signed in at the identity provider in time. Start again.'
  return new GrantsError('sso_expired', message, { expiredAt }, cause && { cause })
}
