import { EnvHttpProxyAgent, fetch as fetchWithUndici } from 'undici'

/** One agent for each set of proxies: it reads their variables only when it is created. */
const agents = new Map<string, EnvHttpProxyAgent>()

/** undici's own `fetch`, because Node's may not work with an agent of another undici. */
export const undiciFetch = (async (input: string | URL | Request, init?: RequestInit) => {
  // undici accepts the parts of a Request of Node's own, but not the Request.
  const [url, parts] = input instanceof Request ? [input.url, getParts(input)] : [input, {}]
  return fetchWithUndici(url, { ...parts, ...init, dispatcher: getAgent() } as object)
}) as unknown as typeof fetch

function getAgent(): EnvHttpProxyAgent {
  const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = process.env
  const key = [http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY].join('\n')
  try {
    const agent = agents.get(key) ?? new EnvHttpProxyAgent()
    agents.set(key, agent)
    return agent
  } catch (cause) {
    // An invalid proxy URL is reported as `fetch` reports a failure.
    throw new TypeError('fetch failed', { cause })
  }
}

function getParts({ method, headers, body, signal, redirect }: Request): object {
  const stream = body === null ? {} : { body, duplex: 'half' }
  return { method, headers: [...headers], signal, redirect, ...stream }
}
