import { GrantsError } from '../errors/grants-error.ts'
import { invalidArgument } from '../errors/invalid-argument.ts'

/** Particle's Device Cloud. */
export const particleUrl = 'https://api.particle.io'

/**
 * Switches the protection off that keeps credentials from going in the clear to another machine:
 * `createSession({ …, [allowInsecureRequests]: true })`. For a test network of one's own, and nothing else.
 */
export const allowInsecureRequests: unique symbol = Symbol.for('@particle-grants/core/allowInsecureRequests')

const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * The origin that requests go to, with any path prefix and without a slash at the end.
 * Throws `invalid_argument`, or `insecure_base_url` for plain `http:` to another machine.
 */
export function readBaseUrl(given: string, insecureAllowed: boolean): string {
  const url = parse(given)
  if (url.username !== '' || url.password !== '') throw invalid('must not hold a user name or password')
  if (url.search !== '' || url.hash !== '') throw invalid('must not hold a query or a fragment')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid('must begin with https:// or http://')
  if (url.protocol === 'http:' && !insecureAllowed && !loopback.test(url.hostname)) {
    throw new GrantsError('insecure_base_url', { origin: url.origin })
  }
  // The look behind keeps a long run of slashes elsewhere from being tried from each of them.
  return url.origin + url.pathname.replace(/(?<!\/)\/+$/, '')
}

function parse(given: string): URL {
  try {
    return new URL(given)
  } catch {
    throw invalid('must be an absolute URL such as https://api.particle.io')
  }
}

function invalid(problem: string): GrantsError {
  return invalidArgument('baseUrl', problem)
}
