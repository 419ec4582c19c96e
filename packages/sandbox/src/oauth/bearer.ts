import { formType, type ParsedRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { type Context, type Route, route } from '../http/router.ts'
import type { AccessToken } from '../state/tokens.ts'
import { OAuthError } from './errors.ts'

type TokenHandler = (token: AccessToken, context: Context) => HttpResponse

/** Creates a route that requires a valid access token of a person, a product or a customer. API users are refused. */
export function tokenRoute(method: string, path: string, handle: TokenHandler): Route {
  return route(method, path, (context) => {
    const token = authenticate(context)
    if (token.account.apiUser) {
      throw new OAuthError('unauthorized', 'API users are not allowed to call this endpoint')
    }
    return handle(token, context)
  })
}

/** Creates a route that requires a valid access token; of an API user, one with this scope (`any`: every API user's). */
export function scopedRoute([method, path]: readonly [string, string], scope: string, handle: TokenHandler): Route {
  return route(method, path, (context) => {
    const token = authenticate(context)
    const scopes = token.account.apiUser?.scopes ?? [scope]
    if (scope !== 'any' && !scopes.includes(scope)) {
      // The status and the code are documented. The text is not known.
      throw new OAuthError('unauthorized', `This API user does not have the scope ${scope}`)
    }
    return handle(token, context)
  })
}

/** Returns the access token of an API request. Throws unless it is valid and in exactly one place. */
function authenticate({ state, request }: Context): AccessToken {
  const token = state.tokens.findAccess(getBearerToken(request))
  if (!token) throw new OAuthError('invalid_token', 'The access token provided is invalid.')
  if (state.tokens.isExpired(token)) {
    throw new OAuthError('invalid_token', 'The access token provided has expired.')
  }
  return token
}

function getBearerToken(request: ParsedRequest): string {
  const { query, form, json } = request
  const header = request.headers.authorization
  const inQuery = query.has('access_token') ? query.getAll('access_token').join(',') : undefined
  const inBody = form.get('access_token') ?? json.access_token
  const places = [header, inQuery, inBody].filter((place) => place !== undefined)
  if (places.length > 1) {
    // The service writes the two spaces.
    const description = 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).'
    throw new OAuthError('invalid_request', description)
  }
  if (places.length === 0) throw new OAuthError('invalid_request', 'The access token was not found')
  if (header) return parseHeader(header)
  if (inBody) checkTokenInBody(request)
  return String(inBody || inQuery || '')
}

function parseHeader(header: string): string {
  const token = /Bearer\s(\S+)/.exec(header)?.[1]
  if (token === undefined) throw new OAuthError('invalid_request', 'Malformed auth header')
  return token
}

function checkTokenInBody({ method, contentType }: ParsedRequest): void {
  if (method === 'GET') {
    throw new OAuthError('invalid_request', 'Method cannot be GET When putting the token in the body.')
  }
  if (contentType !== formType) {
    const description = 'When putting the token in the body, content type must be application/x-www-form-urlencoded.'
    throw new OAuthError('invalid_request', description)
  }
}
