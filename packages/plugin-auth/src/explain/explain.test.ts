import { type GrantType, grantTypes } from '@particle-grants/core/protocol'
import {
  clientReferences,
  errorCodes,
  explainErrorCode,
  explainGrant,
  fieldFormats,
  grantReferences,
  successFields,
  unsupportedGrants,
} from '@particle-grants/reference'
import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { answerText, explainAnswer } from './answer-text.ts'
import { plainly, setDocument, withSources } from './document.ts'
import { errorText } from './error-text.ts'
import { findGrant, grantText, overview, unsupportedGrantText } from './grant-text.ts'
import { readGiven } from './read-answer.ts'

const token = '0123456789abcdef0123456789abcdef01234567'
const mfaToken = '6e16f915-29f5-9b2b-b752-451a73ec6102'
const challenge = `{"mfa_token":"${mfaToken}","error":"mfa_required","error_description":"Multi-factor authentication required"}`

/** What is explained of a text, set for a terminal of that width. */
function explain(text: string, columns = 80) {
  const given = readGiven(text)
  if (given.kind !== 'answer') throw new Error(`That is read as ${given.kind}.`)
  const explained = explainAnswer(given.answer)
  return { ...explained, text: setDocument(answerText(explained, plainly), columns) }
}

/** A text as one line, to look for sentences in. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ')

describe('a grant in a terminal', () => {
  it.each(grantTypes)('says all that the catalogue says of %s', (type) => {
    const text = oneLine(setDocument(grantText(explainGrant(type), plainly), 80))
    const { summary, whenToUse, fields, lifetimes } = grantReferences[type]

    for (const sentence of [
      summary,
      ...whenToUse,
      ...Object.values(fields).map(({ meaning }) => meaning),
      ...lifetimes.map((fact) => fact.text),
      ...explainGrant(type).errors.flatMap(({ causes }) => causes.map(({ when }) => when)),
    ]) {
      expect(text).toContain(oneLine(sentence))
    }
  })

  it('shows which fields are required, and a request with those alone', () => {
    const type: GrantType = 'urn:custom:mfa-otp'
    const text = setDocument(grantText(explainGrant<GrantType>(type), plainly), 80)

    expect(text).toMatch(/^mfa_token {2}required$/m)
    expect(text).toMatch(/^username {2}optional$/m)
    expect(text).toContain(
      "-u 'particle:particle' \\\n    -d grant_type=urn:custom:mfa-otp \\\n    --data-urlencode 'mfa_token=",
    )
    expect(oneLine(text)).toContain(fieldFormats.otp)
  })

  it('says where each fact is known from, when asked', () => {
    const text = oneLine(setDocument(grantText(explainGrant<GrantType>('refresh_token'), withSources), 80))

    expect(text).toContain('[reported, documented]')
  })

  it.each([
    ['mfa-otp', 'urn:custom:mfa-otp'],
    ['MFA_OTP', 'urn:custom:mfa-otp'],
    ['client-credentials', 'client_credentials'],
    [' urn:custom:recovery-code ', 'urn:custom:recovery-code'],
  ])('is found as %s', (given, type) => {
    expect(findGrant(given)).toMatchObject({ kind: 'grant', grant: { type } })
  })

  it.each(['mfa-token', 'authorization_code', 'implicit'])('says what to use instead of %s', (given) => {
    const named = findGrant(given)

    expect(named?.kind).toBe('unsupported')
    if (named?.kind !== 'unsupported') return
    expect(oneLine(setDocument(unsupportedGrantText(named.name, named.entry), 80))).toContain(
      named.entry.alternative,
    )
  })

  it('is not found under any other name', () => {
    expect(['', 'toString', '__proto__', token].map(findGrant)).toEqual(Array(4).fill(undefined))
  })

  it('stands in an overview with all others, the kinds of client and what is not supported', () => {
    const text = oneLine(setDocument(overview('pgrants auth grants'), 80))

    for (const type of grantTypes) expect(text).toContain(grantReferences[type].summary)
    for (const { summary } of Object.values(clientReferences)) expect(text).toContain(summary)
    for (const name of Object.keys(unsupportedGrants)) expect(text).toContain(name)
  })

  it.each([40, 80])('fits into %i columns, but for what is to be copied', (columns) => {
    const texts = grantTypes.map((type: GrantType) =>
      setDocument(grantText(explainGrant(type), plainly), columns),
    )
    const long = [setDocument(overview('pgrants auth grants'), columns), ...texts]
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.length > columns && !/^ {2,}(curl|-|https:)/.test(line))

    // One word each, which stays whole.
    expect(long.filter((line) => line.trim().replace(/^- /, '').includes(' '))).toEqual([])
  })
})

describe('an error code in a terminal', () => {
  it.each(errorCodes)('says what the catalogue says of %s', (code) => {
    const explanation = explainErrorCode(code)
    if (explanation === undefined) throw new Error('no explanation')
    const text = oneLine(setDocument(errorText(explanation, plainly), 60))

    for (const { when } of explanation.tokenEndpoint?.causes ?? []) expect(text).toContain(oneLine(when))
    expect(text).toContain(oneLine(explanation.tokenEndpoint?.meaning ?? explanation.library?.when ?? ''))
  })
})

describe('what is handed over', () => {
  it.each([
    [
      'an answer with CRLF',
      `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n${challenge}\r\n`,
    ],
    ['HTTP/2', `HTTP/2 403 \n\n${challenge}`],
    [
      'a proxy before it',
      `HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n${challenge}`,
    ],
    ['a 100 before it', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nDate: x\r\n\r\n${challenge}`],
    [
      'what curl -v prints, sent headers and all',
      `*   Trying 127.0.0.1\n> POST /oauth/token HTTP/1.1\n> Authorization: Basic PLANTED\n> \n< HTTP/1.1 403 Forbidden\n< Date: Tue, 24 Nov 2026 12:00:00 GMT\n< \n* Connection #0 left intact\n${challenge}`,
    ],
    ['a byte order mark', `\uFEFFHTTP/1.1 403 Forbidden\n\n${challenge}`],
  ])('is read from %s', (_, text) => {
    expect(readGiven(text)).toMatchObject({ kind: 'answer', statusGiven: true })
    expect(explain(text)).toMatchObject({ type: 'mfa_required', status: 403, error: 'mfa_required' })
  })

  it.each([
    [challenge, 403],
    ['{"error":"invalid_grant"}', 400],
    ['{"error":"something_new"}', 400],
    [`{"token_type":"bearer","access_token":"${token}"}`, 200],
    ['<html>', 200],
  ])('may be a body alone: %s', (body, status) => {
    expect(readGiven(body)).toMatchObject({ kind: 'answer', statusGiven: false, answer: { status } })
  })

  it('may be a code alone, or nothing', () => {
    expect(readGiven('invalid_grant\r\n')).toEqual({ kind: 'code', code: 'invalid_grant' })
    expect(readGiven('INVALID_GRANT')).toEqual({ kind: 'code', code: 'INVALID_GRANT' })
    expect(readGiven(' \n')).toEqual({ kind: 'nothing' })
  })
})

describe('an explained answer', () => {
  it('of the first step shows the second, without the mfa_token that came', () => {
    const { text } = explain(`HTTP/1.1 403 Forbidden\n\n${challenge}`)

    expect(text).toContain("-d grant_type=urn:custom:mfa-otp \\\n    --data-urlencode 'mfa_token=…'")
    expect(text).toMatch(/^mfa_token {2}\[redacted\]$/m)
    expect(leaksIn(text, [mfaToken])).toEqual([])
  })

  it('finds the cause by its description, and tells what to do about that one', () => {
    const { text, explanation } = explain(
      '{"error":"invalid_grant","error_description":"Invalid refresh token"}',
    )

    expect(explanation?.cause?.anchor).toMatch(/^invalid_grant-/)
    expect(oneLine(text)).toContain(oneLine(explanation?.cause?.advice ?? 'none'))
    expect(text).not.toContain('Possible causes')
  })

  it('of tokens says how long they are valid, and what each field is', () => {
    const { text, expiresIn } = explain(
      `{"token_type":"bearer","access_token":"${token}","expires_in":5400,"refresh_token":"PLANTED"}`,
    )

    expect(expiresIn).toBe(5400)
    expect(text).toContain('It is valid for 1 hour and some.')
    expect(oneLine(text)).toContain(successFields.refresh_token.meaning)
    expect(leaksIn(text, [token, 'PLANTED'])).toEqual([])
  })

  it.each([
    ['{"token_type":"bearer","access_token":"x","expires_in":0}', 'It never expires.'],
    ['{"token_type":"bearer","access_token":"x","expires_in":7776000}', 'It is valid for 90 days.'],
    ['{"token_type":"bearer","access_token":"x","expires_in":1}', 'It is valid for 1 second.'],
  ])('puts a lifetime into words: %s', (body, words) => {
    expect(explain(body).text).toContain(words)
  })

  it('of an unknown code says so', () => {
    expect(explain('{"error":"something_new"}').text).toContain('Another error')
  })

  it.each([
    ['HTTP/1.1 502 Bad Gateway\n\n<html>', /status 502 .* an HTML page/],
    ['HTTP/1.1 302 Found\nLocation: /login\n\n', /a redirect\. The library never follows redirects/],
    ['HTTP/1.1 200 OK\n\n[]', /JSON, but not an object/],
  ])('that is none of the token endpoint says what it is: %j', (text, words) => {
    const explained = explain(text)

    expect(explained.type).toBe('unexpected')
    expect(oneLine(explained.text)).toMatch(words)
  })

  it.each([
    'otp=123456',
    'code:654321',
    'a1b2-c3d4-e5f6',
    'hunter2',
    'User credentials are invalid for hunter2',
  ])('repeats no description that is not known to the letter: %s', (description) => {
    const explained = explain(JSON.stringify({ error: 'invalid_grant', error_description: description }))
    expect(leaksIn(explained, [description])).toEqual([])
    expect(explained.text).toContain('not one that is known')
  })

  it('repeats a description that is known', () => {
    const body = '{"error":"invalid_grant","error_description":"User credentials are invalid"}'
    expect(explain(body).text).toContain('User credentials are invalid')
  })

  it('repeats nothing that may be secret, wherever it stands', () => {
    const planted = ['PLANTEDPLANTED0123', '918273', token, 'hunter2']
    const [word, code, hex] = planted
    const bodies = [
      { error: `${word}`, error_description: `no ${hex} and ${code}` },
      { error: 'invalid_grant', error_description: `"${word}"`, [`${word}`]: 1, other: { deep: word } },
      { token_type: 'bearer', access_token: hex, scope: `a ${word}`, new_secret: word },
      { token_type: word, access_token: hex, expires_in: code, ok: code, scope: `customer=${word}` },
      { error: 'hunter2', error_description: code },
    ]
    for (const body of bodies) {
      const explained = explain(`HTTP/1.1 400 Bad\nX: ${word}\n\n${JSON.stringify(body)}`)
      expect(leaksIn(explained, planted)).toEqual([])
    }
  })
})
