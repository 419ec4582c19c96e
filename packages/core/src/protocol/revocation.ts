import type { RawAnswer } from './answer.ts'
import { saysTokenIsDead } from './destination.ts'
import { readJson } from './read-json.ts'

/**
 * Whether an answer to `DELETE /v1/access_tokens/current` proves that the token is dead, also when it was before.
 * A captive portal's page with status 200 does not, nor does a proxy's 401.
 */
export function provesRevoked({ status, body }: RawAnswer): boolean {
  if (status === 204) return true
  const json = readJson(body)
  if (typeof json === 'string') return false
  return status === 401 ? saysTokenIsDead(json) : status === 200 && json.ok === true
}
