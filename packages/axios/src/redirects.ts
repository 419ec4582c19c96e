import { isAllowedUrl } from '@particle-grants/core/protocol'
import type { InternalAxiosRequestConfig } from 'axios'

/** What Axios' Node adapter calls before it follows a redirect. */
export type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>

const guards = new Map<string, BeforeRedirect>()

/**
 * Takes the token off a redirect that leaves its origin: Axios' Node adapter keeps it towards subdomains, and from
 * https to http. Other adapters leave redirects to the platform, which does the same.
 */
export function beforeRedirectFrom(origin: string, given: BeforeRedirect | undefined): BeforeRedirect {
  const guard = guardOf(origin)
  if (given === undefined || given === guard) return guard
  return (...details) => {
    guard(...details)
    given(...details)
  }
}

function guardOf(origin: string): BeforeRedirect {
  let guard = guards.get(origin)
  if (guard === undefined) {
    guard = (options) => {
      if (isAllowedUrl(String(options.href), [origin])) return
      const headers: Record<string, unknown> = options.headers ?? {}
      for (const name of Object.keys(headers)) {
        if (name.toLowerCase() === 'authorization') delete headers[name]
      }
    }
    guards.set(origin, guard)
  }
  return guard
}
