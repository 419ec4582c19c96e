import type { ParsedRequest } from '../http/request.ts'
import { type HttpResponse, jsonType } from '../http/response.ts'
import type { SandboxState } from '../state/state.ts'
import type { SignIn } from '../state/tokens.ts'
import { noStore } from './errors.ts'

/** Issues tokens, and returns the response with them. */
export function issueTokens(state: SandboxState, request: ParsedRequest, signIn: SignIn): HttpResponse {
  const lifetimeSeconds = parseLifetime(state, signIn)
  const { accessToken, refreshToken } = state.tokens.issue(signIn, lifetimeSeconds)
  const body = {
    token_type: 'bearer',
    access_token: accessToken,
    // The lifetime is returned as it was requested; JSON turns NaN into null.
    expires_in: lifetimeSeconds,
    refresh_token: refreshToken,
    scope: signIn.scope || undefined,
  }
  return toResponse(JSON.stringify(body), request.query)
}

/**
 * Returns the requested lifetime in seconds. The service checks little: `0`, a negative number and a text that is not a
 * number are accepted, and the token never expires.
 */
function parseLifetime({ settings, now }: SandboxState, { expiresIn, expiresAt }: SignIn): number {
  if (expiresIn) return Number(expiresIn)
  if (expiresAt) return Math.round((Date.parse(expiresAt) - now()) / 1000)
  return settings.accessTokenLifetime
}

/** Returns JSON, or with `?callback=NAME` a call of that function, as Express 4 does. */
function toResponse(json: string, query: URLSearchParams): HttpResponse {
  const callback = query.get('callback')
  if (!callback) return { status: 200, headers: createHeaders(jsonType), body: json }
  const name = callback.replace(/[^[\]\w$.]/g, '')
  // U+2028 and U+2029 are valid in JSON, and ended a line in older JavaScript.
  const script = json.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')
  return {
    status: 200,
    headers: createHeaders('text/javascript; charset=utf-8'),
    body: `/**/ typeof ${name} === 'function' && ${name}(${script});`,
  }
}

function createHeaders(contentType: string): Record<string, string> {
  return { 'content-type': contentType, ...noStore, 'x-content-type-options': 'nosniff' }
}
