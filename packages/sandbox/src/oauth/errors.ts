/** Every error code of the token endpoint and of token checks, with its status (open OAuth server library). */
export const statusOf = {
  invalid_request: 400,
  invalid_client: 400,
  invalid_grant: 400,
  invalid_scope: 400,
  invalid_token: 401,
  mfa_required: 403,
  sso_user: 403,
  rate_limit_exceeded: 429,
  server_error: 503,
} as const

/** An error code that the sandbox answers. */
export type OAuthErrorCode = keyof typeof statusOf

/** A refusal, thrown where it is found and answered in one place. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  readonly mfaToken: string | undefined
  readonly retryAfter: number | undefined

  constructor(
    code: OAuthErrorCode,
    description: string,
    extra: { mfaToken?: string; retryAfter?: number } = {},
  ) {
    super(description)
    this.code = code
    this.mfaToken = extra.mfaToken
    this.retryAfter = extra.retryAfter
  }
}

/** The headers of every answer that carries a token or an OAuth error. */
export const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

/** The answer of a refusal. The order of the members is the library's; errors are JSON also with `?callback=`. */
export function errorResponse({ code, message, mfaToken, retryAfter }: OAuthError): Response {
  return Response.json(
    { mfa_token: mfaToken, error: code, error_description: message },
    {
      status: statusOf[code],
      headers: {
        'content-type': 'application/json; charset=utf-8',
        ...uncached,
        ...(code === 'invalid_client' && { 'www-authenticate': 'Basic realm="Service"' }),
        ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      },
    },
  )
}
