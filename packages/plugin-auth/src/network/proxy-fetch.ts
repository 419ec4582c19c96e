import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici'

/** One agent for each pair of proxies: it reads their variables only when it is created. */
const agents = new Map<string, EnvHttpProxyAgent>()

/**
 * `fetch` through the proxies that the environment names. It is undici's own, because Node's `fetch` may not work with
 * an agent of another undici.
 */
export const proxyFetch = (async (input: string | URL | Request, init?: RequestInit) => {
  // undici accepts the parts of a Request of Node's own, but not the Request.
  const [url, parts] = input instanceof Request ? [input.url, getParts(input)] : [input, {}]
  return undiciFetch(url, { ...parts, ...init, dispatcher: getAgent() } as object)
}) as unknown as typeof fetch

function getAgent(): EnvHttpProxyAgent {
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = process.env
  const key = [http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY].join('\n')
  const agent = agents.get(key) ?? createAgent()
  agents.set(key, agent)
  return agent
}

/** Rejects an invalid proxy URL as `fetch` rejects. */
function createAgent(): EnvHttpProxyAgent {
  try {
    return new EnvHttpProxyAgent()
  } catch (cause) {
    throw new TypeError('fetch failed', { cause })
  }
}

function getParts({ method, headers, body, signal, redirect }: Request): object {
  const stream = body === null ? {} : { body, duplex: 'half' }
  return { method, headers: [...headers], signal, redirect, ...stream }
}
