import { rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { revealed } from '../../test/secrets.ts'
import { answered, tokenBody } from '../../test/wire.ts'
import { Secret } from '../secret.ts'
import type { Answer } from './answer.ts'
import { judgeAnswer } from './judge-answer.ts'
import { maxAnswerBytes } from './read-json.ts'

const status = fc.oneof(fc.constantFrom(0, 200, 201, 302, 400, 401, 403, 429, 500, 503), fc.nat(999))

/** Values that come near what the endpoint answers: its own field names, with anything in them. */
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

function consistent(answer: Answer, given: number): void {
  expect(answer.status).toBe(given)
  expect(answer.date === undefined || Number.isFinite(answer.date)).toBe(true)
  expect(answer.retryAfter === undefined || answer.retryAfter >= 0).toBe(true)
  switch (answer.type) {
    case 'tokens': {
      const { access_token, refresh_token, expires_in, scope } = answer.tokens
      expect(given).toBe(200)
      expect(access_token.reveal()).toMatch(/^[\x21-\x7e]+$/)
      if (refresh_token !== undefined) expect(refresh_token.reveal()).toMatch(/^[\x21-\x7e]+$/)
      expect(expires_in === null || (expires_in > 0 && expires_in <= 8.64e12)).toBe(true)
      expect(scope === undefined || (typeof scope === 'string' && scope !== '')).toBe(true)
      return
    }
    case 'mfa_required':
      expect(given).toBeGreaterThanOrEqual(400)
      expect(answer.mfa_token.reveal()).toMatch(/^[\x21-\x7e]+$/)
      return
    case 'error':
      expect(given).toBeGreaterThanOrEqual(400)
      expect(answer.error).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,200}$/u)
      expect(answer.description ?? '').toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,200}$/u)
      return
    case 'unexpected':
      expect(answer.field === undefined).toBe(answer.reason !== 'wrong_type')
      return
    default:
      throw new Error(`not one of four: ${JSON.stringify(answer satisfies never)}`)
  }
}

describe('whatever comes back', () => {
  it('is judged: one of four answers, each with its own shape', () => {
    const types = new Set<string>()

    fc.assert(
      fc.property(status, body, headers, (given, bytes, fields) => {
        const answer = judgeAnswer(answered(given, bytes ?? '', fields))
        types.add(answer.type)
        consistent(answer, given)
      }),
      {
        numRuns: rounds({ test: 500, stress: 30_000 }),
        examples: [
          [200, tokenBody, {}],
          [403, { error: 'mfa_required', mfa_token: 'm' }, {}],
          [400, { error: 'x' }, {}],
          [502, '', {}],
        ],
      },
    )
    expect([...types].sort()).toEqual(['error', 'mfa_required', 'tokens', 'unexpected'])
  })

  it('is judged the same each time', () => {
    fc.assert(
      fc.property(status, body, (given, bytes) => {
        const raw = answered(given, bytes ?? '')
        expect(revealed(judgeAnswer(raw))).toEqual(revealed(judgeAnswer(raw)))
      }),
    )
  })

  it('is judged the same for whatever was sent, but for what people will read of it', () => {
    const secrets = fc.array(fc.string({ unit: 'binary' }))

    fc.assert(
      fc.property(status, body, secrets, (given, bytes, sent) => {
        const raw = answered(given, bytes ?? '')
        const redacted = judgeAnswer(
          raw,
          sent.map((secret) => new Secret(secret)),
        )
        consistent(redacted, given)
        expect(redacted.type).toBe(judgeAnswer(raw).type)
      }),
    )
  })

  it('is judged even where its headers can’t be read', () => {
    const headers = {
      get: () => {
        throw new Error('no headers here')
      },
    }
    expect(judgeAnswer({ ...answered(200, tokenBody), headers })).toMatchObject({
      type: 'tokens',
      date: undefined,
      retryAfter: undefined,
    })
  })
})

/** Up to 1 MiB of one small piece, said over and over, between a beginning and an end. */
const long = fc
  .record({
    begin: fc.constantFrom('', '/**/', 'typeof ', 'cb', '<', '{"error":"x","error_description":"', '"'),
    piece: fc.constantFrom(
      ' ',
      '\n',
      '\t',
      '\u00a0',
      'a',
      '.',
      '/**/',
      '/',
      '[',
      '{"a":',
      '\u200b',
      'a ',
      '\u{1f511}',
    ),
    end: fc.constantFrom('', 'x', '(', '"}', '"', '\u0007'),
  })
  .map(({ begin, piece, end }) => {
    const room = maxAnswerBytes - 64
    return `${begin}${piece.repeat(Math.floor(room / new TextEncoder().encode(piece).length))}${end}`
  })

describe('whatever comes back, be it ever so long', () => {
  it('is judged in the time that its length takes, and not in the square of it', () => {
    // The square of a mebibyte takes minutes: one such body would be over the limit of this test.
    fc.assert(
      fc.property(fc.constantFrom(200, 400), long, (given, text) => {
        consistent(judgeAnswer(answered(given, text), [new Secret('p4ssword')]), given)
      }),
      { numRuns: rounds({ test: 60, stress: 600 }) },
    )
  })

  it.each([
    ['blanks', ' '.repeat(maxAnswerBytes), 'empty'],
    ['blanks before what is no JSON', `${' '.repeat(maxAnswerBytes - 1)}"`, 'not_json'],
    ['blanks before HTML', `${'\n'.repeat(maxAnswerBytes - 1)}<`, 'html'],
    ['blanks before JSONP', `${' '.repeat(maxAnswerBytes - 4)}cb()`, 'jsonp'],
    ['blanks in JSONP', `/**/${' '.repeat(maxAnswerBytes - 6)}"`, 'not_json'],
    ['a name', 'a'.repeat(maxAnswerBytes), 'not_json'],
    ['brackets', '['.repeat(maxAnswerBytes), 'not_json'],
  ])('is told what it is: %s', (_, text, reason) => {
    expect(judgeAnswer(answered(200, text))).toMatchObject({ type: 'unexpected', reason })
  })
})
