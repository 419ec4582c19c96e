import { Secret } from '../secret.ts'
import type { Answer, AnswerTiming, RawAnswer, TokenAnswer, UnexpectedReason } from './answer.ts'
import { readTiming } from './timing.ts'

/** Answers larger than this are not read as JSON. The largest known one has less than 1 kB. */
export const maxAnswerBytes = 1_048_576

type Json = Readonly<Record<string, unknown>>

const tokenFields = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope']
const errorFields = ['error', 'error_description', 'mfa_token']

/** No blanks, nothing that a header could not carry (RFC 6750 §2.1 allows less still). */
const headerSafe = /^[\x21-\x7e]+$/

/** Longer lifetimes than this have no date in JavaScript. In seconds. */
const maxLifetime = 8.64e12

/**
 * Judges whatever the token endpoint, or something in its place, answered. Total: it never throws.
 * The body decides, not its content type; the error code decides, never its description.
 */
export function judgeAnswer(raw: RawAnswer): Answer {
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
  if (typeof body.error === 'string' && oneLine(body.error) !== '') {
    if (raw.status < 400 || 'access_token' in body) return unexpected('wrong_status')
    const answer = judgeError(body, body.error, { status: raw.status, ...timing })
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
  error: string,
  head: AnswerTiming & { readonly status: number },
): Answer | undefined {
  const unknown = rest(body, errorFields)
  if (error === 'mfa_required') {
    if (!isHeaderSafe(body.mfa_token)) return undefined
    return { type: 'mfa_required', mfa_token: new Secret(body.mfa_token), unknown, ...head }
  }
  return {
    type: 'error',
    error: oneLine(error),
    description: readDescription(body),
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

function isHeaderSafe(value: unknown): value is string {
  return typeof value === 'string' && headerSafe.test(value)
}

function isLifetime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxLifetime
}

/** The JSON object, or why there is none. */
function readJson(bytes: Uint8Array): Json | UnexpectedReason {
  if (bytes.length > maxAnswerBytes) return 'too_large'
  const text = readText(bytes)
  if (text === undefined) return 'not_utf8'
  if (text.trim() === '') return 'empty'
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object'
    // No prototype: a field named "toString" or "__proto__" is a field and nothing else.
    return Object.assign(Object.create(null), value)
  } catch {
    return notJson(text)
  }
}

function notJson(text: string): UnexpectedReason {
  if (/^\s*</.test(text)) return 'html'
  if (/^\s*(\/\*\*\/)?\s*(typeof\s)?[\w$.[\]]+\s*(===|\()/.test(text)) return 'jsonp'
  return 'not_json'
}

function readText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function rest(body: Json, known: readonly string[]): Secret<Json> {
  return new Secret(Object.fromEntries(Object.entries(body).filter(([name]) => !known.includes(name))))
}

function readDescription(body: Json): string | undefined {
  return typeof body.error_description === 'string' ? oneLine(body.error_description) : undefined
}

/** Printable, on one line and short: it ends up in messages and terminals. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}
