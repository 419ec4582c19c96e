import type { ParsedRequest } from '../http/request.ts'
import { type HttpResponse, jsonType } from '../http/response.ts'
import type { ClientOptions } from '../state/clients.ts'
import type { Settings } from '../state/settings.ts'
import type { SandboxState } from '../state/state.ts'
import { noStore } from './errors.ts'
import type { GrantResult } from './grants.ts'

/** Issues tokens, and returns the response with them. */
export function issueTokens(options: {
  state: SandboxState
  request: ParsedRequest
  client: ClientOptions
  result: GrantResult
}): HttpResponse {
  const { state, request, client, result } = options
  const { account, scope } = result
  const lifetimeSeconds = parseLifetime(state, result)
  const { access, refresh } = state.tokens.issue({ client, account, scope, lifetimeSeconds })
  const responseScope = getResponseScope(state.settings, scope)
  const body = {
    token_type: 'bearer',
    access_token: access.token,
    // The lifetime is returned as it was requested; JSON turns NaN into null.
    expires_in: lifetimeSeconds,
    ...(refresh && { refresh_token: refresh.token }),
    ...(responseScope && { scope: responseScope }),
  }
  return toResponse(JSON.stringify(body), request.query)
}

/**
 * Returns the requested lifetime in seconds. The service checks little: `0`, a negative number and a text that is not a
 * number are accepted, and the token never expires.
 */
function parseLifetime({ settings, now }: SandboxState, { expiresIn, expiresAt }: GrantResult): number {
  if (expiresIn) return Number(expiresIn)
  if (expiresAt) return Math.round((Date.parse(expiresAt) - now()) / 1000)
  return settings.accessTokenLifetime
}

function getResponseScope({ scopeInResponse }: Settings, scope: string | undefined): string | undefined {
  if (scopeInResponse === 'requested') return scope
  return scopeInResponse === 'omitted' ? undefined : scopeInResponse
}

/** Returns JSON, or with `?callback=NAME` a call of that function, as Express 4 does. */
function toResponse(json: string, query: URLSearchParams): HttpResponse {
  const headers = { ...noStore, 'x-content-type-options': 'nosniff' }
  const callback = query.get('callback')
  if (!callback) return { status: 200, headers: { 'content-type': jsonType, ...headers }, body: json }
  const name = callback.replace(/[^[\]\w$.]/g, '')
  // U+2028 and U+2029 are valid in JSON, and ended a line in older JavaScript.
  const script = json.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')
  return {
    status: 200,
    headers: { 'content-type': 'text/javascript; charset=utf-8', ...headers },
    body: `/**/ typeof ${name} === 'function' && ${name}(${script});`,
  }
}
