import { requestNotReplayable } from './errors.ts'
import { isAllowedUrl, isInvalidTokenError } from './protocol/bearer.ts'
import type { ResolvedOptions } from './session-options.ts'

/** What attaching a token needs of a session. */
interface TokenSource {
  readonly getAccessToken: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<string>
  readonly invalidateToken: (token: string) => void
}

/**
 * Sends a request with the session's token, and once more with a new one if the API says that the token is invalid.
 *
 * Rules:
 * - The token goes to allowed origins only. The platform removes it when a redirect leads elsewhere.
 * - A request that has its own token is sent as it is.
 * - A stream can be read once and is never sent again. The body of a `Request` is copied, so that it can be.
 */
export async function fetchWithToken(
  source: TokenSource,
  options: Pick<ResolvedOptions, 'identity' | 'allowedOrigins' | 'fetch'>,
  ...[input, init]: Parameters<typeof fetch>
): Promise<Response> {
  const { identity, allowedOrigins } = options
  // The original signal too: in Node 20 that of a copied request has no effect once the copy was garbage-collected.
  const original = init?.signal === undefined && input instanceof Request ? input.signal : init?.signal
  const send = (attempt: Request) =>
    (options.fetch as unknown as typeof fetch)(attempt, original ? { signal: original } : {})
  const request = new Request(typeof input === 'string' ? resolveUrl(input, identity.baseUrl) : input, init)
  if (!isAllowedUrl(request.url, allowedOrigins) || hasOwnToken(request)) return send(request)
  const { signal, method, url } = request
  const sendWithToken = async (attempt: Request, token: string) => {
    attempt.headers.set('authorization', `Bearer ${token}`)
    const response = await send(attempt)
    const isRejected = await isTokenRejected(response, url)
    if (isRejected) source.invalidateToken(token)
    return { response, isRejected }
  }
  const token = await source.getAccessToken({ signal })
  const replay = isStream(init?.body) ? undefined : request.clone()
  const { response, isRejected } = await sendWithToken(request, token)
  if (!isRejected) return response
  await response.body?.cancel()
  if (replay === undefined) throw requestNotReplayable(method, url)
  return (await sendWithToken(replay, await source.getAccessToken({ signal }))).response
}

/** A path continues the base URL, as the token endpoint's does. Anything else is resolved as in a browser. */
function resolveUrl(input: string, baseUrl: string): URL {
  // The URL parser ignores tabs and line breaks, which could hide that a path starts with two slashes, and so with a host.
  const path = input.replace(/[\t\n\r]/g, '')
  return /^\/(?![/\\])/.test(path) ? new URL(baseUrl + path) : new URL(input, baseUrl)
}

/** The API rejects a request with two tokens. */
function hasOwnToken({ headers, url }: Request): boolean {
  return headers.has('authorization') || /[?&]access_token=/.test(url)
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'getReader' in body
}

async function isTokenRejected(response: Response, sentTo: string): Promise<boolean> {
  const { status, redirected, url } = response
  // After a redirect to another origin the response says nothing about the token, which was not sent there.
  const isElsewhere = redirected && url !== '' && new URL(url).origin !== new URL(sentTo).origin
  if (status !== 401 || isElsewhere) return false
  try {
    return isInvalidTokenError(await response.clone().text())
  } catch {
    return false
  }
}

/**
 * Calls `send` with a valid token and, if `isRejected` says that the API rejected it, once more with a new one. `send`
 * must call the API's origin only.
 *
 * @example
 * await withAccessToken(session,
 *   (token) => got(url, { headers: { authorization: `Bearer ${token}` }, throwHttpErrors: false }),
 *   (response) => response.statusCode === 401 && isInvalidTokenError(response.body))
 */
export async function withAccessToken<R>(
  session: TokenSource,
  send: (token: string) => Promise<R>,
  isRejected: (result: R) => boolean | Promise<boolean>,
): Promise<R> {
  const token = await session.getAccessToken()
  const result = await send(token)
  if (!(await isRejected(result))) return result
  session.invalidateToken(token)
  const newToken = await session.getAccessToken()
  const second = await send(newToken)
  if (await isRejected(second)) session.invalidateToken(newToken)
  return second
}
