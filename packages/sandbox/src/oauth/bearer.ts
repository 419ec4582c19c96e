import type { Call } from '../call.ts'
import { formType } from '../call.ts'
import type { AccessToken } from '../model/tokens.ts'
import type { World } from '../model/world.ts'
import { OAuthError } from './errors.ts'

/** The token of an API request, if it is in exactly one place and good; every other case throws. */
export function authorise(world: World, call: Call): AccessToken {
  const token = world.tokens.access(bearerToken(call))
  if (!token) throw new OAuthError('invalid_token', 'The access token provided is invalid.')
  if (world.tokens.isExpired(token)) {
    throw new OAuthError('invalid_token', 'The access token provided has expired.')
  }
  return token
}

function bearerToken(call: Call): string {
  const header = call.headers.get('authorization') ?? undefined
  const inQuery = call.query.has('access_token') ? call.query.getAll('access_token').join(',') : undefined
  const inBody = call.form.get('access_token') ?? call.json.access_token
  const given = [header, inQuery, inBody].filter((place) => place !== undefined)
  if (given.length > 1) {
    // The two blanks are the service's.
    const description = 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).'
    throw new OAuthError('invalid_request', description)
  }
  if (given.length === 0) throw new OAuthError('invalid_request', 'The access token was not found')
  if (header) return tokenOfHeader(header)
  if (inBody) checkTokenInBody(call)
  return String(inBody || inQuery || '')
}

function tokenOfHeader(header: string): string {
  const token = /Bearer\s(\S+)/.exec(header)?.[1]
  if (token === undefined) throw new OAuthError('invalid_request', 'Malformed auth header')
  return token
}

function checkTokenInBody({ method, contentType }: Call): void {
  if (method === 'GET') {
    throw new OAuthError('invalid_request', 'Method cannot be GET When putting the token in the body.')
  }
  if (contentType !== formType) {
    const description =
      'When putting the token in the body, content type must be application/x-www-form-urlencoded.'
    throw new OAuthError('invalid_request', description)
  }
}
