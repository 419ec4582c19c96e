import { isAllowedUrl } from '@particle-grants/core/protocol'
import type { InternalAxiosRequestConfig } from 'axios'

/** What Axios takes for absolute, in all supported versions; anything else is appended to `baseURL`. */
const absolute = /^([a-z][a-z\d+\-.]*:)?\/\//i

/** What may make a path the token endpoint's: looked at closely. The URL parser drops tabs and line breaks. */
const closeLook = /oauth|[\t\n\r%]/i

/** The origins that a token may go to, and which of them a request goes to. */
export class Destinations {
  readonly #origins: readonly string[]
  readonly #heads: readonly { readonly origin: string; readonly withSlash: string }[]

  constructor(origins: readonly string[]) {
    this.#origins = origins
    this.#heads = origins.map((origin) => ({ origin, withSlash: `${origin}/` }))
  }

  /** The allowed origin that a request goes to, or `undefined` where it gets no token. */
  of(config: InternalAxiosRequestConfig): string | undefined {
    const { url = '', baseURL = '' } = config
    if (typeof url !== 'string' || typeof baseURL !== 'string' || config.socketPath) return undefined
    const isAbsolute = absolute.test(url)
    const head = isAbsolute || baseURL === '' ? url : baseURL
    const mayBeAppended = isAbsolute && !areAllowed(config.allowAbsoluteUrls)
    if (closeLook.test(url) || closeLook.test(head) || mayBeAppended) {
      return this.#judge(config, url)
    }
    // Behind an origin and a slash nothing can lead elsewhere, so that the usual forms need no parser.
    for (const { origin, withSlash } of this.#heads) {
      if (head.startsWith(withSlash) || head === origin) return origin
    }
    return this.#judge(config, url)
  }

  /**
   * Every way in which some version of Axios may read these members must lead to the same allowed origin: 1.7 does
   * not know `allowAbsoluteUrls`, and the adapters of 1.8 disagree about it.
   */
  #judge(config: InternalAxiosRequestConfig, url: string): string | undefined {
    const { baseURL, allowAbsoluteUrls } = config
    if (!baseURL) return this.#originOf(url)
    if (!absolute.test(url)) return this.#originOf(combine(baseURL, url))
    const origin = this.#originOf(url)
    if (areAllowed(allowAbsoluteUrls)) return origin
    return this.#originOf(combine(baseURL, url)) === origin ? origin : undefined
  }

  #originOf(url: string): string | undefined {
    const parsed = parse(url)
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return undefined
    // Adapters make a header of their own of what stands before the @.
    if (parsed.username !== '' || parsed.password !== '') return undefined
    return isAllowedUrl(parsed.href, this.#origins) ? parsed.origin : undefined
  }
}

/** Versions of Axios compare it with `false` loosely, so that 0 and more count as that. */
function areAllowed(allowAbsoluteUrls: unknown): boolean {
  return allowAbsoluteUrls === undefined || allowAbsoluteUrls === true
}

/** The URL of a request, as far as an error may tell it. */
export function urlOf({ baseURL, url = '' }: InternalAxiosRequestConfig): string {
  return baseURL && !absolute.test(url) ? combine(baseURL, url) : url
}

/** As Axios does. */
function combine(baseURL: string, url: string): string {
  return url === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${url.replace(/^\/+/, '')}`
}

const page = globalThis as { readonly document?: { baseURI?: string }; readonly location?: { href?: string } }

function parse(url: string): URL | undefined {
  try {
    // In a page, relative URLs are the page's.
    return new URL(url, page.document?.baseURI ?? page.location?.href)
  } catch {
    return undefined
  }
}
