import { GrantsError } from '@particle-grants/core'
import { parseBaseUrl, particleUrl } from '@particle-grants/core/protocol'
import { CliError } from '../errors/cli-error.ts'

/** Checks a base URL and formats it as core does. The error does not repeat it: it may contain a password. */
export function checkBaseUrl(given: string): string {
  if (/\/oauth\/token\b/.test(given)) {
    throw new CliError('usage', {
      what: 'The base URL is that of the API, without /oauth/token: that is added.',
      remedy: `For example: ${particleUrl}`,
    })
  }
  try {
    return parseBaseUrl(given, false)
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_argument') throw thrown
    throw new CliError('usage', { what: `--base-url ${thrown.details.problem}.`, cause: thrown })
  }
}
