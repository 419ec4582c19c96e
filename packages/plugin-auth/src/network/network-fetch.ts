import { proxyVariables } from './proxy.ts'

/** Whether the environment names a proxy. */
function namesProxy(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return proxyVariables.some((name) => env[name] !== undefined && env[name] !== '')
}

/** One per setting of the variables, because a proxy agent reads them only when it is created. */
const proxied = new Map<string, Promise<typeof fetch>>()

function proxiedFetch({ no_proxy, NO_PROXY, ...env } = process.env): Promise<typeof fetch> {
  const setting = JSON.stringify([...proxyVariables.map((name) => env[name]), no_proxy, NO_PROXY])
  const existing = proxied.get(setting)
  if (existing !== undefined) return existing
  const created = import('./proxied-fetch.ts').then(({ createProxiedFetch }) => createProxiedFetch())
  proxied.set(setting, created)
  return created
}

/** `fetch` through the proxy that the environment names; the platform's own where it names none. */
export const platformFetch: typeof fetch = async (...call) => {
  if (!namesProxy()) return fetch(...call)
  return (await proxiedFetch())(...call)
}
