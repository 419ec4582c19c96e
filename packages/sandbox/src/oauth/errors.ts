import { type HttpResponse, jsonType } from '../http/response.ts'

/** The headers of every response with a token or an OAuth error. */
export const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

/** The error codes of the token endpoint and of token checks, with their status (open OAuth server library). */
export const errorStatus = {
  invalid_request: 400,
  invalid_client: 400,
  invalid_grant: 400,
  invalid_scope: 400,
  unauthorized: 400,
  invalid_token: 401,
  mfa_required: 403,
  sso_user: 403,
  rate_limit_exceeded: 429,
  server_error: 503,
  // Of the identity provider (RFC 8628, section 3.5).
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
  access_denied: 400,
  unsupported_grant_type: 400,
} as const

export type OAuthErrorCode = keyof typeof errorStatus

/** Thrown where a check fails; {@link oauthErrorResponse} turns it into a response. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  readonly mfaToken: string | undefined

  constructor(code: OAuthErrorCode, description: string, mfaToken?: string) {
    super(description)
    this.code = code
    this.mfaToken = mfaToken
  }
}

/** Returns the response of an OAuth error. The library orders the members like this, and ignores `?callback=`. */
export function oauthErrorResponse({ code, message, mfaToken }: OAuthError): HttpResponse {
  return {
    status: errorStatus[code],
    headers: {
      'content-type': jsonType,
      ...noStore,
      ...(code === 'invalid_client' && { 'www-authenticate': 'Basic realm="Service"' }),
    },
    body: JSON.stringify({ mfa_token: mfaToken, error: code, error_description: message }),
    error: code,
  }
}
