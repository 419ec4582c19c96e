import { describe, expect, it } from 'vitest'
import { GrantsError } from '../errors.ts'
import type { FieldFormat } from '../grants/catalogue.ts'
import { Secret } from '../secret.ts'
import { checkField, encodeField, isSecretFormat } from './token-request.ts'

function outcome(format: FieldFormat, value: unknown): string {
  try {
    return `sent as ${encodeField('field', format, value)}`
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_argument') throw thrown
    return `${thrown.details.parameter} ${thrown.details.problem}`
  }
}

const nonEmpty = 'field must be a non-empty string'
const sixDigits = 'field must be a string of six digits'
const seconds = 'field must be an integer of seconds, 0 or more'
const date = 'field must be an ISO 8601 time with its offset, such as 2030-01-31T00:00:00Z'
const words = 'field must be words separated by single spaces'

const good: readonly (readonly [FieldFormat, unknown, sent: string])[] = [
  ['text', 'dev@example.com', 'dev@example.com'],
  ['text', ' ', ' '],
  ['text', 'ü & ñ\n', 'ü & ñ\n'],
  ['secret', 'bare', 'bare'],
  ['secret', new Secret('hidden'), 'hidden'],
  ['otp', '012345', '012345'],
  ['otp', new Secret('123456'), '123456'],
  ['otp', '123 456', '123456'],
  ['otp', ' 123\u00a0456\n', '123456'],
  ['seconds', 0, '0'],
  ['seconds', -0, '0'],
  ['seconds', 1, '1'],
  ['seconds', 7_776_000, '7776000'],
  ['seconds', Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ['date', '2030-01-31T00:00:00Z', '2030-01-31T00:00:00Z'],
  ['date', '2030-01-31T00:00:00.000+02:00', '2030-01-31T00:00:00.000+02:00'],
  ['scope', 'devices', 'devices'],
  ['scope', 'customer=jane+x@example.com devices', 'customer=jane+x@example.com devices'],
]

const bad: readonly (readonly [FieldFormat, unknown, problem: string])[] = [
  ...['', 1, null, undefined, {}, [], true, Symbol('x'), new Secret(''), new Secret(1)].flatMap((value) => [
    ['text', value, nonEmpty] as const,
    ['secret', value, nonEmpty] as const,
  ]),
  ...[
    '',
    '12345',
    '1234567',
    '12345a',
    '１２３４５６',
    '123-456',
    123456,
    12345n,
    null,
    new Secret(123456),
    new Secret(''),
  ].map((value) => ['otp', value, sixDigits] as const),
  ...[-1, 0.5, 1e16, Number.NaN, Number.POSITIVE_INFINITY, '3600', '0', 3600n, null, true, [], new Date()].map(
    (value) => ['seconds', value, seconds] as const,
  ),
  ...[
    '',
    'tomorrow',
    '2030-01-31',
    '2030-13-01T00:00:00Z',
    '2030-01-31T25:00:00Z',
    '2030-01-31Tx',
    '2030-01-31T00:00:00',
    ' 2030-01-31T00:00:00Z',
    0,
    new Date(),
    null,
  ].map((value) => ['date', value, date] as const),
  ...['', ' ', 'a  b', ' a', 'a ', 'a\nb', 'a\tb', 'a\u0000b', 'a\u0085b', 'a\u00a0b', 1, ['a'], null].map(
    (value) => ['scope', value, words] as const,
  ),
]

describe('encodeField', () => {
  it.each(good)('encodes %s %o', (format, value, sent) => {
    expect(outcome(format, value)).toBe(`sent as ${sent}`)
  })

  it.each(bad)('rejects %s %o', (format, value, problem) => {
    expect(outcome(format, value)).toBe(problem)
  })

  it.each(['otp', 'seconds', 'date', 'scope'] as const)('does not repeat a bad %s value', (format) => {
    expect(outcome(format, new Secret('s3cret\u0000'))).not.toContain('s3cret')
    expect(outcome(format, 's3cret\u0000')).not.toContain('s3cret')
  })
})

describe('isSecretFormat', () => {
  it('is true for secrets and codes only', () => {
    const formats = ['text', 'secret', 'otp', 'seconds', 'date', 'scope'] as const
    expect(formats.filter(isSecretFormat)).toEqual(['secret', 'otp'])
  })
})

describe('checkField', () => {
  it('accepts a value of the field’s format', () => {
    expect(() => checkField(['password', 'username'], 'dev@example.com')).not.toThrow()
    expect(() => checkField(['password', 'password'], new Secret('p'))).not.toThrow()
    expect(() => checkField(['password', 'password'], 'p')).not.toThrow()
    expect(() => checkField(['client_credentials', 'expires_in'], 0)).not.toThrow()
  })

  it('names the field, or the parameter that it comes from', () => {
    expect(() => checkField(['password', 'expires_in'], -1)).toThrow('expires_in must be an integer')
    expect(() => checkField(['password', 'expires_in'], -1, 'expiresIn')).toThrow('expiresIn must be an integer')
  })

  it('rejects a secret for a field that is not one', () => {
    expect(() => checkField(['password', 'username'], new Secret('u'))).toThrow('username must be a non-empty')
    expect(() => checkField(['password', 'scope'], new Secret('devices'))).toThrow('scope must be words')
  })
})
