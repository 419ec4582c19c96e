import { rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { httpResponse, redactAll, tokenBody } from '../../test/responses.ts'
import { revealSecrets } from '../../test/secrets.ts'
import { maxBodyLength, readTiming } from './http.ts'
import { parseTokenResponse, type TokenResponse } from './token-response.ts'

const status = fc.oneof(fc.constantFrom(0, 200, 201, 302, 400, 401, 403, 429, 500, 503), fc.nat(999))

/** Values close to the endpoint's responses: its own field names, with anything in them. */
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('bearer', 'mfa_required', 'invalid_grant', '', 'a b'),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue(),
)
const object = fc.dictionary(
  fc.constantFrom(
    'access_token',
    'token_type',
    'expires_in',
    'refresh_token',
    'scope',
    'error',
    'error_description',
    'mfa_token',
    '__proto__',
    'constructor',
    'x',
  ),
  value,
)
const near = fc
  .record({
    token: fc.constantFrom({}, { access_token: 'a', token_type: 'bearer' }),
    error: fc.constantFrom({}, { error: 'mfa_required', mfa_token: 'm' }, { error: 'invalid_grant' }),
    others: object,
  })
  .map(({ token, error, others }) => ({ ...others, ...token, ...error }))

const body: fc.Arbitrary<unknown> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.string({ unit: 'binary' }),
  fc.json(),
  object,
  near,
  fc.jsonValue().map((json) => `cb(${JSON.stringify(json)})`),
)
const header = fc.oneof(fc.string({ unit: 'binary' }), fc.integer().map(String), fc.date().map(String))
const headers = fc.dictionary(fc.constantFrom('date', 'retry-after', 'content-type', 'location'), header)

function expectConsistent(response: TokenResponse, given: number): void {
  expect(response.status).toBe(given)
  switch (response.type) {
    case 'success': {
      const { accessToken, refreshToken, expiresInSeconds, scope } = response
      expect(given).toBe(200)
      expect(accessToken.reveal()).toMatch(/^[\x21-\x7e]+$/)
      if (refreshToken !== undefined) expect(refreshToken.reveal()).toMatch(/^[\x21-\x7e]+$/)
      expect(expiresInSeconds === null || (expiresInSeconds > 0 && expiresInSeconds <= 8.64e12)).toBe(true)
      expect(scope === undefined || (typeof scope === 'string' && scope !== '')).toBe(true)
      return
    }
    case 'mfa_required':
      expect(given).toBeGreaterThanOrEqual(400)
      expect(response.mfaToken.reveal()).toMatch(/^[\x21-\x7e]+$/)
      return
    case 'error':
      expect(given).toBeGreaterThanOrEqual(400)
      expect(response.error).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u)
      expect(response.description ?? '').toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,200}$/u)
      return
    case 'unexpected':
      expect(response.field === undefined).toBe(response.reason !== 'wrong_type')
      return
    default:
      throw new Error(`not a known type: ${JSON.stringify(response satisfies never)}`)
  }
}

describe('parseTokenResponse, for any response', () => {
  it('returns one of four types, each with its own shape', () => {
    const types = new Set<string>()

    fc.assert(
      fc.property(status, body, (given, bytes) => {
        const response = parseTokenResponse(httpResponse(given, bytes ?? ''))
        types.add(response.type)
        expectConsistent(response, given)
      }),
      {
        numRuns: rounds({ test: 500, stress: 30_000 }),
        examples: [
          [200, tokenBody],
          [403, { error: 'mfa_required', mfa_token: 'm' }],
          [400, { error: 'x' }],
          [502, ''],
        ],
      },
    )
    expect([...types].sort()).toEqual(['error', 'mfa_required', 'success', 'unexpected'])
  })

  it('returns the same result each time', () => {
    fc.assert(
      fc.property(status, body, (given, bytes) => {
        const raw = httpResponse(given, bytes ?? '')
        expect(revealSecrets(parseTokenResponse(raw))).toEqual(revealSecrets(parseTokenResponse(raw)))
      }),
    )
  })

  it('returns the same type whatever secrets were sent', () => {
    const secrets = fc.array(fc.string({ unit: 'binary' }))

    fc.assert(
      fc.property(status, body, secrets, (given, bytes, sent) => {
        const raw = httpResponse(given, bytes ?? '')
        const redacted = parseTokenResponse(raw, redactAll(...sent))
        expectConsistent(redacted, given)
        expect(redacted.type).toBe(parseTokenResponse(raw).type)
      }),
    )
  })
})

describe('readTiming, for any headers', () => {
  it('returns times that can be used, or none', () => {
    fc.assert(
      fc.property(headers, (fields) => {
        const { date = 0, retryAfterSeconds = 0 } = readTiming(httpResponse(200, '', fields).headers)
        expect(Number.isFinite(date)).toBe(true)
        expect(retryAfterSeconds >= 0 && retryAfterSeconds <= 86_400).toBe(true)
      }),
      { numRuns: rounds({ test: 500, stress: 30_000 }) },
    )
  })
})

/** Up to 1 MiB of one small piece, repeated between a beginning and an end. */
const long = fc
  .record({
    begin: fc.constantFrom('', '/**/', 'typeof ', 'cb', '<', '{"error":"x","error_description":"', '"'),
    piece: fc.constantFrom(' ', '\n', '\t', '\u00a0', 'a', '.', '/**/', '/', '[', '{"a":', '\u200b', 'a ', '\u{1f511}'),
    end: fc.constantFrom('', 'x', '(', '"}', '"', '\u0007'),
  })
  .map(({ begin, piece, end }) => {
    const room = maxBodyLength - 64
    return `${begin}${piece.repeat(Math.floor(room / new TextEncoder().encode(piece).length))}${end}`
  })

describe('parseTokenResponse, for any long body', () => {
  it('takes time in proportion to the length', () => {
    // The square of a mebibyte takes minutes: one such body would be over the limit of this test.
    fc.assert(
      fc.property(fc.constantFrom(200, 400), long, (given, text) => {
        expectConsistent(parseTokenResponse(httpResponse(given, text), redactAll('p4ssword')), given)
      }),
      { numRuns: rounds({ test: 60, stress: 600 }) },
    )
  })

  it.each([
    ['spaces', ' '.repeat(maxBodyLength), 'empty'],
    ['spaces before text that is not JSON', `${' '.repeat(maxBodyLength - 1)}"`, 'not_json'],
    ['spaces before HTML', `${'\n'.repeat(maxBodyLength - 1)}<`, 'html'],
    ['spaces before JSONP', `${' '.repeat(maxBodyLength - 4)}cb()`, 'not_json'],
    ['spaces in JSONP', `/**/${' '.repeat(maxBodyLength - 6)}"`, 'not_json'],
    ['a name', 'a'.repeat(maxBodyLength), 'not_json'],
    ['brackets', '['.repeat(maxBodyLength), 'not_json'],
  ])('names the reason: %s', (_, text, reason) => {
    expect(parseTokenResponse(httpResponse(200, text))).toMatchObject({ type: 'unexpected', reason })
  })
})
