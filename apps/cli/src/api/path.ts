import { CliError } from '@particle-grants/plugin-auth'

/**
 * Returns the path of a call, with a slash in front. The token is sent to it: anything that could lead to another host is
 * refused. The slash may be missing, because some shells on Windows replace a path that starts with one.
 */
export function parsePath(given: string): string {
  if (given === '') throw invalid('Pass a path.')
  if (/^[a-z][a-z0-9+.-]*:/i.test(given)) throw invalid('Pass a path, not a URL.')
  if (given.startsWith('//')) throw invalid('The path starts with //, which names another host.')
  if (given.includes('\\')) throw invalid('The path contains a backslash, which URLs treat as a slash.')
  if (/[\s\p{Cc}]/u.test(given)) throw invalid('The path contains a space or a control character. Write %20.')
  if (given.includes('#')) throw invalid('The path contains #, which is never sent. Write %23.')
  return given.startsWith('/') ? given : `/${given}`
}

/** Returns the path with fields added to its query. */
export function addQuery(path: string, fields: readonly (readonly [string, string])[]): string {
  if (fields.length === 0) return path
  return `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(fields.map(([...field]) => field))}`
}

function invalid(what: string): CliError {
  const remedy = 'Example: /v1/devices. To call another server, use --base-url.'
  return new CliError('usage', { what, remedy })
}
