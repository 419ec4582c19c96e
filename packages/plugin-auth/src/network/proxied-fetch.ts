import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici'
import { assertProxies, proxyTrouble } from './proxy.ts'

/**
 * `fetch` that obeys HTTPS_PROXY, HTTP_PROXY and NO_PROXY. undici's own, and not the platform's with its agent: Node
 * brings an undici of its own that need not fit. Throws `proxy` where a variable has no address, or the proxy fails.
 */
export function createProxiedFetch(): typeof fetch {
  assertProxies()
  const dispatcher = new EnvHttpProxyAgent()
  const send = async (input: unknown, init: object | undefined) => {
    // A request of the platform's is none of undici's: its parts are.
    const [url, parts] = input instanceof Request ? [input.url, partsOf(input)] : [String(input), {}]
    try {
      return await undiciFetch(url, { ...parts, ...init, dispatcher })
    } catch (thrown) {
      throw proxyTrouble(thrown, new URL(url)) ?? thrown
    }
  }
  return send as unknown as typeof fetch
}

function partsOf({ method, headers, body, signal, redirect }: Request): object {
  const stream = body === null ? {} : { body, duplex: 'half' }
  return { method, headers: [...headers], signal, redirect, ...stream }
}
