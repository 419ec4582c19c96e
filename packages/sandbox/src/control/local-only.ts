import type { ParsedRequest } from '../http/request.ts'
import { type HttpResponse, json } from '../http/response.ts'

const localHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i

/**
 * Rejects what a foreign web page could send: a `Host` other than this machine (DNS rebinding), and with `sameOriginOnly`
 * requests from other origins. Requests that a program makes have none of these headers.
 */
export function rejectForeignRequest(
  { headers }: ParsedRequest,
  { sameOriginOnly }: { sameOriginOnly: boolean },
): HttpResponse | undefined {
  const { host } = headers
  if (host !== undefined && !localHost.test(host)) {
    return json({ error: 'The sandbox accepts only the hosts 127.0.0.1, localhost and [::1].' }, 421)
  }
  if (sameOriginOnly && isForeign(headers, `http://${host}`)) {
    const error = 'The page and /__sandbox are not for other origins. Open the page from the address bar.'
    return json({ error }, 403)
  }
  return undefined
}

function isForeign(headers: ParsedRequest['headers'], ownOrigin: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  return (
    (origin !== undefined && origin !== ownOrigin) || (site !== undefined && site !== 'same-origin' && site !== 'none')
  )
}
