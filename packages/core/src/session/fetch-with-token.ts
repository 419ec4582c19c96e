import { GrantsError } from '../errors/grants-error.ts'
import { isTokenDestination, saysTokenIsDead } from '../protocol/destination.ts'

/** What attaching a token takes of a session. */
export interface TokenSource {
  peekToken(): string | undefined
  accessToken(options: { readonly signal: AbortSignal }): Promise<string>
  accepted(token: string): void
  rejected(token: string, options: { readonly signal: AbortSignal }): Promise<void>
}

/** Where tokens may go, and what sends. */
export interface FetchContext {
  readonly source: TokenSource
  readonly send: typeof fetch
  /** What relative URLs are resolved against. */
  readonly baseUrl: string
  readonly origins: readonly string[]
}

/**
 * The platform's `fetch` with the session's token: only to allowed origins, only where the caller brings none, and
 * sent once more after a renewal when the API says that the token is dead. The platform drops the token on a
 * redirect to another origin.
 */
export async function fetchWithToken(
  context: FetchContext,
  input: Parameters<typeof fetch>[0],
  init?: Parameters<typeof fetch>[1],
): Promise<Response> {
  const { source, send, origins } = context
  const request = new Request(typeof input === 'string' ? resolved(input, context.baseUrl) : input, init)
  if (!isTokenDestination(request.url, origins) || bringsItsOwn(request)) return send(request)
  const { signal } = request
  const token = source.peekToken() ?? (await source.accessToken({ signal }))
  // A stream can be read once only, and a copy of it would be kept in memory whole: it is never sent again.
  const again = isStream(input, init) ? undefined : request.clone()
  const response = await send(withToken(request, token))
  if (!(await isTokenDead(response, request.url))) {
    noteTaken(source, { response, token, sentTo: request.url })
    return response
  }
  await response.body?.cancel()
  await source.rejected(token, { signal })
  if (again === undefined) {
    throw new GrantsError('request_not_replayable', {
      method: request.method,
      url: withoutQuery(request.url),
    })
  }
  const next = await source.accessToken({ signal })
  const answer = await send(withToken(again, next))
  if (!(await isTokenDead(answer, again.url))) {
    noteTaken(source, { response: answer, token: next, sentTo: again.url })
  }
  return answer
}

/** A path is one below the base URL, as that of the token endpoint is; anything else is what a browser makes of it. */
function resolved(input: string, baseUrl: string): URL {
  // Tabs and line ends mean nothing in a URL, but could hide that it begins with two slashes, and so with a host.
  const bare = input.replace(/[\t\n\r]/g, '')
  return /^\/(?![/\\])/.test(bare) ? new URL(baseUrl + bare) : new URL(input, baseUrl)
}

/** What an API answers that has looked at the token; a server that fails, or a proxy before it, may not have. */
function noteTaken(
  source: TokenSource,
  { response, token, sentTo }: { response: Response; token: string; sentTo: string },
): void {
  if (response.status < 500 && response.status !== 401 && isFromThere(response, sentTo))
    source.accepted(token)
}

/** The platform drops the token on the way to another origin: what answers there has not seen it. */
function isFromThere({ url, redirected }: Response, sentTo: string): boolean {
  return !redirected || url === '' || new URL(url).origin === new URL(sentTo).origin
}

/** The API refuses a request that brings two tokens. */
function bringsItsOwn({ headers, url }: Request): boolean {
  return headers.has('authorization') || /[?&]access_token=/.test(url)
}

function isStream(input: unknown, init: RequestInit | undefined): boolean {
  const body = init?.body ?? (input instanceof Request ? input.body : undefined)
  return typeof body === 'object' && body !== null && 'getReader' in body
}

function withToken(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`)
  return request
}

async function isTokenDead(response: Response, sentTo: string): Promise<boolean> {
  if (response.status !== 401 || !isFromThere(response, sentTo)) return false
  try {
    return saysTokenIsDead(JSON.parse(await response.clone().text()))
  } catch {
    return false
  }
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '')
}
