import { setLongTimeout } from '../clock.ts'
import { type FetchResponse, type HttpResponse, type JsonObject, parseJsonObject, readBody } from './http.ts'

/**
 * Whether a token may be sent to a URL: only to an allowed origin, as the URL parser resolves it, and never to the token
 * endpoint, which takes none. Relative URLs have no origin: resolve them first.
 */
export function isAllowedUrl(url: string, origins: readonly string[]): boolean {
  try {
    // Not the URL's own `origin`: that of a blob is the one of the page that made it.
    const { protocol, host, pathname } = new URL(url)
    return origins.includes(`${protocol}//${host}`) && !isTokenEndpoint(decodePath(pathname))
  } catch {
    return false
  }
}

/** Decodes until nothing changes: a proxy and the server behind it may decode in turn. Throws at 9 layers: no honest use. */
function decodePath(path: string, layersLeft = 8): string {
  const decoded = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (decoded === path) return path
  if (layersLeft === 0) throw new RangeError('The path is encoded too often.')
  return decodePath(decoded, layersLeft - 1)
}

/** Servers may resolve dots after decoding, and drop what follows a semicolon, a question mark or a hash. */
function isTokenEndpoint(path: string): boolean {
  return [path, path.replace(/[?#]/g, '_')].some((variant) => {
    const { pathname } = new URL(`http://localhost${variant}`)
    return /^\/+oauth\/+token\/*$/i.test(pathname.replace(/;[^/]*/g, ''))
  })
}

/** The request that a redirect leads to. */
export interface Redirect {
  readonly url: string
  /** Whether it is a GET without a body. Otherwise method and body stay the same. */
  readonly becomesGet: boolean
  /** The headers that it must not have, in lower case. */
  readonly removedHeaders: readonly string[]
}

const contentHeaders = ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location']

/**
 * Returns where a redirect leads, by the rules of the Fetch Standard (section 4.4), or `undefined` if the response is
 * none that can be followed. Credentials stay within the origin, and the token never goes to the token endpoint. For
 * requests that were sent with `redirect: 'manual'`.
 */
export function getRedirect(
  request: { readonly url: string; readonly method: string },
  response: { readonly status: number; readonly location: unknown },
): Redirect | undefined {
  const { status, location } = response
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return undefined
  if (!URL.canParse(location, request.url)) return undefined
  const { href: url, protocol, origin } = new URL(location, request.url)
  if (!/^https?:$/.test(protocol)) return undefined
  const becomesGet = status === 303 ? !/^(GET|HEAD)$/.test(request.method) : status < 303 && request.method === 'POST'
  const removedHeaders = becomesGet ? [...contentHeaders] : []
  if (!isAllowedUrl(url, [new URL(request.url).origin])) removedHeaders.push('authorization')
  if (origin !== new URL(request.url).origin) removedHeaders.push('cookie', 'proxy-authorization')
  return { url, becomesGet, removedHeaders }
}

/**
 * Whether the body of a 401 says that the token is invalid or expired. Other 401s are about a password or a code.
 *
 * @param body - the parsed body, its text or its bytes
 */
export function isInvalidTokenError(body: unknown): boolean {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
  const json = typeof text === 'string' ? parseJsonObject(text) : text
  const { error } = (json ?? {}) as { readonly error?: unknown }
  return error === 'invalid_token' || error === 'expired_token'
}

/** Particle's errors have less than 200 characters. */
const maxErrorLength = 65_536
const maxErrorReadMs = 2000

/**
 * Reads the body of a 401, and returns what {@link isInvalidTokenError} says of it. A body that is longer than 64 KiB, or
 * that takes longer than 2 seconds, is none of Particle's errors: it is not read to its end. Without this, a server
 * could keep a call waiting, or fill the memory, before the caller has the response.
 */
export async function isInvalidTokenResponse(response: FetchResponse): Promise<boolean> {
  const timeLimit = new AbortController()
  const cancelTimeLimit = setLongTimeout(maxErrorReadMs, () => timeLimit.abort())
  try {
    const body = await readBody(response, maxErrorLength, timeLimit.signal)
    const isWhole = body.length <= maxErrorLength && !timeLimit.signal.aborted
    return isWhole && isInvalidTokenError(body)
  } finally {
    cancelTimeLimit()
  }
}

/**
 * Whether a response to `DELETE /v1/access_tokens/current` confirms that the token is no longer valid, also when it was
 * invalid before. A captive portal's page with status 200 does not, nor does a proxy's 401.
 */
export function isRevocationConfirmed({ status, body }: HttpResponse): boolean {
  if (status === 204) return true
  if (status === 401) return isInvalidTokenError(body)
  return status === 200 && (parseJsonObject(body) as JsonObject).ok === true
}
