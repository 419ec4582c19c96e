import { escapeControlCharacters, redact, truncate } from '../redact.ts'
import { Secret } from '../secret.ts'
import { type HttpResponse, isHeaderSafe, type JsonObject, type JsonProblem, parseJsonObject } from './http.ts'

/** What a parsed response from the token endpoint, or from something in its place, can be. */
export type TokenResponse = SuccessResponse | ChallengeResponse | ErrorResponse | UnexpectedResponse

interface ResponseBase<T extends string> {
  readonly type: T
  readonly status: number
}

/** The endpoint returned tokens. */
export interface SuccessResponse extends ResponseBase<'success'> {
  readonly status: 200
  readonly accessToken: Secret
  readonly refreshToken: Secret | undefined
  /** `null`: the token never expires (the response said 0 or nothing). */
  readonly expiresInSeconds: number | null
  readonly scope: string | undefined
}

/** The password was correct, and the account has MFA. */
export interface ChallengeResponse extends ResponseBase<'mfa_required'> {
  readonly mfaToken: Secret
}

/** The endpoint refused the request. */
export interface ErrorResponse extends ResponseBase<'error'> {
  /** The OAuth error code. It may be one that this package does not know. */
  readonly error: TokenEndpointError | (string & {})
  /** `error_description` on one line, at most 200 characters, without the secrets that were sent. */
  readonly description: string | undefined
}

/** The response is not one of Particle's token endpoint. */
export interface UnexpectedResponse extends ResponseBase<'unexpected'> {
  readonly reason: UnexpectedReason
  /** The field whose type is wrong, with `wrong_type`. */
  readonly field: string | undefined
}

export type UnexpectedReason = JsonProblem | 'redirect' | 'no_error_code' | 'wrong_status' | 'wrong_type'

/** The known error codes of Particle's token endpoint: their status. */
export const tokenEndpointErrors = {
  mfa_required: { status: 403 },
  invalid_grant: { status: 400 },
  invalid_client: { status: 400 },
  invalid_request: { status: 400 },
  invalid_scope: { status: 400 },
  invalid_token: { status: 401 },
  expired_token: { status: 401 },
  sso_user: { status: 403 },
  rate_limit_exceeded: { status: 429 },
  server_error: { status: 503 },
} as const

/** A known error code of Particle's token endpoint. */
export type TokenEndpointError = keyof typeof tokenEndpointErrors

export function isTokenEndpointError(code: string): code is TokenEndpointError {
  return Object.hasOwn(tokenEndpointErrors, code)
}

/**
 * Returns a function that replaces the secrets of a request in a text by `[redacted]`. A known error code is not replaced:
 * it decides what happens next, and is no secret even if a password is spelled like it.
 */
export function createRedactor(secrets: readonly Secret[]): (text: string) => string {
  return (text) => (isTokenEndpointError(text) ? text : redact(text, secrets))
}

/**
 * Parses any response to a token request. Never throws. The body decides, not its headers; the error code decides,
 * never its description.
 *
 * @param redactText - hides what a server may repeat of the request, see {@link createRedactor}
 */
export function parseTokenResponse(
  { status, body }: Pick<HttpResponse, 'status' | 'body'>,
  redactText: (text: string) => string = (text) => text,
): TokenResponse {
  const isRedirect = status === 0 || (status >= 300 && status < 400)
  const json = isRedirect ? 'redirect' : parseJsonObject(body)
  const parsed = typeof json === 'string' ? unexpected(json) : parseFields(json, status, redactText)
  // A success has been checked to have the status 200.
  return { ...parsed, status } as TokenResponse
}

/** What the body says. */
type Parsed<R extends TokenResponse = TokenResponse> = R extends unknown ? Omit<R, 'status'> : never

function parseFields(json: JsonObject, status: number, redactText: (text: string) => string): Parsed {
  const { error = null } = json
  const code = typeof error === 'string' ? escapeControlCharacters(error) : ''
  if (code === '') {
    if (status >= 400) return unexpected('no_error_code')
    if (status !== 200) return unexpected('wrong_status')
    return error === null ? parseTokens(json) : unexpected('wrong_type', 'error')
  }
  // An error code with a token beside it, or with a 2xx status, contradicts itself.
  if (status < 400 || json.access_token !== undefined) return unexpected('wrong_status')
  return parseError(json, code, (text) => truncate(redactText(escapeControlCharacters(text))))
}

function unexpected(reason: UnexpectedReason, field?: string): Parsed<UnexpectedResponse> {
  return { type: 'unexpected', reason, field }
}

function parseError(json: JsonObject, code: string, toReadable: (text: string) => string): Parsed {
  const { error_description: description, mfa_token } = json
  if (code === 'mfa_required') {
    if (!isHeaderSafe(mfa_token)) return unexpected('wrong_type', 'mfa_token')
    return { type: 'mfa_required', mfaToken: new Secret(mfa_token) }
  }
  return {
    type: 'error',
    error: toReadable(code),
    description: typeof description === 'string' ? toReadable(description) : undefined,
  }
}

/** `null` counts as absent. */
function parseTokens(json: JsonObject): Parsed {
  const wrongType = (field: string) => unexpected('wrong_type', field)
  const { access_token, token_type, expires_in = null, refresh_token = null, scope = null } = json
  if (!isHeaderSafe(access_token)) return wrongType('access_token')
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer') return wrongType('token_type')
  if (expires_in !== null && !isLifetime(expires_in)) return wrongType('expires_in')
  if (refresh_token !== null && !isHeaderSafe(refresh_token)) return wrongType('refresh_token')
  if (scope !== null && typeof scope !== 'string') return wrongType('scope')
  return {
    type: 'success',
    accessToken: new Secret(access_token),
    refreshToken: refresh_token === null ? undefined : new Secret(refresh_token),
    expiresInSeconds: expires_in || null,
    scope: scope || undefined,
  }
}

/** Longer lifetimes have no date in JavaScript. */
function isLifetime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8.64e12
}
