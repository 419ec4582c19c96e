import { type HttpResponse, json } from '../http/response.ts'
import { type Context, route } from '../http/router.ts'
import { scopedRoute, tokenRoute } from '../oauth/bearer.ts'
import { OAuthError } from '../oauth/errors.ts'
import type { AccessToken, Tokens } from '../state/tokens.ts'

/** Reads, lists and revokes access tokens. */
export const accessTokenRoutes = [
  route('GET', '/v1/access_tokens', listTokens),
  // Whether the service lets API users call these two is unknown.
  scopedRoute(['GET', '/v1/access_tokens/current'], 'any', describeToken),
  scopedRoute(['DELETE', '/v1/access_tokens/current'], 'any', ({ token }, context) => {
    return revoke(context, (tokens) => tokens.revoke(token))
  }),
  tokenRoute('DELETE', '/v1/access_tokens', ({ account }, context) => {
    return revoke(context, (tokens) => tokens.revokeAll(account))
  }),
  // particle-api-js sends no authentication, so the response does not tell whether the token existed.
  route('DELETE', '/v1/access_tokens/:token', (context) => {
    return revoke(context, (tokens) => tokens.revoke(context.params.token ?? ''))
  }),
]

function describeToken({ expiresAt, clientId, scope }: AccessToken): HttpResponse {
  return json({
    expires_at: formatTime(expiresAt),
    client: clientId,
    scopes: scope?.split(/\s+/).filter(Boolean) ?? [],
    orgs: [],
  })
}

function revoke({ state, request }: Context, perform: (tokens: Tokens) => void): HttpResponse {
  state.limits.countRequest(request, 'list or delete tokens')
  perform(state.tokens)
  return json({ ok: true })
}

/** Lists the valid tokens of an account by its username and password, in plain text. */
function listTokens({ state, request }: Context): HttpResponse {
  state.limits.countRequest(request, 'list or delete tokens')
  const account = state.accounts.findDeveloper(request.basic?.username ?? '')
  if (!account) return listError(400, 'Unknown user')
  if (account.password === undefined || account.password !== request.basic?.password) {
    return listError(401, 'Bad password')
  }
  if (account.mfa) {
    const otp = request.query.get('otp')
    // The status is documented. The body is unknown.
    if (!otp) throw new OAuthError('mfa_required', 'Multi-factor authentication required')
    const isCorrect = account.mfa.totp.accept(otp, state.now(), state.settings.otpReuse)
    if (!isCorrect) return listError(401, 'Bad OTP')
  }
  const tokens = state.tokens.list(account).filter((token) => state.tokens.isValid(token))
  return json(
    tokens.map(({ token, expiresAt, clientId }) => ({
      token,
      expires_at: formatTime(expiresAt),
      client: clientId,
    })),
  )
}

function listError(status: number, error: string): HttpResponse {
  return json({ ok: false, errors: [error] }, status)
}

function formatTime(expiresAt: number | null): string | null {
  return expiresAt === null ? null : new Date(expiresAt).toISOString()
}
