import type { AnySession } from '../connection/connection.ts'
import { CliError } from '../errors/cli-error.ts'
import { callApi, toApiError } from '../network/api-call.ts'

/** The name of the account that a token belongs to, as Particle tells it. */
export async function whoIs(session: AnySession): Promise<string> {
  const answer = await callApi(session, '/v1/user')
  const { username } = (answer.data ?? {}) as { username?: unknown }
  if (answer.status !== 200) throw toApiError(answer, 'Asking whose token it is')
  if (typeof username === 'string') return username
  throw new CliError('call_refused', { what: 'Particle does not tell whose token it is.' })
}
