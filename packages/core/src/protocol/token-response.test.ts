import { describe, expect, it, onTestFinished } from 'vitest'
import { httpResponse, tokenBody } from '../../test/responses.ts'
import { revealSecrets } from '../../test/secrets.ts'
import {
  isTokenEndpointError,
  parseTokenResponse,
  type TokenResponse,
  tokenEndpointErrors,
  type UnexpectedReason,
} from './token-response.ts'

const parse = (status: number, body: unknown): TokenResponse => parseTokenResponse(httpResponse(status, body))

describe('parseTokenResponse, for tokens', () => {
  it('accepts the documented response', () => {
    const body =
      '{"token_type":"bearer","access_token":"0123abcd","expires_in":7776000,"refresh_token":"ef456789","scope":"customer=jane@example.com"}'

    expect(revealSecrets(parse(200, body))).toStrictEqual({
      type: 'success',
      status: 200,
      accessToken: { secret: '0123abcd' },
      refreshToken: { secret: 'ef456789' },
      expiresInSeconds: 7_776_000,
      scope: 'customer=jane@example.com',
    })
  })

  it('needs only a token and its type', () => {
    expect(revealSecrets(parse(200, { access_token: 'a', token_type: 'bearer' }))).toStrictEqual({
      type: 'success',
      status: 200,
      accessToken: { secret: 'a' },
      refreshToken: undefined,
      expiresInSeconds: null,
      scope: undefined,
    })
  })

  it.each([
    ['__proto__', '{"access_token":"a","token_type":"bearer","__proto__":{"scope":"x","refresh_token":"r"}}'],
    ['constructor', '{"access_token":"a","token_type":"bearer","constructor":{"prototype":{"scope":"x"}}}'],
    ['toString', '{"access_token":"a","token_type":"bearer","toString":"x"}'],
  ])('ignores a field named %s', (_, body) => {
    expect(parse(200, body)).toMatchObject({ type: 'success', scope: undefined, refreshToken: undefined })
    expect({}).not.toHaveProperty('scope')
  })

  it.each(['access_token', 'token_type'])('takes no %s from __proto__', (name) => {
    const { [name]: value, ...others } = tokenBody as Record<string, unknown>
    const body = JSON.stringify(others).replace('{', `{"__proto__":{"${name}":${JSON.stringify(value)}},`)

    expect(parse(200, body)).toMatchObject({ type: 'unexpected', reason: 'wrong_type', field: name })
  })

  it('takes no field from a polluted prototype', () => {
    const polluted = { access_token: 'stolen', token_type: 'bearer' }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true })
    }
    onTestFinished(() => {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    })

    expect(parse(200, '{}')).toMatchObject({ type: 'unexpected', field: 'access_token' })
    expect(parse(400, '{"error":"invalid_grant"}')).toMatchObject({ type: 'error' })
  })

  it.each(['bearer', 'Bearer', 'BEARER'])('accepts the token type %s', (token_type) => {
    expect(parse(200, { ...tokenBody, token_type }).type).toBe('success')
  })

  it('accepts a byte order mark and spaces around the body', () => {
    const bytes = new TextEncoder().encode(`\uFEFF \n${JSON.stringify(tokenBody)}\n`)

    expect(parse(200, bytes).type).toBe('success')
  })

  // biome-ignore format: one line per case, to be read as a table
  it.each([
    [0, null],
    [-0, null],
    [null, null],
    [undefined, null],
    [1, 1],
    [7_776_000, 7_776_000],
    [0.5, 0.5],
    [8.64e12, 8.64e12],
  ])('reads expires_in %s as the lifetime %s', (expires_in, lifetime) => {
    expect(revealSecrets(parse(200, { ...tokenBody, expires_in }))).toMatchObject({ expiresInSeconds: lifetime })
  })

  it.each([
    ['refresh_token', null, 'refreshToken'],
    ['refresh_token', undefined, 'refreshToken'],
    ['scope', null, 'scope'],
    ['scope', undefined, 'scope'],
    ['scope', '', 'scope'],
  ])('treats %s as absent if it is %s', (field, value, name) => {
    expect(revealSecrets(parse(200, { ...tokenBody, [field]: value }))).toMatchObject({ [name]: undefined })
  })

  const wrong: readonly (readonly [field: string, value: unknown])[] = [
    ...[undefined, null, '', 1, {}, [], ['a'], true, 'a b', 'a\nb', 'ä', 'a\u0000'].map(
      (value) => ['access_token', value] as const,
    ),
    ...['', 0, {}, 'a b', '\r\nx: y', false].map((value) => ['refresh_token', value] as const),
    ...[undefined, null, '', 'mac', 1, ['bearer']].map((value) => ['token_type', value] as const),
    ...[-1, '7776000', '', 8.64e12 + 1, 1e300, true, [], {}].map((value) => ['expires_in', value] as const),
    ...[1, [], ['a'], {}, true].map((value) => ['scope', value] as const),
    ...['', 1, {}, [], false, ' ', '\u0007'].map((value) => ['error', value] as const),
  ]

  it.each(wrong)('rejects %s: %j', (field, value) => {
    expect(parse(200, { ...tokenBody, [field]: value })).toStrictEqual({
      type: 'unexpected',
      status: 200,
      reason: 'wrong_type',
      field,
    })
  })
})

describe('parseTokenResponse, for an error', () => {
  const known = [
    ['invalid_grant', 400],
    ['invalid_client', 400],
    ['invalid_request', 400],
    ['invalid_scope', 400],
    ['invalid_token', 401],
    ['expired_token', 401],
    ['sso_user', 403],
    ['rate_limit_exceeded', 429],
    ['server_error', 503],
    ['out_of_cheese', 418],
  ] as const

  it.each(known)('returns the code %s (%i)', (error, status) => {
    const body = { error, error_description: 'In words.', request_id: 'x' }

    expect(revealSecrets(parse(status, body))).toStrictEqual({
      type: 'error',
      status,
      error,
      description: 'In words.',
    })
  })

  it.each([undefined, null, 1, {}, [], ['text'], true])('returns no description if it is %j', (description) => {
    const response = parse(400, { error: 'invalid_grant', error_description: description })

    expect(response).toMatchObject({ type: 'error', error: 'invalid_grant', description: undefined })
  })

  it.each([
    ['on two\nlines', 'on two lines'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['right\u202eto left', 'right to left'],
    ['a\u2028b\u2029c', 'a b c'],
    ['  spaces  ', 'spaces'],
    ['', ''],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), `${'x'.repeat(199)}…`],
    [`${'x'.repeat(198)}🔑🔑`, `${'x'.repeat(198)}🔑🔑`],
    [`${'x'.repeat(198)}🔑🔑x`, `${'x'.repeat(198)}🔑…`],
  ])('returns the description as one short line: %j', (given, description) => {
    expect(parse(400, { error: 'invalid_grant', error_description: given })).toMatchObject({ description })
  })

  it('shortens an unknown code too', () => {
    expect(parse(400, { error: `odd\u0007${'x'.repeat(300)}` })).toMatchObject({
      error: `odd ${'x'.repeat(195)}…`,
    })
  })

  it('accepts an OAuth code with a 5xx status', () => {
    expect(parse(500, { error: 'invalid_grant' })).toMatchObject({ type: 'error', status: 500 })
  })
})

describe('parseTokenResponse, for an MFA challenge', () => {
  const body = {
    mfa_token: '6e16f915-29f5-9b2b-b752-451a73ec6100',
    error: 'mfa_required',
    error_description: 'Multi-factor authentication required',
    hint: 'x',
  }

  it('returns the mfa_token as a secret', () => {
    expect(revealSecrets(parse(403, body))).toStrictEqual({
      type: 'mfa_required',
      status: 403,
      mfaToken: { secret: body.mfa_token },
    })
  })

  it.each([undefined, null, '', 1, {}, 'a b', 'a\nb', 'ü'])('rejects the mfa_token %j', (mfa_token) => {
    expect(parse(403, { ...body, mfa_token })).toMatchObject({
      type: 'unexpected',
      reason: 'wrong_type',
      field: 'mfa_token',
    })
  })

  it('rejects a challenge with status 200', () => {
    expect(parse(200, body)).toMatchObject({ type: 'unexpected', reason: 'wrong_status' })
  })
})

describe('parseTokenResponse, for an unexpected response', () => {
  const json = JSON.stringify(tokenBody)
  const refusal = '{"error":"invalid_grant"}'

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [about: string, status: number, body: unknown, reason: UnexpectedReason])[] = [
    ['a redirect', 301, json, 'redirect'],
    ['a redirect', 302, '', 'redirect'],
    ['a redirect', 307, refusal, 'redirect'],
    ['a redirect', 308, json, 'redirect'],
    ['an opaque redirect', 0, '', 'redirect'],
    ['an empty success', 200, '', 'empty'],
    ['spaces only', 200, ' \r\n\t', 'empty'],
    ['an empty failure', 502, '', 'empty'],
    ['an HTML page', 502, '<html><body>Bad Gateway</body></html>', 'html'],
    ['an HTML page with success', 200, '\n<!doctype html><title>Sign in to this Wi-Fi</title>', 'html'],
    ['JSONP', 200, `/**/ typeof cb === 'function' && cb(${json});`, 'not_json'],
    ['a truncated body', 200, json.slice(0, -1), 'not_json'],
    ['two bodies', 200, json + json, 'not_json'],
    ['plain text', 500, 'upstream connect error', 'not_json'],
    ['UTF-16', 400, new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), 'not_json'],
    ['an array', 200, `[${json}]`, 'not_an_object'],
    ['null', 400, 'null', 'not_an_object'],
    ['a string', 400, '"invalid_grant"', 'not_an_object'],
    ['a number', 200, '1', 'not_an_object'],
    ['a failure without a code', 400, '{"message":"no"}', 'no_error_code'],
    ['a failure whose code is not a string', 400, '{"error":{"code":"invalid_grant"}}', 'no_error_code'],
    ['a failure whose code is empty', 400, '{"error":""}', 'no_error_code'],
    ['a failure whose code is not printable', 400, '{"error":"\\u0007"}', 'no_error_code'],
    ['a failure with tokens', 403, json, 'no_error_code'],
    ['success with an error', 200, refusal, 'wrong_status'],
    ['success with an error and tokens', 200, { ...tokenBody, error: 'invalid_grant' }, 'wrong_status'],
    ['an error with tokens', 400, { ...tokenBody, error: 'invalid_grant' }, 'wrong_status'],
    ['an error with an empty token', 400, { error: 'invalid_grant', access_token: null }, 'wrong_status'],
    ['another success', 201, json, 'wrong_status'],
    ['another success', 206, json, 'wrong_status'],
    ['an early response', 103, json, 'wrong_status'],
    ['an early error', 199, refusal, 'wrong_status'],
  ]

  it.each(cases.map(([about, status, body, reason]) => ({ about, status, body, reason })))(
    'rejects $about ($status): $reason',
    ({ status, body, reason }) => {
      expect(parse(status, body)).toStrictEqual({
        type: 'unexpected',
        status,
        reason,
        field: undefined,
      })
    },
  )
})

describe('tokenEndpointErrors', () => {
  it('lists the known codes with their status', () => {
    expect(Object.entries(tokenEndpointErrors).map(([code, { status }]) => [code, status])).toEqual([
      ['mfa_required', 403],
      ['invalid_grant', 400],
      ['invalid_client', 400],
      ['invalid_request', 400],
      ['invalid_scope', 400],
      ['invalid_token', 401],
      ['expired_token', 401],
      ['sso_user', 403],
      ['rate_limit_exceeded', 429],
      ['server_error', 503],
    ])
  })

  it.each(['toString', '__proto__', 'hasOwnProperty', '', 'INVALID_GRANT'])('does not include %j', (code) => {
    expect(isTokenEndpointError(code)).toBe(false)
  })

  it('includes sso_user', () => {
    expect(isTokenEndpointError('sso_user')).toBe(true)
  })
})
