import { describe, expect, it, onTestFinished } from 'vitest'
import { revealed } from '../../test/secrets.ts'
import { answered, tokenBody } from '../../test/wire.ts'
import type { Answer, UnexpectedReason } from './answer.ts'
import { judgeAnswer } from './judge-answer.ts'
import { maxAnswerBytes } from './read-json.ts'

const noTiming = { date: undefined, retryAfter: undefined }
const judge = (status: number, body: unknown, headers = {}): Answer =>
  judgeAnswer(answered(status, body, headers))
const tokensOf = (answer: Answer) => (answer.type === 'tokens' ? revealed(answer.tokens) : answer)

describe('an answer with tokens', () => {
  it('is taken as the documentation shows it', () => {
    const body =
      '{"token_type":"bearer","access_token":"0123abcd","expires_in":7776000,"refresh_token":"ef456789","scope":"customer=jane@example.com"}'

    expect(revealed(judge(200, body))).toStrictEqual({
      type: 'tokens',
      status: 200,
      tokens: {
        access_token: { secret: '0123abcd' },
        refresh_token: { secret: 'ef456789' },
        expires_in: 7_776_000,
        scope: 'customer=jane@example.com',
        unknown: { secret: {} },
      },
      ...noTiming,
    })
  })

  it('needs no more than a token and its type', () => {
    expect(tokensOf(judge(200, { access_token: 'a', token_type: 'bearer' }))).toStrictEqual({
      access_token: { secret: 'a' },
      refresh_token: undefined,
      expires_in: null,
      scope: undefined,
      unknown: { secret: {} },
    })
  })

  it('keeps fields that nobody knows, hidden', () => {
    const answer = judge(200, { ...tokenBody, id_token: 'x', nested: { deep: [1] }, error_description: 'no' })

    expect(tokensOf(answer)).toMatchObject({
      unknown: { secret: { id_token: 'x', nested: { deep: [1] }, error_description: 'no' } },
    })
    expect(JSON.stringify(answer)).not.toContain('deep')
  })

  it.each([
    ['__proto__', '{"access_token":"a","token_type":"bearer","__proto__":{"scope":"x","refresh_token":"r"}}'],
    ['constructor', '{"access_token":"a","token_type":"bearer","constructor":{"prototype":{"scope":"x"}}}'],
    ['toString', '{"access_token":"a","token_type":"bearer","toString":"x"}'],
  ])('takes a field named %s as a field and nothing else', (name, body) => {
    const answer = judge(200, body)

    expect(tokensOf(answer)).toMatchObject({ scope: undefined, refresh_token: undefined })
    const unknown = answer.type === 'tokens' ? answer.tokens.unknown.reveal() : {}
    expect(Object.keys(unknown)).toEqual([name])
    expect({}).not.toHaveProperty('scope')
  })

  it.each(['access_token', 'token_type'])('takes no %s from __proto__', (name) => {
    const { [name]: value, ...others } = tokenBody as Record<string, unknown>
    const body = JSON.stringify(others).replace('{', `{"__proto__":{"${name}":${JSON.stringify(value)}},`)

    expect(judge(200, body)).toMatchObject({ type: 'unexpected', reason: 'wrong_type', field: name })
  })

  it('takes no field from a prototype that somebody else has polluted', () => {
    const polluted = { access_token: 'stolen', token_type: 'bearer' }
    for (const [name, value] of Object.entries(polluted)) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true })
    }
    onTestFinished(() => {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
    })

    expect(judge(200, '{}')).toMatchObject({ type: 'unexpected', field: 'access_token' })
    expect(judge(400, '{"error":"invalid_grant"}')).toMatchObject({ type: 'error' })
  })

  it.each(['bearer', 'Bearer', 'BEARER'])('may spell its type %s', (token_type) => {
    expect(judge(200, { ...tokenBody, token_type }).type).toBe('tokens')
  })

  it('may begin with a byte order mark and blanks', () => {
    const bytes = new TextEncoder().encode(`\uFEFF \n${JSON.stringify(tokenBody)}\n`)

    expect(judge(200, bytes).type).toBe('tokens')
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
  ])('with expires_in %s has the lifetime %s', (expires_in, lifetime) => {
    expect(tokensOf(judge(200, { ...tokenBody, expires_in }))).toMatchObject({ expires_in: lifetime })
  })

  it.each([
    ['refresh_token', null],
    ['refresh_token', undefined],
    ['scope', null],
    ['scope', undefined],
    ['scope', ''],
  ])('has no %s when it is %s', (field, value) => {
    expect(tokensOf(judge(200, { ...tokenBody, [field]: value }))).toMatchObject({ [field]: undefined })
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

  it.each(wrong)('does not pass with %s: %j', (field, value) => {
    expect(judge(200, { ...tokenBody, [field]: value })).toStrictEqual({
      type: 'unexpected',
      status: 200,
      reason: 'wrong_type',
      field,
      ...noTiming,
    })
  })
})

describe('an answer that refuses', () => {
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

  it.each(known)('is told by its code: %s (%i)', (error, status) => {
    const body = { error, error_description: 'In words.', request_id: 'x' }

    expect(revealed(judge(status, body))).toStrictEqual({
      type: 'error',
      status,
      error,
      description: 'In words.',
      unknown: { secret: { request_id: 'x' } },
      ...noTiming,
    })
  })

  it.each([undefined, null, 1, {}, [], ['text'], true])(
    'has no description when that is %j',
    (description) => {
      const answer = judge(400, { error: 'invalid_grant', error_description: description })

      expect(answer).toMatchObject({ type: 'error', error: 'invalid_grant', description: undefined })
    },
  )

  it.each([
    ['on two\nlines', 'on two lines'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['right\u202eto left', 'right to left'],
    ['a\u2028b\u2029c', 'a b c'],
    ['  blanks  ', 'blanks'],
    ['', ''],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), `${'x'.repeat(199)}…`],
    [`${'x'.repeat(198)}🔑🔑`, `${'x'.repeat(198)}…`],
    [`${'x'.repeat(197)}🔑🔑`, `${'x'.repeat(197)}🔑…`],
  ])('is described on one printable, short line: %j', (given, description) => {
    expect(judge(400, { error: 'invalid_grant', error_description: given })).toMatchObject({ description })
  })

  it('has a printable, short code too', () => {
    expect(judge(400, { error: `odd\u0007${'x'.repeat(300)}` })).toMatchObject({
      error: `odd ${'x'.repeat(195)}…`,
    })
  })

  it('is judged by its code where the content type says HTML', () => {
    expect(judge(400, { error: 'invalid_grant' }, { 'content-type': 'text/html' }).type).toBe('error')
  })

  it('is still the server’s fault when a 5xx carries an OAuth code', () => {
    expect(judge(500, { error: 'invalid_grant' })).toMatchObject({ type: 'error', status: 500 })
  })
})

describe('an answer that asks for a second factor', () => {
  const body = {
    mfa_token: '6e16f915-29f5-9b2b-b752-451a73ec6100',
    error: 'mfa_required',
    error_description: 'Multi-factor authentication required',
    hint: 'x',
  }

  it('gives its mfa_token, hidden', () => {
    expect(revealed(judge(403, body))).toStrictEqual({
      type: 'mfa_required',
      status: 403,
      mfa_token: { secret: body.mfa_token },
      unknown: { secret: { hint: 'x' } },
      ...noTiming,
    })
  })

  it.each([undefined, null, '', 1, {}, 'a b', 'a\nb', 'ü'])(
    'does not pass with the mfa_token %j',
    (mfa_token) => {
      expect(judge(403, { ...body, mfa_token })).toMatchObject({
        type: 'unexpected',
        reason: 'wrong_type',
        field: 'mfa_token',
      })
    },
  )

  it('is no success, whatever its status says', () => {
    expect(judge(200, body)).toMatchObject({ type: 'unexpected', reason: 'wrong_status' })
  })
})

describe('what is no answer of the token endpoint', () => {
  const json = JSON.stringify(tokenBody)
  const refusal = '{"error":"invalid_grant"}'
  const invalid = new Uint8Array([...new TextEncoder().encode('{"error":"a'), 0xff, 0x22, 0x7d])

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [about: string, status: number, body: unknown, reason: UnexpectedReason])[] = [
    ['a redirect', 301, json, 'redirect'],
    ['a redirect', 302, '', 'redirect'],
    ['a redirect', 307, refusal, 'redirect'],
    ['a redirect', 308, json, 'redirect'],
    ['an opaque redirect', 0, '', 'redirect'],
    ['an empty success', 200, '', 'empty'],
    ['blanks', 200, ' \r\n\t', 'empty'],
    ['an empty failure', 502, '', 'empty'],
    ['an HTML page', 502, '<html><body>Bad Gateway</body></html>', 'html'],
    ['an HTML page with success', 200, '\n<!doctype html><title>Sign in to this Wi-Fi</title>', 'html'],
    ['JSONP', 200, `/**/ typeof cb === 'function' && cb(${json});`, 'jsonp'],
    ['JSONP', 200, `cb(${json})`, 'jsonp'],
    ['JSONP', 400, `window.app["cb"](${refusal})`, 'not_json'],
    ['JSONP with a path', 400, `window.app.cb(${refusal})`, 'jsonp'],
    ['a truncated body', 200, json.slice(0, -1), 'not_json'],
    ['two bodies', 200, json + json, 'not_json'],
    ['plain text', 500, 'upstream connect error', 'not_json'],
    ['bytes that are not UTF-8', 400, invalid, 'not_utf8'],
    ['UTF-16', 400, new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), 'not_utf8'],
    ['more than 1 MiB', 200, `{"access_token":"${'a'.repeat(maxAnswerBytes)}"}`, 'too_large'],
    ['an array', 200, `[${json}]`, 'not_an_object'],
    ['null', 400, 'null', 'not_an_object'],
    ['a string', 400, '"invalid_grant"', 'not_an_object'],
    ['a number', 200, '1', 'not_an_object'],
    ['a failure without a code', 400, '{"message":"no"}', 'no_error_code'],
    ['a failure whose code is no string', 400, '{"error":{"code":"invalid_grant"}}', 'no_error_code'],
    ['a failure whose code is empty', 400, '{"error":""}', 'no_error_code'],
    ['a failure whose code is not printable', 400, '{"error":"\\u0007"}', 'no_error_code'],
    ['a failure with tokens', 403, json, 'no_error_code'],
    ['success with an error', 200, refusal, 'wrong_status'],
    ['success with an error and tokens', 200, { ...tokenBody, error: 'invalid_grant' }, 'wrong_status'],
    ['an error with tokens', 400, { ...tokenBody, error: 'invalid_grant' }, 'wrong_status'],
    ['an error with an empty token', 400, { error: 'invalid_grant', access_token: null }, 'wrong_status'],
    ['another success', 201, json, 'wrong_status'],
    ['another success', 206, json, 'wrong_status'],
    ['an early answer', 103, json, 'wrong_status'],
    ['an early error', 199, refusal, 'wrong_status'],
  ]

  it.each(cases.map(([about, status, body, reason]) => ({ about, status, body, reason })))(
    'is $about ($status): $reason',
    ({ status, body, reason }) => {
      expect(judge(status, body)).toStrictEqual({
        type: 'unexpected',
        status,
        reason,
        field: undefined,
        ...noTiming,
      })
    },
  )

  it('is nothing up to 1 MiB, be it ever so long', () => {
    const padded = json.padEnd(maxAnswerBytes, ' ')

    expect(judge(200, padded).type).toBe('tokens')
    expect(judge(200, `${padded} `)).toMatchObject({ reason: 'too_large' })
  })

  it('still tells the time, and how long to wait', () => {
    const headers = { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': '120' }

    expect(judge(503, '<html>', headers)).toMatchObject({ date: Date.UTC(2026, 0, 1), retryAfter: 120 })
    expect(judge(429, { error: 'rate_limit_exceeded' }, headers)).toMatchObject({ retryAfter: 120 })
  })
})
