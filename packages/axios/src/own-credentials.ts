import type { InternalAxiosRequestConfig } from 'axios'

/** Whether the caller sends a token or a password. The API rejects a request with two, so it is sent as it is. */
export function hasOwnCredentials(config: InternalAxiosRequestConfig): boolean {
  const { auth, baseURL = '', data, headers, params, url = '' } = config
  return (
    Boolean(auth) ||
    // `false` counts: that is how a caller says that there must be no header.
    headers.has('Authorization') ||
    hasToken(params) ||
    isInUrl(url) ||
    isInUrl(baseURL) ||
    (data !== undefined && isInBody(data))
  )
}

/** In parameters, a form or a JSON object. */
function hasToken(fields: unknown): boolean {
  const { has, access_token: token } = (fields ?? {}) as { has?: unknown; access_token?: unknown }
  return typeof has === 'function' ? has.call(fields, 'access_token') : (token ?? undefined) !== undefined
}

/** In the query, or as a user name, of which Axios makes a header. */
function isInUrl(url: string): boolean {
  if (url.includes('@') && URL.canParse(url) && new URL(url).username !== '') return true
  return url.includes('?') && hasToken(new URLSearchParams(url.replace(/^[^?]*\?|#.*$/gs, '')))
}

/** Axios has made strings of forms and JSON. */
function isInBody(data: unknown): boolean {
  if (typeof data !== 'string') return hasToken(data)
  if (!data.includes('access_token')) return false
  try {
    return hasToken(JSON.parse(data))
  } catch {
    return hasToken(new URLSearchParams(data))
  }
}
