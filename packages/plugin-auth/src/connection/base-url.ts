import { createSession, developerClient, particleUrl } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'

/** A base URL as core writes it. Throws for one that core refuses, before anything prints it: it may hold a password. */
export function checkedBaseUrl(given: string): string {
  if (/\/oauth\/token\b/.test(given)) {
    throw new CliError('usage', {
      what: 'The base URL is that of the API, without /oauth/token: that is added.',
      remedy: `For example: ${particleUrl}`,
    })
  }
  return createSession({ client: developerClient(), baseUrl: given }).state.identity.baseUrl
}
