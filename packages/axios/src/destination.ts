import { GrantsError } from '@particle-grants/core'
import { isAllowedUrl } from '@particle-grants/core/protocol'
import axios, { type AxiosAdapter, type AxiosRequestConfig } from 'axios'

/** What Axios takes for absolute, in all supported versions. Anything else is appended to `baseURL`. */
const absolute = /^([a-z][a-z\d+\-.]*:)?\/\//i

/** What could make a path the token endpoint's, or hide that. */
const suspicious = /oauth|[%\t\n\r]/i

const platform = globalThis as {
  readonly document?: { readonly baseURI?: string }
  readonly location?: { readonly href?: string }
  readonly process?: { readonly env?: Record<string, string | undefined> }
}

/** What decides where a request goes. Axios 1.7 does not know `allowAbsoluteUrls`. */
type Destination = AxiosRequestConfig & { readonly allowAbsoluteUrls?: boolean }

/** Whether the token may be sent where this request goes. */
export function isAllowedDestination(config: Destination, origins: readonly string[]): boolean {
  const { url = '', baseURL = '', allowAbsoluteUrls = true, socketPath } = config
  if (typeof url !== 'string' || typeof baseURL !== 'string' || socketPath) return false
  const isAbsolute = absolute.test(url)
  // Nothing after an origin and a slash leads elsewhere. Most requests need no parser, which takes a microsecond.
  if (!isAbsolute && !suspicious.test(url) && origins.some((origin) => isInOrigin(baseURL, origin))) return true
  // Some versions of Axios would append it, and some would not.
  if (isAbsolute && baseURL && allowAbsoluteUrls !== true) return false
  return isAllowedUrl(getUrl(config), origins)
}

function isInOrigin(baseURL: string, origin: string): boolean {
  return baseURL === origin || (baseURL.startsWith(`${origin}/`) && !suspicious.test(baseURL))
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
  const message = `Axios ${axios.VERSION} would send the token for ${origin} to a proxy unencrypted. Update Axios to 1.16.1 or newer, or set \`proxy: false\` and an httpsAgent that tunnels.`
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
