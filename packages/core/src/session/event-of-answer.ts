import type { GrantType } from '../grants/catalogue.ts'
import type { Refusal } from '../machine/effect.ts'
import type { ChallengeLimits, Event } from '../machine/event.ts'
import type { Answer, ErrorAnswer } from '../protocol/answer.ts'
import { isTokenEndpointErrorCode, tokenEndpointErrors } from '../protocol/token-endpoint-errors.ts'

/** What the machine needs to know of an answer besides. */
export interface AnswerContext {
  readonly baseUrl: string
  /** When the request was sent, ms since 1970. */
  readonly requestedAt: number
  /** When the answer was there, ms since 1970. */
  readonly at: number
  readonly limits: ChallengeLimits
}

/**
 * The machine's event for an answer. Only a code in a 4xx answer refuses; what is transient, or not
 * an answer of the token endpoint at all, merely failed.
 */
export function eventOfAnswer(answer: Answer, grant_type: GrantType, context: AnswerContext): Event {
  const { at, requestedAt, limits, baseUrl } = context
  const failed = (refusal: Refusal): Event => ({ type: 'failed', at, refusal })
  if (answer.type === 'tokens') return { type: 'granted', at, requestedAt, tokens: answer.tokens }
  if (answer.status === 429 || (answer.type === 'error' && answer.error === 'rate_limit_exceeded')) {
    return failed({ code: 'rate_limited', details: { grant_type, retryAfter: answer.retryAfter } })
  }
  if (answer.type === 'mfa_required' && answer.status < 500) {
    return { type: 'challenged', at, status: answer.status, mfaToken: answer.mfa_token, limits }
  }
  if (answer.type === 'error') {
    return isTransient(answer)
      ? failed({ code: 'temporarily_unavailable', details: { grant_type, ...pick(answer) } })
      : { type: 'refused', at, answer }
  }
  const reason = answer.type === 'unexpected' ? answer.reason : 'wrong_status'
  return failed({
    code: 'unexpected_answer',
    details: { grant_type, baseUrl, status: answer.status, reason },
  })
}

/** A server that fails, or asks to come back later, has not judged what was sent, whatever code it gives. */
function isTransient({ status, error }: ErrorAnswer): boolean {
  return (
    status >= 500 ||
    status === 408 ||
    (isTokenEndpointErrorCode(error) && tokenEndpointErrors[error].transient)
  )
}

function pick({ error, status, retryAfter }: ErrorAnswer) {
  return { error, status, retryAfter }
}
