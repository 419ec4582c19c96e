import type { AccessToken, RefreshToken } from '../model/tokens.ts'
import { uncached } from './errors.ts'

/** The body of a success. The lifetime is answered as it was asked for; NaN becomes `null` in JSON. */
export function tokenBody(options: {
  access: AccessToken
  refresh: RefreshToken | undefined
  lifetime: number
  scope: string | undefined
}): Record<string, unknown> {
  const { access, refresh, lifetime, scope } = options
  return {
    token_type: 'bearer',
    access_token: access.token,
    expires_in: lifetime,
    ...(refresh && { refresh_token: refresh.token }),
    ...(scope && { scope }),
  }
}

/** Answers tokens: as JSON, or as a call of the function that `?callback=` names, as Express 4 does. */
export function tokenResponse(body: Record<string, unknown>, query: URLSearchParams): Response {
  const headers = { ...uncached, 'x-content-type-options': 'nosniff' }
  const json = JSON.stringify(body)
  const callback = query.get('callback')
  if (!callback) {
    return new Response(json, { headers: { ...headers, 'content-type': 'application/json; charset=utf-8' } })
  }
  const name = callback.replace(/[^[\]\w$.]/g, '')
  // U+2028 and U+2029 may stand in JSON and ended a line of older JavaScript.
  const script = json.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')
  return new Response(`/**/ typeof ${name} === 'function' && ${name}(${script});`, {
    headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' },
  })
}
