import { GrantsError } from '@particle-grants/core'
import { isAllowedUrl } from '@particle-grants/core/protocol'
import axios, { type AxiosAdapter, type AxiosRequestConfig } from 'axios'

/** What Axios takes for absolute, in all supported versions. Anything else is appended to `baseURL`. */
const absolute = /^([a-z][a-z\d+\-.]*:)?\/\//i

/** What only a parser can judge: other origins, the token endpoint and its encodings, credentials. */
const special = /oauth|[%?@:\s]|\/\//i

const platform = globalThis as {
  readonly document?: { readonly baseURI?: string }
  readonly location?: { readonly href?: string }
  readonly process?: { readonly env?: Record<string, string | undefined> }
}

/** What decides where a request goes. Axios 1.7 does not know `allowAbsoluteUrls`. */
type Destination = AxiosRequestConfig & { readonly allowAbsoluteUrls?: boolean }

/** Creates the check whether a request may carry the token: to an allowed origin, and with no credentials in its URL. */
export function createUrlCheck(origins: readonly string[]): (config: Destination) => boolean {
  // Parsing takes a microsecond. A path without special characters stays in the origin of such a base URL.
  let plainBaseUrl: string | undefined
  const isPlain = (baseURL: string) =>
    baseURL === plainBaseUrl || origins.some((origin) => isPlainBaseUrl(baseURL, origin))
  return (config) => {
    const { url = '', baseURL = '', allowAbsoluteUrls = true, socketPath } = config
    if (typeof url !== 'string' || typeof baseURL !== 'string' || socketPath) return false
    if (!special.test(url) && isPlain(baseURL)) {
      plainBaseUrl = baseURL
      return true
    }
    // Some versions of Axios would append it, and some would not.
    if (absolute.test(url) && baseURL && allowAbsoluteUrls !== true) return false
    const target = getUrl(config)
    if (!isAllowedUrl(target, origins)) return false
    const { username, searchParams } = new URL(target)
    // Axios makes a header of a user name.
    return username === '' && !searchParams.has('access_token')
  }
}

function isPlainBaseUrl(baseURL: string, origin: string): boolean {
  return `${baseURL}/`.startsWith(`${origin}/`) && !special.test(baseURL.slice(origin.length))
}

/** Returns the URL of a request, without its `params`. In a page, a relative one is relative to the page. */
export function getUrl({ url = '', baseURL }: AxiosRequestConfig): string {
  const isAppended = baseURL && url && !absolute.test(url)
  // As Axios does.
  const given = isAppended ? `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}` : url || baseURL || ''
  const base = platform.document?.baseURI ?? platform.location?.href
  const isComplete = base === undefined || /^https?:\/\//.test(given)
  return !isComplete && URL.canParse(given, base) ? new URL(given, base).href : given
}

/** Before 1.16.1, Axios sends a request for https to a proxy as if it were for http (axios/axios#6320). */
const isProxyUnencrypted = /^1\.(\d|1[0-5]|16\.0)(\.|$)/.test(axios.VERSION)

/**
 * Does not read `NO_PROXY`: `proxy: false` says the same.
 *
 * @throws GrantsError `insecure_base_url` if this version of Axios could show the token to a proxy
 */
export function assertNotReadable(config: AxiosRequestConfig, adapter: AxiosAdapter): void {
  if (!isProxyUnencrypted || config.proxy === false || !isHttpAdapter(adapter)) return
  const { origin, protocol } = new URL(getUrl(config))
  if (protocol !== 'https:' || !(config.proxy || hasEnvironmentProxy())) return
  const message = `Axios ${axios.VERSION} would send the token for ${origin} to a proxy unencrypted. Update to 1.16.1 or newer, or set \`proxy: false\` and an httpsAgent that tunnels.`
  throw new GrantsError('insecure_base_url', message, { origin })
}

/** Whether the environment names a proxy for https. Axios knows these variables in both cases. */
function hasEnvironmentProxy(): boolean {
  const { env = {} } = platform.process ?? {}
  const names = ['https_proxy', 'all_proxy', 'npm_config_https_proxy', 'npm_config_proxy']
  return names.some((name) => env[name] || env[name.toUpperCase()])
}

export function isHttpAdapter(adapter: AxiosAdapter & { readonly adapterName?: string }): boolean {
  return adapter.adapterName === 'http'
}
