import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { revealed } from '../../test/secrets.ts'
import { answered, tokenBody } from '../../test/wire.ts'
import { Secret } from '../secret.ts'
import type { Answer } from './answer.ts'
import { judgeAnswer } from './judge-answer.ts'
import { redactAnswer } from './redact-answer.ts'

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
        numRuns: 3000,
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

  it('can be redacted', () => {
    const secrets = fc.array(fc.string({ unit: 'binary' }))

    fc.assert(
      fc.property(status, body, secrets, (given, bytes, sent) => {
        const answer = judgeAnswer(answered(given, bytes ?? ''))
        const redacted = redactAnswer(
          answer,
          sent.map((secret) => new Secret(secret)),
        )
        expect(redacted.type).toBe(answer.type)
      }),
    )
  })
})
