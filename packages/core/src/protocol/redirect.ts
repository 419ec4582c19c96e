import { isAllowedUrl } from './bearer.ts'

/** The request that a redirect leads to. */
export interface Redirect {
  readonly url: string
  /** Whether it is a GET without a body. Otherwise method and body stay the same. */
  readonly becomesGet: boolean
  /** Whether it may have the token: only within the origin, and never at the token endpoint. */
  readonly keepsToken: boolean
}

/**
 * Returns where a redirect leads, by the rules of the Fetch Standard (section 4.4), or `undefined` if the response is
 * none that can be followed. For requests that were sent with `redirect: 'manual'`.
 */
export function getRedirect(
  request: { readonly url: string; readonly method: string },
  response: { readonly status: number; readonly location: unknown },
): Redirect | undefined {
  const { status, location } = response
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return undefined
  if (!URL.canParse(location, request.url)) return undefined
  const { href: url, protocol } = new URL(location, request.url)
  if (!/^https?:$/.test(protocol)) return undefined
  const becomesGet = status === 303 ? !/^(GET|HEAD)$/.test(request.method) : status < 303 && request.method === 'POST'
  return { url, becomesGet, keepsToken: isAllowedUrl(url, [new URL(request.url).origin]) }
}
