import { printable, shortened } from '../printable.ts'
import { redact, Secret } from '../secret.ts'
import type { Answer, AnswerTiming, RawAnswer, TokenAnswer, UnexpectedReason } from './answer.ts'
import { isHeaderSafe } from './header-safe.ts'
import { type Json, readJson } from './read-json.ts'
import { readTiming } from './timing.ts'
import { isTokenEndpointErrorCode } from './token-endpoint-errors.ts'

const tokenFields = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope']
const errorFields = ['error', 'error_description', 'mfa_token']

/** Longer lifetimes than this have no date in JavaScript. In seconds. */
const maxLifetime = 8.64e12

/**
 * Judges whatever the token endpoint, or something in its place, answered. Total: it never throws.
 * The body decides, not its content type; the error code decides, never its description.
 * `sent` are the request's secrets: should the server have echoed them, what people will read is without them.
 */
export function judgeAnswer(raw: RawAnswer, sent: readonly Secret[] = []): Answer {
  const timing = readTiming(raw.headers)
  const unexpected = (reason: UnexpectedReason, field?: string): Answer => ({
    type: 'unexpected',
    status: raw.status,
    reason,
    field,
    ...timing,
  })
  if (raw.status === 0 || (raw.status >= 300 && raw.status < 400)) return unexpected('redirect')
  const body = readJson(raw.body)
  if (typeof body === 'string') return unexpected(body)
  // An error code with a token beside it, or with a 2xx status, is no answer that one could act upon.
  if (typeof body.error === 'string' && printable(body.error) !== '') {
    if (raw.status < 400 || 'access_token' in body) return unexpected('wrong_status')
    const answer = judgeError(body, { status: raw.status, ...timing }, sent)
    return answer ?? unexpected('wrong_type', 'mfa_token')
  }
  if (raw.status >= 400) return unexpected('no_error_code')
  if (raw.status !== 200) return unexpected('wrong_status')
  if (body.error !== undefined && body.error !== null) return unexpected('wrong_type', 'error')
  const tokens = readTokens(body)
  return typeof tokens === 'string'
    ? unexpected('wrong_type', tokens)
    : { type: 'tokens', status: 200, tokens, ...timing }
}

function judgeError(
  body: Json,
  head: AnswerTiming & { readonly status: number },
  sent: readonly Secret[],
): Answer | undefined {
  const unknown = rest(body, errorFields)
  if (body.error === 'mfa_required') {
    if (!isHeaderSafe(body.mfa_token)) return undefined
    return { type: 'mfa_required', mfa_token: new Secret(body.mfa_token), unknown, ...head }
  }
  const code = printable(String(body.error))
  const { error_description } = body
  return {
    type: 'error',
    // A known code decides what happens next, and is no secret even when somebody's password spells it.
    error: isTokenEndpointErrorCode(code) ? code : readable(code, sent),
    description: typeof error_description === 'string' ? readable(error_description, sent) : undefined,
    unknown,
    ...head,
  }
}

/** The tokens, or the name of the field that has the wrong type. `null` counts as absent. */
function readTokens(body: Json): TokenAnswer | string {
  const { access_token, token_type, expires_in = null, refresh_token = null, scope = null } = body
  if (!isHeaderSafe(access_token)) return 'access_token'
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer') return 'token_type'
  if (expires_in !== null && !isLifetime(expires_in)) return 'expires_in'
  if (refresh_token !== null && !isHeaderSafe(refresh_token)) return 'refresh_token'
  if (scope !== null && typeof scope !== 'string') return 'scope'
  return {
    access_token: new Secret(access_token),
    refresh_token: refresh_token === null ? undefined : new Secret(refresh_token),
    expires_in: expires_in === 0 ? null : expires_in,
    scope: scope === null || scope === '' ? undefined : scope,
    unknown: rest(body, tokenFields),
  }
}

function isLifetime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxLifetime
}

function rest(body: Json, known: readonly string[]): Secret<Json> {
  return new Secret(Object.fromEntries(Object.entries(body).filter(([name]) => !known.includes(name))))
}

/** Fit for messages and terminals. Redacted before it is cut: the rest of a secret is a secret still. */
function readable(text: string, sent: readonly Secret[]): string {
  return shortened(redact(printable(text), sent))
}
