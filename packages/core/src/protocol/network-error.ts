import { type DeviceCodeGrant, GrantsError } from '../errors.ts'
import { type GrantType, isGrantType, isSingleUse } from '../grants/catalogue.ts'
import { findSystemCode, redactError } from '../redact.ts'
import type { Secret } from '../secret.ts'

/**
 * Turns what `sendRequest` rejected with into an error that contains no secrets.
 *
 * @param request - `secrets`: what the request contained, which an error may repeat
 */
export function toNetworkError(
  thrown: unknown,
  request: {
    readonly baseUrl: string
    readonly grantType: GrantType | DeviceCodeGrant
    readonly secrets: readonly Secret[]
  },
): GrantsError<'network_error'> {
  const { baseUrl, grantType, secrets } = request
  const cause = redactError(thrown, secrets)
  const systemCode = findSystemCode(cause)
  const reason = cause.name === 'TimeoutError' ? 'timeout' : 'network'
  const code = systemCode ? ` (${systemCode})` : ''
  const what = reason === 'timeout' ? 'did not respond in time' : `could not be reached${code}`
  const mayBeSpent = isGrantType(grantType) && isSingleUse(grantType)
  const advice = mayBeSpent ? ' The code or refresh token may have been used.' : ''
  const message = `${baseUrl} ${what}. Check the base URL and the network.${advice}`
  const details = { grantType, baseUrl, reason, systemCode, mayBeSpent } as const
  return new GrantsError('network_error', message, details, { cause })
}
