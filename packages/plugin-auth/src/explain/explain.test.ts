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
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { printErrorCode } from './error-code.ts'
import { findGrant, printGrant, printOverview, printUnsupportedGrant } from './grant.ts'
import { explainResponse, parseInput, printResponse } from './response.ts'

const token = '0123456789abcdef0123456789abcdef01234567'
const mfaToken = '0d5a63f7-7f0e-4d6b-9a51-3b0d3b9f4c11'
const challenge = `{"mfa_token":"${mfaToken}","error":"mfa_required","error_description":"Multi-factor authentication required"}`

/** Explains a response, for a terminal of that width. */
function explain(text: string, columns = 80) {
  const given = parseInput(text)
  if (typeof given !== 'object') throw new Error('This is not a response.')
  const explained = explainResponse(given.response)
  return { ...explained, text: printResponse(explained, columns) }
}

/** A text as one line, to look for sentences in. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ')

describe('printGrant', () => {
  it.each(grantTypes)('prints everything that the reference says about %s', (type) => {
    const text = oneLine(printGrant(explainGrant(type), 80))
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

  it('shows which fields are required, and a request with only these', () => {
    const type: GrantType = 'urn:custom:mfa-otp'
    const text = printGrant(explainGrant<GrantType>(type), 80)

    expect(text).toMatch(/^mfa_token {2}required$/m)
    expect(text).toMatch(/^username {2}optional$/m)
    expect(text).toContain("-u 'particle:particle' \\\n    --data-urlencode 'mfa_token=")
    expect(oneLine(text)).toContain(fieldFormats.otp)
  })

  it.each([
    ['mfa-otp', 'urn:custom:mfa-otp'],
    ['MFA_OTP', 'urn:custom:mfa-otp'],
    ['client-credentials', 'client_credentials'],
    [' urn:custom:recovery-code ', 'urn:custom:recovery-code'],
  ])('finds the grant %s', (given, type) => {
    expect(findGrant(given)).toMatchObject({ grant: { type } })
  })

  it.each(['mfa-token', 'authorization_code', 'implicit'])('prints what to use instead of %s', (given) => {
    const named = findGrant(given)

    if (named === undefined || !('unsupported' in named)) throw new Error('This grant is supported.')
    expect(oneLine(printUnsupportedGrant(named.name, named.unsupported, 80))).toContain(named.unsupported.alternative)
  })

  it('finds no grant under any other name', () => {
    expect(['', 'toString', '__proto__', token].map(findGrant)).toEqual(Array(4).fill(undefined))
  })

  it('lists all grants, client types and unsupported grants in the overview', () => {
    const text = oneLine(printOverview('pgrants grants password', 80))

    for (const type of grantTypes) expect(text).toContain(grantReferences[type].summary)
    for (const { summary } of Object.values(clientReferences)) expect(text).toContain(summary)
    for (const name of Object.keys(unsupportedGrants)) expect(text).toContain(name)
  })

  it.each([40, 80])('fits into %i columns, except for commands to copy', (columns) => {
    const texts = grantTypes.map((type: GrantType) => printGrant(explainGrant(type), columns))
    const long = [printOverview('pgrants grants password', columns), ...texts]
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.length > columns && !/^ {2,}(curl|-|https:)/.test(line))

    // One word each, which stays whole.
    expect(long.filter((line) => line.trim().replace(/^- /, '').includes(' '))).toEqual([])
  })
})

describe('printErrorCode', () => {
  it.each(errorCodes)('prints what the reference says about %s', (code) => {
    const explanation = explainErrorCode(code)
    if (explanation === undefined) throw new Error('no explanation')
    const text = oneLine(printErrorCode(explanation, 60))

    for (const { when } of explanation.tokenEndpoint?.causes ?? []) expect(text).toContain(oneLine(when))
    expect(text).toContain(oneLine(explanation.tokenEndpoint?.meaning ?? explanation.library?.when ?? ''))
  })
})

describe('parseInput', () => {
  it.each([
    ['a response with CRLF', `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n${challenge}\r\n`],
    ['HTTP/2', `HTTP/2 403 \n\n${challenge}`],
    ['a proxy before it', `HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n${challenge}`],
    ['a 100 before it', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nDate: x\r\n\r\n${challenge}`],
    ['a byte order mark', `\uFEFFHTTP/1.1 403 Forbidden\n\n${challenge}`],
  ])('parses %s', (_, text) => {
    expect(parseInput(text)).toMatchObject({ hasStatus: true })
    expect(explain(text)).toMatchObject({ type: 'mfa_required', status: 403, error: 'mfa_required' })
  })

  it.each([
    [challenge, 403],
    ['{"error":"invalid_grant"}', 400],
    ['{"error":"something_new"}', 400],
    [`{"token_type":"bearer","access_token":"${token}"}`, 200],
    ['<html>', 200],
  ])('parses a body alone: %s', (body, status) => {
    expect(parseInput(body)).toMatchObject({ hasStatus: false, response: { status } })
  })

  it('recognizes a code alone, and empty input', () => {
    expect(parseInput('invalid_grant\r\n')).toBe('invalid_grant')
    expect(parseInput('INVALID_GRANT')).toBe('INVALID_GRANT')
    expect(parseInput(' \n')).toBeUndefined()
  })
})

describe('explainResponse', () => {
  it('shows the second step of a sign-in without the mfa_token', () => {
    const { text } = explain(`HTTP/1.1 403 Forbidden\n\n${challenge}`)

    expect(text).toContain('-d grant_type=urn:custom:mfa-otp')
    expect(findLeaks(text, [mfaToken])).toEqual([])
  })

  it('finds the cause by its description, and prints what to do about it', () => {
    const { text, explanation } = explain('{"error":"invalid_grant","error_description":"Invalid refresh token"}')

    expect(explanation?.cause?.anchor).toMatch(/^invalid_grant-/)
    expect(oneLine(text)).toContain(oneLine(explanation?.cause?.advice ?? 'none'))
    expect(text).not.toContain('Possible causes')
  })

  it('prints how long tokens are valid, and what each field means', () => {
    const { text, expiresIn } = explain(
      `{"token_type":"bearer","access_token":"${token}","expires_in":5400,"refresh_token":"PLANTED"}`,
    )

    expect(expiresIn).toBe(5400)
    expect(text).toContain('It expires after 90 minutes.')
    expect(oneLine(text)).toContain(successFields.refresh_token.meaning)
    expect(findLeaks(text, [token, 'PLANTED'])).toEqual([])
  })

  it.each([
    ['{"token_type":"bearer","access_token":"x","expires_in":0}', 'It never expires.'],
    ['{"token_type":"bearer","access_token":"x","expires_in":7776000}', 'It expires after 90 days.'],
    ['{"token_type":"bearer","access_token":"x","expires_in":1}', 'It expires after 1 second.'],
  ])('formats a lifetime: %s', (body, words) => {
    expect(explain(body).text).toContain(words)
  })

  it('recognizes an unknown code', () => {
    expect(explain('{"error":"something_new"}').text).toContain('Another error')
  })

  it.each([
    ['HTTP/1.1 502 Bad Gateway\n\n<html>', /status 502 .* an HTML page/],
    ['HTTP/1.1 302 Found\nLocation: /login\n\n', /a redirect\. The library never follows redirects/],
    ['HTTP/1.1 200 OK\n\n[]', /JSON, but not an object/],
  ])('says what a response is that is not from the token endpoint: %j', (text, words) => {
    const explained = explain(text)

    expect(explained.type).toBe('unexpected')
    expect(oneLine(explained.text)).toMatch(words)
  })

  it.each(['otp=123456', 'code:654321', 'a1b2-c3d4-e5f6', 'hunter2', 'User credentials are invalid for hunter2'])(
    'does not repeat an unknown description: %s',
    (description) => {
      const explained = explain(JSON.stringify({ error: 'invalid_grant', error_description: description }))
      expect(findLeaks(explained, [description])).toEqual([])
      expect(explained.explanation?.cause).toBeUndefined()
    },
  )

  it('repeats nothing that may be secret', () => {
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
      expect(findLeaks(explained, planted)).toEqual([])
    }
  })
})
