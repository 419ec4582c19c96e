import { formType, type ParsedRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { type Context, type Route, route } from '../http/router.ts'
import type { AccessToken } from '../state/tokens.ts'
import { OAuthError } from './errors.ts'

/** Creates a route that requires a valid access token. */
export function tokenRoute(
  method: string,
  path: string,
  handle: (token: AccessToken, context: Context) => HttpResponse,
): Route {
  return route(method, path, (context) => handle(authenticate(context), context))
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
