/**
 * Whether a token may go to a URL: only to an allowed origin, as the URL parser resolves it, and never to the token
 * endpoint, which takes none. Relative URLs have no origin: resolve them first.
 */
export function isTokenDestination(url: string, origins: readonly string[]): boolean {
  try {
    const { origin, pathname } = new URL(url)
    return origins.includes(origin) && !/^\/+oauth\/+token\/*$/i.test(asServersRead(pathname))
  } catch {
    return false
  }
}

/** Servers decode a path, some of them before they resolve its dots, and may drop what stands behind a semicolon. */
function asServersRead(pathname: string): string {
  const decoded = pathname.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return new URL(`http://localhost${decoded}`).pathname.replace(/;[^/]*/g, '')
}

/** Whether a 401's body says that the access token is dead. Others (a wrong current password) leave it alone. */
export function saysTokenIsDead(body: unknown): boolean {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return error === 'invalid_token' || error === 'expired_token'
}
