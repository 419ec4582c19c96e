import { GrantsError } from '@particle-grants/core'
import { isAllowedUrl } from '@particle-grants/core/protocol'
import axios, { type AxiosAdapter, type AxiosRequestConfig } from 'axios'

/** What Axios takes for absolute, in all supported versions. Anything else is appended to `baseURL`. */
const absolute = /^([a-z][a-z\d+\-.]*:)?\/\//i

const page = globalThis as { readonly document?: { baseURI?: string }; readonly location?: { href?: string } }

/** What decides where a request goes. Axios 1.7 does not know `allowAbsoluteUrls`. */
type Destination = AxiosRequestConfig & { readonly allowAbsoluteUrls?: boolean }

/** What could make a path the token endpoint's, or hide that. */
const suspicious = /oauth|[%\t\n\r]/i

/** Whether the token may be sent where this request goes. */
export function isAllowedDestination(config: Destination, origins: readonly string[]): boolean {
  const { url = '', baseURL = '', allowAbsoluteUrls = true, socketPath } = config
  if (typeof url !== 'string' || typeof baseURL !== 'string' || socketPath) return false
  const isAbsolute = absolute.test(url)
  // Nothing after an origin and a slash leads elsewhere. Most requests need no parser, which takes a microsecond.
  if (!isAbsolute && !suspicious.test(url) && origins.some((origin) => isInOrigin(baseURL, origin)))
    return true
  if (!isAllowedUrl(getUrl(config), origins)) return false
  // With allowAbsoluteUrls: false some versions of Axios append an absolute URL, and some do not.
  const isAmbiguous = isAbsolute && baseURL !== '' && allowAbsoluteUrls !== true
  return !isAmbiguous || isAllowedUrl(resolveInPage(combine(baseURL, url)), origins)
}

/** Returns the URL of a request, without its `params`. */
export function getUrl({ url = '', baseURL }: AxiosRequestConfig): string {
  return resolveInPage(!baseURL || absolute.test(url) ? url : combine(baseURL, url))
}

function isInOrigin(baseURL: string, origin: string): boolean {
  return baseURL === origin || (baseURL.startsWith(`${origin}/`) && !suspicious.test(baseURL))
}

/** Appends a path as Axios does. */
function combine(baseURL: string, path: string): string {
  return path === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
}

/** In a page, a relative URL is relative to the page. */
function resolveInPage(url: string): string {
  const base = page.document?.baseURI ?? page.location?.href
  const isComplete = base === undefined || /^https?:\/\//.test(url)
  return !isComplete && URL.canParse(url, base) ? new URL(url, base).href : url
}

const [major = 0, minor = 0, patch = 0] = axios.VERSION.split('.').map(Number)

/** Older versions send a request for https to a proxy as if it were for http (axios/axios#6320). */
const isProxyUnencrypted = major === 1 && (minor < 16 || (minor === 16 && patch < 1))

/** @throws GrantsError `insecure_base_url` if this version of Axios would show the token to a proxy */
export function assertNotReadable(config: AxiosRequestConfig, adapter: AxiosAdapter): void {
  if (!isProxyUnencrypted || !isHttpAdapter(adapter)) return
  const { origin, hostname, port, protocol } = new URL(getUrl(config))
  if (
    protocol !== 'https:' ||
    config.proxy === false ||
    (!config.proxy && !hasEnvironmentProxy(hostname, port || '443'))
  )
    return
  const message = `Axios ${axios.VERSION} would send the token for ${origin} to a proxy unencrypted. Update Axios to 1.16.1 or newer, or set \`proxy: false\` and an httpsAgent that tunnels.`
  throw new GrantsError('insecure_base_url', message, { origin })
}

export function isHttpAdapter(adapter: AxiosAdapter & { readonly adapterName?: string }): boolean {
  return adapter.adapterName === 'http'
}

/** Whether Axios finds a proxy for https in the environment. It knows these variables in both cases. */
export function hasEnvironmentProxy(hostname: string, port: string): boolean {
  const read = (...names: string[]) =>
    names.flatMap((name) => [environment[name], environment[name.toUpperCase()]]).find(Boolean)
  const proxy = read('npm_config_https_proxy', 'https_proxy', 'npm_config_proxy', 'all_proxy')
  if (proxy === undefined) return false
  const exceptions = read('npm_config_no_proxy', 'no_proxy')?.toLowerCase() ?? ''
  return !exceptions.split(/[,\s]+/).some((exception) => {
    const [, host = exception, exceptedPort = port] = /^(.+):(\d+)$/.exec(exception) ?? []
    if (exceptedPort !== port) return false
    return /^[.*]/.test(host) ? hostname.endsWith(host.replace(/^\*/, '')) : hostname === host
  })
}

const { process } = globalThis as { readonly process?: { readonly env?: Record<string, string | undefined> } }
const environment = process?.env ?? {}
