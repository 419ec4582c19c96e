import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici'

/**
 * `fetch` that obeys HTTPS_PROXY, HTTP_PROXY and NO_PROXY. undici's own, and not the platform's with its agent: Node
 * brings an undici of its own that need not fit.
 */
export function createProxiedFetch(): typeof fetch {
  const dispatcher = new EnvHttpProxyAgent()
  const send: unknown = (input: unknown, init: object | undefined) => {
    // A request of the platform's is none of undici's: its parts are.
    const [url, parts] = input instanceof Request ? [input.url, partsOf(input)] : [input, {}]
    return undiciFetch(url as string, { ...parts, ...init, dispatcher })
  }
  return send as typeof fetch
}

function partsOf({ method, headers, body, signal, redirect }: Request): object {
  const stream = body === null ? {} : { body, duplex: 'half' }
  return { method, headers: [...headers], signal, redirect, ...stream }
}
