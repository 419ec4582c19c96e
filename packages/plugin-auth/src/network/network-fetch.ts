import type { Fetch } from '@particle-grants/core'
import { proxyVariables } from './proxy.ts'

/** Whether the environment names a proxy. */
function namesProxy(env: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return proxyVariables.some((name) => env[name] !== undefined && env[name] !== '')
}

let proxied: Promise<typeof fetch> | undefined

/** `fetch` through the proxy that the environment names; the platform's own where it names none. */
export const platformFetch: typeof fetch = async (...call) => {
  if (!namesProxy()) return fetch(...call)
  proxied ??= import('./proxied-fetch.ts').then(({ createProxiedFetch }) => createProxiedFetch())
  return (await proxied)(...call)
}

/** The same, as core takes it. */
export const networkFetch: Fetch = (url, init) => platformFetch(url, init as RequestInit)
