import { GrantsError, invalidArgument } from '../errors.ts'

/** Particle's Device Cloud. */
export const particleUrl = 'https://api.particle.io'

/** Option key that permits credentials over plain HTTP to another machine. For test networks only. */
export const allowInsecureRequests: unique symbol = Symbol.for('@particle-grants/core/allowInsecureRequests')

const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Returns the origin of a base URL with its path, without a slash at the end.
 * Throws `invalid_argument` for this parameter, or `insecure_base_url` for plain `http:` to another machine.
 */
export function parseBaseUrl(given: string, allowInsecure: boolean, parameter = 'baseUrl'): string {
  if (!URL.canParse(given)) {
    throw invalidArgument(parameter, 'must be an absolute URL, for example https://api.particle.io')
  }
  const url = new URL(given)
  // A trailing dot leads to the same host. Otherwise its requests would be counted apart, and its records have other keys.
  const { hostname } = url
  url.hostname = hostname.replace(/\.$/, '')
  const { username, password, search, hash, protocol, origin, pathname } = url
  if (username || password) throw invalidArgument(parameter, 'must not contain a user name or password')
  if (search || hash) throw invalidArgument(parameter, 'must not contain a query or a fragment')
  if (!/^https?:$/.test(protocol)) throw invalidArgument(parameter, 'must start with https:// or http://')
  if (protocol === 'http:' && !allowInsecure && !loopback.test(hostname)) {
    const message = `${origin} is not HTTPS, so credentials would be readable on the way. Use https://, or [allowInsecureRequests] on a test network.`
    throw new GrantsError('insecure_base_url', message, { origin })
  }
  // The look-behind keeps a long run of slashes elsewhere from being tried from each of them.
  return origin + pathname.replace(/(?<!\/)\/+$/, '')
}

/**
 * Checks a list of origins, without paths, and returns each as the URL parser writes it.
 * Throws `invalid_argument`, or `insecure_base_url` for plain `http:` to another machine.
 */
export function parseOrigins(given: readonly string[], allowInsecure: boolean): readonly string[] {
  if (!Array.isArray(given) || !given.every(isOrigin)) {
    throw invalidArgument('allowedOrigins', 'must be an array of origins, e.g. https://api.particle.io')
  }
  return given.map((origin) => parseBaseUrl(origin, allowInsecure))
}

function isOrigin(given: unknown): boolean {
  const text = String(given).replace(/\/$/, '')
  // A pattern would match no request, and seem to allow many.
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text
}
