import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { type ErrorCode, type ErrorDetails, formatTime, GrantsError, invalidArgument, type Retry } from './errors.ts'

const time = Date.UTC(2026, 0, 1)
const baseUrl = 'https://api.particle.io'

type Row<C extends ErrorCode> = readonly [retry: Retry, details: ErrorDetails[C]]

/** Every code, whether repeating the call can help, and an example of its details. */
// biome-ignore format: one line per code, to be read as a table
const codes: { readonly [C in ErrorCode]: Row<C> } = {
  invalid_argument:          ['never',         { parameter: 'otp', problem: 'must be six digits' }],
  insecure_base_url:         ['never',         { origin: 'http://api.example.com' }],
  grant_not_allowed:         ['never',         { grantType: 'refresh_token', clientKind: 'developer' }],
  subject_mismatch:          ['never',         { expected: 'account:a', given: 'account:b' }],
  request_in_progress:       ['later',         { grantType: 'password' }],
  no_challenge:              ['after_sign_in', {}],
  invalid_code:              ['never',         { attemptsLeft: 2, expiresAt: time }],
  challenge_expired:         ['after_sign_in', { reason: 'age' }],
  invalid_credentials:       ['after_sign_in', { status: 400, description: 'User credentials are invalid' }],
  sso_required:              ['after_sign_in', { status: 403, description: undefined }],
  sso_denied:                ['after_sign_in', { error: 'access_denied', status: 400, description: undefined }],
  sso_expired:               ['after_sign_in', { expiredAt: time }],
  sso_invalid_token:         ['never',         { reason: 'claim', claim: 'aud' }],
  oauth_error:               ['never',         { grantType: 'client_credentials', error: 'invalid_client', status: 400, description: undefined, retryAt: time }],
  unknown_customer:          ['later',         { customer: 'jane', retryAt: undefined }],
  customer_exists:           ['never',         { customer: 'jane' }],
  rate_limited:              ['later',         { retryAt: undefined }],
  locked_out:                ['later',         { retryAt: time }],
  backing_off:               ['later',         { account: undefined, rule: 'refusals', retryAt: time }],
  temporarily_unavailable:   ['later',         { status: 503, error: 'server_error', retryAt: undefined }],
  unexpected_response:       ['later',         { baseUrl, status: 200, reason: 'html' }],
  network_error:             ['later',         { grantType: 'password', baseUrl, reason: 'network', systemCode: 'ECONNREFUSED', mayBeSpent: false }],
  wait_timeout:              ['later',         { waitedMs: 30_000 }],
  not_signed_in:             ['after_sign_in', {}],
  mfa_required:              ['after_sign_in', { attemptsLeft: 3, expiresAt: time }],
  not_renewable:             ['after_sign_in', { reason: 'developer_token', expiresAt: null }],
  renewal_backoff:           ['later',         { retryAt: time, failures: 1, cause: 'network_error' }],
  reauthentication_required: ['after_sign_in', { reason: 'expired' }],
  request_not_replayable:    ['never',         { method: 'POST', url: baseUrl }],
  invalid_state:             ['after_sign_in', { problem: 'it is not JSON' }],
  store_conflict:            ['later',         { key: 'session-1' }],
  store_unavailable:         ['later',         { store: 'Redis', problem: 'the connection was closed' }],
  store_damaged:             ['after_sign_in', { place: 'session.json', problem: 'it is not JSON', keptAt: undefined }],
  lock_timeout:              ['later',         { key: 'session-1', waitedMs: 30_000 }],
  revocation_failed:         ['never',         { status: 500 }],
  scope_mismatch:            ['never',         { expected: 'customer:jane' }],
  api_error:                 ['never',         { call: 'GET /v1/devices', status: 403, error: undefined, description: undefined }],
  no_credentials:            ['after_sign_in', { places: [{ source: 'token', place: 'PARTICLE_ACCESS_TOKEN', problem: 'is not set' }], command: ['auth', 'login'] }],
  unknown_profile:           ['never',         { profile: 'wrok', profiles: ['work'] }],
  signed_in_elsewhere:       ['never',         { property: 'baseUrl', expected: baseUrl, given: 'http://127.0.0.1:1' }],
}
const entries = Object.entries(codes) as [ErrorCode, Row<ErrorCode>][]

const invalidCode = new GrantsError('invalid_code', 'The code was rejected.', {
  attemptsLeft: 2,
  expiresAt: time,
})

describe('GrantsError', () => {
  it('is an error with its code, its details and its retry', () => {
    expect(invalidCode).toBeInstanceOf(Error)
    expect(invalidCode.name).toBe('GrantsError')
    expect(invalidCode.message).toBe('The code was rejected.')
    expect({ ...invalidCode }).toEqual({
      code: 'invalid_code',
      details: { attemptsLeft: 2, expiresAt: time },
      retry: 'never',
    })
  })

  // A caller reads this list. Three of them are about the credentials of a machine, which only Node programs meet, and one about
  // calls of the management package.
  it('has at most 40 codes', () => {
    expect(entries.length).toBeLessThanOrEqual(40)
  })

  it.each(entries)('derives retry and retryAt from the code %s and its details', (code, [retry, details]) => {
    const { retryAt } = details as { retryAt?: number }
    const error = new GrantsError(code, 'A message.', details)
    expect([error.code, error.retry, error.details]).toEqual([code, retry, details])
    expect('retryAt' in error).toBe(retryAt !== undefined)
    expect(error.retryAt).toBe(retryAt)
  })

  it('says when to repeat an unknown customer’s request, if a wait is known to end', () => {
    const { retry, retryAt } = new GrantsError('unknown_customer', 'x', { customer: 'jane', retryAt: time })
    expect({ retry, retryAt }).toEqual({ retry: 'later', retryAt: time })
  })

  it('has its name on the prototype, as the platform’s errors do', () => {
    expect(Object.keys(invalidCode)).not.toContain('name')
    expect(Object.hasOwn(invalidCode, 'name')).toBe(false)
    expect(String(invalidCode)).toBe(`GrantsError: ${invalidCode.message}`)
    expect(JSON.parse(JSON.stringify(invalidCode))).not.toHaveProperty('name')
  })

  it('shows its name, its message and its stack', () => {
    expect(inspect(invalidCode)).toContain(`GrantsError: ${invalidCode.message}`)
    expect(invalidCode.stack).toContain('errors.test.ts')
  })

  it('has a cause only if one was given', () => {
    const cause = new Error('connect ECONNREFUSED')
    const details = { store: 'Redis', problem: 'the connection was closed' }

    expect(new GrantsError('store_unavailable', 'x', details, { cause }).cause).toBe(cause)
    expect('cause' in invalidCode).toBe(false)
  })
})

describe('GrantsError.isInstance', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'GrantsError'],
    ['another error', new Error('invalid_code')],
    ['an object with the same fields', { name: 'GrantsError', code: 'invalid_code', details: {} }],
    ['a function', () => {}],
  ])('rejects %s', (_, value) => {
    expect(GrantsError.isInstance(value)).toBe(false)
  })

  it('recognizes errors of another copy of this package, where instanceof does not', async () => {
    vi.resetModules()
    const copy = await import('./errors.ts')
    const theirs = new copy.GrantsError('no_challenge', 'x', {})

    expect(theirs instanceof GrantsError).toBe(false)
    expect(GrantsError.isInstance(theirs)).toBe(true)
    expect(copy.GrantsError.isInstance(invalidCode)).toBe(true)
    expect(GrantsError.isInstance(invalidCode)).toBe(true)
  })
})

describe('invalidArgument', () => {
  it('names the parameter and its problem in the message', () => {
    const error = invalidArgument('otp', 'must be six digits')
    expect([error.code, error.message]).toEqual(['invalid_argument', 'otp must be six digits.'])
    expect(error.details).toEqual({ parameter: 'otp', problem: 'must be six digits' })
  })
})

describe('formatTime', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [253_402_300_800_000, '+010000-01-01T00:00:00Z'],
    [8.64e15, '+275760-09-13T00:00:00Z'],
    [8.64e15 + 1, 'an unknown time'],
    [Number.NaN, 'an unknown time'],
    [Number.POSITIVE_INFINITY, 'an unknown time'],
  ])('formats %s as %s', (ms, expected) => {
    expect(formatTime(ms)).toBe(expected)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.double(), (ms) => {
        expect(formatTime(ms)).toMatch(/Z$|^an unknown time$/)
      }),
    )
  })
})
