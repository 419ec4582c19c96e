import { redact, type Secret } from '../secret.ts'
import type { Answer } from './answer.ts'
import { isTokenEndpointErrorCode } from './token-endpoint-errors.ts'

/** The answer without the secrets that were sent, should the server have echoed them in what people will read. */
export function redactAnswer(answer: Answer, secrets: readonly Secret[]): Answer {
  if (answer.type !== 'error') return answer
  const { error, description } = answer
  return {
    ...answer,
    // A known code decides what happens next, and is no secret even when somebody's password spells it.
    error: isTokenEndpointErrorCode(error) ? error : redact(error, secrets),
    description: description === undefined ? undefined : redact(description, secrets),
  }
}
