import { proxyFetch } from '@particle-grants/node'
import { Connections } from '@particle-grants/node/sessions'

/** What the flags of the running command say about its requests. */
export interface RequestOptions {
  /** How long to wait for a response. */
  readonly timeoutMs: number
  /** Whether requests and responses are printed. */
  readonly isVerbose: boolean
}

const defaults: RequestOptions = { timeoutMs: 30_000, isVerbose: false }
let options = defaults

/** Applies to all requests of this process, because it runs one command. Missing options return to their defaults. */
export function setRequestOptions(given: Partial<RequestOptions>): void {
  options = { ...defaults, ...given }
}

export const getTimeoutMs = () => options.timeoutMs

/** Limits the time until a response begins. Its body may take longer. */
export async function withResponseTimeout(send: (signal: AbortSignal) => Promise<Response>): Promise<Response> {
  const controller = new AbortController()
  const end = () => controller.abort(new DOMException('The response did not begin in time.', 'TimeoutError'))
  const timer = setTimeout(end, options.timeoutMs)
  return send(controller.signal).finally(() => clearTimeout(timer))
}

/** Where requests were sent that failed: the error of `fetch` does not say it. */
const failedHosts = new WeakMap<object, string>()

export const findFailedHost = (thrown: unknown) => (thrown instanceof Error ? failedHosts.get(thrown) : undefined)

/**
 * `fetch` that uses the proxy in HTTPS_PROXY or HTTP_PROXY, except for the hosts in NO_PROXY. With `isVerbose` or
 * PARTICLE_GRANTS_DEBUG=api it prints requests and responses on stderr, without secrets.
 */
export const platformFetch: typeof fetch = async (input, init) => {
  try {
    if (!options.isVerbose && process.env.PARTICLE_GRANTS_DEBUG !== 'api') return await proxyFetch(input, init)
    const { traceFetch } = await import('./trace-fetch.ts')
    return await traceFetch(proxyFetch, input, init)
  } catch (thrown) {
    const { host } = new URL(input instanceof Request ? input.url : input)
    if (thrown instanceof Error) failedHosts.set(thrown, host)
    throw thrown
  }
}

/** Opens the stores and profiles of this machine. Its sessions use what the flags of the command say. */
export const openConnections = () => new Connections(() => ({ fetch: platformFetch, timeoutMs: getTimeoutMs() }))
