import type { Call } from '../call.ts'
import type { Settings } from '../model/settings.ts'
import type { World } from '../model/world.ts'
import { OAuthError } from './errors.ts'

/** Runs a token request if its address may send one, and counts how it went. */
export function withinLimits<T>(world: World, call: Call, run: () => T): T {
  const { settings, attempts } = world
  const { address } = call.connection
  const wait = attempts.admit(address)
  if (wait) {
    const retryAfter = settings.retryAfter ? { retryAfter: wait.seconds } : {}
    throw new OAuthError('rate_limit_exceeded', 'Rate limit exceeded.', retryAfter)
  }
  try {
    const result = run()
    attempts.succeeded(address)
    return result
  } catch (error) {
    if (error instanceof OAuthError && countsAsFailure(settings, call, error)) attempts.failed(address)
    throw error
  }
}

function countsAsFailure(settings: Settings, { form }: Call, { code }: OAuthError): boolean {
  if (code === 'mfa_required') return settings.mfaRequiredCounts
  if (code === 'invalid_grant' && form.get('grant_type') === 'refresh_token')
    return settings.refusedRefreshCounts
  return true
}
