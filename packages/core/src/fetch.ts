import { requestNotReplayable } from './errors.ts'
import { getRedirect, isAllowedUrl, isInvalidTokenResponse, type Redirect } from './protocol/bearer.ts'
import { type Connection, platformFetch } from './session-options.ts'

/** What attaching a token needs of a session. */
interface TokenSource {
  readonly getAccessToken: (options?: { readonly signal?: AbortSignal | undefined }) => Promise<string>
  readonly invalidateToken: (token: string) => void
}

/**
 * Sends a request with the session's token, and once more with a new one if the API says that the token is invalid.
 *
 * Rules:
 * - The token goes to allowed origins only. A redirect takes it no further than the origin, and never to the token endpoint.
 * - A request that has its own token is sent as it is.
 * - A stream can be read once and is never sent again. The body of a `Request` is copied, so that it can be.
 */
export async function fetchWithToken(
  source: TokenSource,
  options: Pick<Connection, 'allowedOrigins'> & { readonly context: Pick<Connection, 'baseUrl' | 'fetch'> },
  ...[input, init]: Parameters<typeof fetch>
): Promise<Response> {
  const { context, allowedOrigins } = options
  // The original signal too: in Node 20 that of a copied request has no effect once the copy was garbage-collected.
  const original = init?.signal === undefined && input instanceof Request ? input.signal : init?.signal
  const send = async (attempt: Request) => {
    const { fetch } = context
    if (fetch === platformFetch) return platformFetch(attempt, { signal: original } as RequestInit)
    // Another fetch may not know the platform's Request: undici's own takes it for a URL.
    const { url, method, headers, redirect, body } = attempt
    return (fetch as unknown as typeof platformFetch)(url, {
      ...init,
      method,
      headers: Object.fromEntries(headers),
      body: isStream(init?.body) ? body : body && new Uint8Array(await attempt.arrayBuffer()),
      redirect,
      signal: original ?? null,
    })
  }
  const request = new Request(typeof input === 'string' ? resolveUrl(input, context.baseUrl) : input, init)
  if (!isAllowedUrl(request.url, allowedOrigins) || hasOwnToken(request)) return send(request)
  const { signal, method, url } = request
  const sendWithToken = async (attempt: Request, token: string) => {
    attempt.headers.set('authorization', `Bearer ${token}`)
    const response = await sendAndFollow(attempt, send, init)
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

/**
 * Sends a request and follows at most 20 redirects: the platform would take the token to the token endpoint of the same
 * origin. In a page, where no program can read a redirect, the platform follows them.
 */
async function sendAndFollow(
  request: Request,
  send: (attempt: Request) => Promise<Response>,
  init: RequestInit | undefined,
): Promise<Response> {
  if (request.redirect !== 'follow' || !('process' in globalThis)) return send(request)
  // A stream can be read once.
  const isOneWay = isStream(init?.body)
  let attempt = new Request(request, { redirect: 'manual' })
  for (let count = 0; ; count += 1) {
    const copy = isOneWay || attempt.body === null ? attempt : attempt.clone()
    const response = await send(attempt)
    if (count > 0) Object.defineProperty(response, 'redirected', { value: true })
    const redirect = getRedirect(attempt, { status: response.status, location: response.headers.get('location') })
    if (redirect === undefined || count === 20 || (isOneWay && !redirect.becomesGet)) return response
    await response.body?.cancel()
    attempt = await createNextRequest(copy, redirect, init)
  }
}

async function createNextRequest(
  request: Request,
  { url, becomesGet, removedHeaders }: Redirect,
  init: RequestInit | undefined,
): Promise<Request> {
  const { method, headers, signal } = request
  for (const name of removedHeaders) headers.delete(name)
  const body = becomesGet ? null : request.body && (await request.arrayBuffer())
  return new Request(url, { ...init, method: becomesGet ? 'GET' : method, headers, body, signal, redirect: 'manual' })
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
  // The token was not sent where a redirect led to another origin, or to the token endpoint.
  const isElsewhere = redirected && url !== '' && !isAllowedUrl(url, [new URL(sentTo).origin])
  if (status !== 401 || isElsewhere) return false
  try {
    return await isInvalidTokenResponse(response.clone())
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
