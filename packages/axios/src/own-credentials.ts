import type { InternalAxiosRequestConfig } from 'axios'

/**
 * Whether the caller sends a token or a password outside the URL. The API rejects a request with two, so it is sent as it
 * is.
 */
export function hasOwnCredentials({ auth, data, headers, params }: InternalAxiosRequestConfig): boolean {
  return Boolean(auth) || hasAuthorization(headers) || hasToken(params) || isInBody(data)
}

/** Does what `headers.has` does, in less time. `false` counts: that is how a caller says that there must be no header. */
function hasAuthorization(headers: InternalAxiosRequestConfig['headers']): boolean {
  for (const name in headers) {
    if (name.length === 13 && /^authorization$/i.test(name) && headers[name] !== undefined) return true
  }
  return false
}

/** In parameters, a form or a JSON object. */
function hasToken(fields: unknown): boolean {
  if (!fields) return false
  const { has, access_token: token } = fields as { has?: unknown; access_token?: unknown }
  return typeof has === 'function' ? has.call(fields, 'access_token') : (token ?? undefined) !== undefined
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
