import { getRedirect, isAllowedUrl } from '@particle-grants/core/protocol'
import { type AxiosAdapter, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios'
import { isReplayable } from './body.ts'
import { isHttpAdapter } from './destination.ts'
import { getResponse, settle, unwrap } from './outcome.ts'

type BeforeRedirect = NonNullable<InternalAxiosRequestConfig['beforeRedirect']>

/** Axios' http adapter keeps the token on redirects to subdomains, and to the token endpoint. */
export function createRedirectGuard(
  allowedOrigins: readonly string[],
  beforeRedirect: BeforeRedirect | undefined,
): BeforeRedirect {
  return (request, ...details) => {
    if (!isAllowedUrl(String(request.href), allowedOrigins)) delete request.headers.Authorization
    beforeRedirect?.(request, ...details)
  }
}

/** Whether redirects must be followed here: the fetch adapter has no `beforeRedirect`. In a browser the platform does it. */
export function isFollowedHere(config: InternalAxiosRequestConfig, adapter: AxiosAdapter): boolean {
  const { redirect = 'follow' } = (config.fetchOptions ?? {}) as RequestInit
  const mayBeFetch = typeof config.adapter !== 'function' && !isHttpAdapter(adapter)
  return mayBeFetch && 'process' in globalThis && config.maxRedirects !== 0 && redirect === 'follow'
}

/** Wraps the fetch adapter. The platform would keep the token on each redirect that stays in the origin. */
export function followRedirects(adapter: AxiosAdapter, redirectsLeft = 20): AxiosAdapter {
  return async (config) => {
    const attempt = { ...config, fetchOptions: { ...config.fetchOptions, redirect: 'manual' } }
    const outcome = await settle(adapter(attempt))
    const next = redirectsLeft > 0 ? redirect(attempt, getResponse(outcome)) : undefined
    return next ? followRedirects(adapter, redirectsLeft - 1)(next) : unwrap(outcome)
  }
}

/** Returns the request that a redirect leads to, if there is one. A stream can be sent only once. */
function redirect(
  config: InternalAxiosRequestConfig,
  response: AxiosResponse | undefined,
): InternalAxiosRequestConfig | undefined {
  const from = response?.request as Request | undefined
  if (!response || from?.redirect !== 'manual') return undefined
  const next = getRedirect(from, { status: response.status, location: response.headers.location })
  if (!next || !(next.becomesGet || isReplayable(config.data))) return undefined
  const headers = copyHeaders(config.headers)
  headers.delete([...next.removedHeaders])
  const changed = { ...config, url: next.url, baseURL: '', params: undefined, headers }
  return next.becomesGet ? { ...changed, method: 'get', data: undefined } : changed
}

/** Copies headers, of whichever build of Axios, into those of the imported one. The constructor would parse each again. */
export function copyHeaders(headers: AxiosHeaders): AxiosHeaders {
  return Object.assign(new AxiosHeaders(), headers)
}
