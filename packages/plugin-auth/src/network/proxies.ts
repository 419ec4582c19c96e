/** The variables that name a proxy. The first three are for https. */
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'] as const

/**
 * Returns what to check about the proxy, if there is one, after a request without a response. Never repeats the proxy's
 * URL, which may contain a password.
 */
export function getProxyRemedy(): string | undefined {
  const invalid = proxyVariables.find((name) => process.env[name] && !isProxyUrl(process.env[name]))
  if (invalid !== undefined) {
    return `${invalid} is not a proxy URL. Set it to a URL such as http://proxy.example:8080, or unset it.`
  }
  const variable = proxyVariables.find((name) => process.env[name])
  if (variable === undefined) return undefined
  const { host } = new URL(process.env[variable] ?? '')
  return `Check the proxy ${host} (${variable}), or add the host of the base URL to NO_PROXY.`
}

function isProxyUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
