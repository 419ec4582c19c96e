import type { InternalAxiosRequestConfig } from 'axios'

/** Whether the caller brings a token or a password. The API refuses a request that has two, so these are left alone. */
export function bringsItsOwn(config: InternalAxiosRequestConfig): boolean {
  const { auth, baseURL, data, headers, params, url } = config
  if (auth || hasAuthorization(headers)) return true
  if (params && inParams(params)) return true
  if (url?.includes('?') && inQuery(url)) return true
  if (baseURL?.includes('?') && inQuery(baseURL)) return true
  return data !== undefined && data !== null && inBody(data)
}

function hasAuthorization(headers: object): boolean {
  for (const name in headers) {
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    // `false` is a caller's way to say: none.
    return (headers as Record<string, unknown>)[name] !== undefined
  }
  return false
}

function inParams(params: unknown): boolean {
  if (params instanceof URLSearchParams) return params.has('access_token')
  return typeof params === 'object' && params !== null && hasToken(params)
}

function inQuery(url: string): boolean {
  const query = url.slice(url.indexOf('?') + 1).replace(/#.*$/s, '')
  return new URLSearchParams(query).has('access_token')
}

/** In a form or JSON, both of them strings by now, or in multipart. */
function inBody(data: unknown): boolean {
  if (typeof FormData === 'function' && data instanceof FormData) return data.has('access_token')
  if (typeof data !== 'string' || !data.includes('access_token')) return false
  return new URLSearchParams(data).has('access_token') || inJson(data)
}

function inJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && hasToken(value)
  } catch {
    return false
  }
}

function hasToken(object: object): boolean {
  return 'access_token' in object && object.access_token !== undefined && object.access_token !== null
}
