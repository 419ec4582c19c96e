import { GrantsError } from '@particle-grants/core'
import { CliError, proxyErrorIn } from '../errors/cli-error.ts'

/** What a call of the API came to. */
export interface ApiAnswer {
  readonly status: number
  /** The body, where it is JSON. */
  readonly data: unknown
}

/** What is needed of a session. */
interface Caller {
  readonly fetch: typeof fetch
}

/** Asks the API, as a session. Throws `network_error` or what the session throws; any status is an answer. */
export async function askApi(session: Caller, path: string): Promise<ApiAnswer> {
  try {
    const response = await session.fetch(path, { signal: AbortSignal.timeout(30_000) })
    const text = await response.text()
    return { status: response.status, data: parsed(text) }
  } catch (thrown) {
    if (GrantsError.isInstance(thrown)) throw thrown
    throw noAnswer(thrown)
  }
}

/** The error for a call that found nobody; one of the proxy's is told as it is. */
export function noAnswer(thrown: unknown, where = 'the API'): CliError {
  const told = proxyErrorIn(thrown)
  if (told !== undefined) return told
  const code = systemCodeOf(thrown)
  return new CliError('network_error', {
    what: `No answer from ${where}${code === undefined ? '' : ` (${code})`}.`,
    remedy: 'Check the base URL, the network and any proxy on the way.',
  })
}

/** The error for an answer that is none of the good ones. */
export function refusedCall({ status, data }: ApiAnswer, what: string): CliError {
  if (status === 401) {
    return new CliError('token_refused', {
      what: `Particle refused the token (401${described(data)}).`,
      remedy: 'Sign in again: %bin% auth login%connection%',
    })
  }
  if (status >= 500 || (status < 400 && data === undefined)) {
    return new CliError('network_error', {
      what: `${what}: what answered is not Particle's API (status ${status}).`,
    })
  }
  return new CliError('call_refused', { what: `${what}: Particle answered ${status}${described(data)}.` })
}

/** The names of an error in a body; descriptions may repeat what was sent, so that they are left out. */
function described(data: unknown): string {
  const error = (data as { error?: unknown } | undefined)?.error
  return typeof error === 'string' && /^[\w .,'-]{1,80}$/.test(error) ? `, ${error}` : ''
}

function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined
  const { code, cause } = thrown as { code?: unknown; cause?: unknown }
  // What Axios calls ERR_NETWORK has the system's own code below it.
  const below = systemCodeOf(cause)
  if (below !== undefined) return below
  if (thrown.name === 'TimeoutError') return 'timeout'
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
