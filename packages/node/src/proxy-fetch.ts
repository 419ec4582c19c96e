/** The variables that name a proxy. The first two are for https. */
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const

/** `fetch` that uses the proxy in HTTPS_PROXY or HTTP_PROXY, except for the hosts in NO_PROXY. */
export const proxyFetch: typeof fetch = async (input, init) => {
  if (!proxyVariables.some((name) => process.env[name])) return fetch(input, init)
  // Loaded only if a proxy is set: loading undici takes longer than most programs need for a token.
  const { undiciFetch } = await import('./undici-fetch.ts')
  return undiciFetch(input, init)
}
