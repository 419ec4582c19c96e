import type { InternalAxiosRequestConfig } from 'axios'

type Fetch = typeof globalThis.fetch

const addresses = new WeakMap<object, string>()
const tracedOnes = new WeakMap<Fetch, Fetch>()

/** Where the answer to a request came from, after its redirects; of Axios' fetch adapter nothing else tells. */
export function addressOf(request: object): string | undefined {
  return addresses.get(request)
}

/**
 * The environment for Axios' fetch adapter that notes where answers came from. Versions before 1.12 take none, and
 * their answers don't say.
 */
export function tracedEnvironment({ env }: InternalAxiosRequestConfig): InternalAxiosRequestConfig['env'] {
  const given = (env as { fetch?: unknown } | undefined)?.fetch ?? platformFetch
  return typeof given === 'function' &&
    typeof (given === platformFetch ? globalThis.fetch : given) === 'function'
    ? ({ ...env, fetch: traced(given as Fetch) } as InternalAxiosRequestConfig['env'])
    : env
}

/** Looked up late, so that a `fetch` that is installed or patched afterwards is used. */
const platformFetch: Fetch = (...call) => globalThis.fetch(...call)

function traced(fetch: Fetch): Fetch {
  const known = tracedOnes.get(fetch)
  if (known !== undefined) return known
  const noting: Fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (typeof input === 'object') addresses.set(input, response.url)
    return response
  }
  tracedOnes.set(fetch, noting)
  return noting
}
