const localHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i

/**
 * Refuses what a foreign web page could send: a `Host` that is not this machine's (DNS rebinding), and, where
 * `sameOriginOnly`, requests of other origins. Requests made in a program carry none of these headers.
 */
export function refusalOf(
  request: { url: string; headers: Headers },
  sameOriginOnly: boolean,
): Response | undefined {
  const { headers } = request
  const host = headers.get('host')
  if (host !== null && !localHost.test(host)) {
    return refusal(
      421,
      'The sandbox answers only to 127.0.0.1, localhost and [::1]; the Host header names another.',
    )
  }
  if (sameOriginOnly && isForeign(headers, `http://${host ?? new URL(request.url).host}`)) {
    return refusal(
      403,
      'The page and /__sandbox are not for other origins. Open the page from the address bar.',
    )
  }
  return undefined
}

function isForeign(headers: Headers, ownOrigin: string): boolean {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  return (
    (origin !== null && origin !== ownOrigin) || (site !== null && site !== 'same-origin' && site !== 'none')
  )
}

function refusal(status: number, error: string): Response {
  return Response.json({ error }, { status })
}
