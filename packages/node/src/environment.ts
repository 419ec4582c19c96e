import { Secret } from '@particle-grants/core'
import { invalidArgument, isHeaderSafe, parseBaseUrl, particleUrl } from '@particle-grants/core/protocol'

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Returns a variable's value without the spaces around it. An empty variable is a missing one. */
export function getVariable(name: string, env: Environment = process.env): string | undefined {
  return env[name]?.trim() || undefined
}

/** The environment variables that may hold a token. */
export const tokenVariables = ['PARTICLE_ACCESS_TOKEN', 'PARTICLE_AUTH'] as const
export type TokenVariable = (typeof tokenVariables)[number]

/** Returns the first token variable that is set, if any. */
export function findTokenVariable(env?: Environment): TokenVariable | undefined {
  return tokenVariables.find((name) => getVariable(name, env) !== undefined)
}

/**
 * Returns the token in a variable. A variable with two lines or with "Bearer" is an error, because a part of it may not be
 * the token that was meant.
 *
 * @throws GrantsError `invalid_argument`, which names the variable
 */
export function readToken(variable: TokenVariable, env?: Environment): Secret {
  const token = getVariable(variable, env) ?? ''
  if (isHeaderSafe(token)) return new Secret(token)
  throw invalidArgument(variable, 'must be one token, without spaces or "Bearer"')
}

/** The variable with the base URL of a credential in the same environment. */
export const baseUrlVariable = 'PARTICLE_GRANTS_BASE_URL'

/** Returns the base URL that the environment names, if any. */
export function findBaseUrl(env?: Environment): string | undefined {
  const given = getVariable(baseUrlVariable, env)
  return given === undefined ? undefined : checkBaseUrl(given, baseUrlVariable)
}

/**
 * Checks and normalizes a base URL.
 *
 * @param name - the option, flag or variable that it comes from. Errors name it instead of the URL, which may hold a password
 * @throws GrantsError `invalid_argument` or `insecure_base_url`
 */
export function checkBaseUrl(given: string, name: string): string {
  if (/\/oauth\/token\b/.test(given)) {
    throw invalidArgument(name, `is the base URL of the API, without /oauth/token: e.g. ${particleUrl}`)
  }
  return parseBaseUrl(given, false, name)
}
