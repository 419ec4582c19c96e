import type { InternalAxiosRequestConfig } from 'axios'

/** Whether the caller brings a token or a password. The API refuses a request that has two, so these are left alone. */
export function hasOwnCredentials(config: InternalAxiosRequestConfig): boolean {
  const { auth, baseURL, data, headers, params, url } = config
  if (auth || hasAuthorization(headers as unknown as Record<string, unknown>)) return true
  if (params && inParams(params)) return true
  if (url?.includes('?') && inQuery(url)) return true
  if (baseURL?.includes('?') && inQuery(baseURL)) return true
  return data !== undefined && data !== null && inBody(data)
}

/** `false` counts: it is a caller's way to say: none. */
function hasAuthorization(headers: Record<string, unknown>): boolean {
  for (const name in headers) {
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    if (headers[name] !== undefined) return true
    // Axios would move the token to this name, where nobody takes it off again.
    if (name !== 'Authorization') delete headers[name]
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

/** In a form or JSON, which are strings by now or bytes of the caller's, or in multipart. */
function inBody(data: unknown): boolean {
  if (typeof FormData === 'function' && data instanceof FormData) return data.has('access_token')
  const text = isShort(data) ? new TextDecoder().decode(data) : data
  if (typeof text !== 'string' || !text.includes('access_token')) return false
  return new URLSearchParams(text).has('access_token') || inJson(text)
}

/** A form or JSON that brings a token has few bytes; an upload is not read. */
function isShort(data: unknown): data is Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(data) && data.byteLength <= 65_536
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
