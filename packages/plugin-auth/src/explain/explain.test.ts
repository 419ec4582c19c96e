import { type ErrorCode, GrantsError } from '@particle-grants/core'
import { type GrantType, grantTypes } from '@particle-grants/core/protocol'
import {
  clientReferences,
  errorCodes,
  explainErrorCode,
  explainGrant,
  fieldFormats,
  grantReferences,
  unsupportedGrants,
} from '@particle-grants/reference'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { describeError } from '../errors/describe-error.ts'
import { findError, printErrorCode } from './error.ts'
import { findGrant, printGrant, printOverview, printUnsupportedGrant } from './grant.ts'

const token = '0123456789abcdef0123456789abcdef01234567'
const mfaToken = '0d5a63f7-7f0e-4d6b-9a51-3b0d3b9f4c11'
const challenge = `{"mfa_token":"${mfaToken}","error":"mfa_required","error_description":"Multi-factor authentication required"}`

/** A text as one line, to look for sentences in. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').replaceAll('`', '')

describe('printGrant', () => {
  it.each(grantTypes)('prints what %s is for, its fields and errors, and where to read more', (type) => {
    const text = oneLine(printGrant(explainGrant(type), 80))
    const { title, summary, fields, clients } = grantReferences[type]

    for (const sentence of [
      title,
      summary,
      ...Object.values(clients).map(({ text }) => text),
      ...Object.values(fields).map(({ meaning }) => meaning),
      ...explainGrant(type).errors.map(({ code }) => code),
      `/grants/${type.replace('urn:custom:', '').replaceAll('_', '-')}`,
    ]) {
      expect(text).toContain(oneLine(sentence))
    }
  })

  it('prints no backticks, and no sentence twice', () => {
    for (const type of grantTypes) {
      const text = printGrant(explainGrant(type), 80)
      expect(text).not.toContain('`')
      expect(text.replace(/\s+/g, ' ').split('requests a token that never expires').length).toBeLessThanOrEqual(2)
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
    expect(oneLine(printUnsupportedGrant(named.name, named.unsupported, 80))).toContain(
      oneLine(named.unsupported.alternative),
    )
  })

  it('finds no grant under any other name', () => {
    expect(['', 'toString', '__proto__', token].map(findGrant)).toEqual(Array(4).fill(undefined))
  })

  it('lists all grants, client types and unsupported grants in the overview', () => {
    const text = oneLine(printOverview('pgrants grants password', 80))

    for (const type of grantTypes) expect(text).toContain(oneLine(grantReferences[type].summary))
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
    const text = oneLine(printErrorCode(explanation, {}, 60))

    for (const { when } of explanation.tokenEndpoint?.causes ?? []) expect(text).toContain(oneLine(when))
    expect(text).toContain(oneLine(explanation.tokenEndpoint?.meaning ?? explanation.library?.title ?? ''))
  })
})

describe('the remedy of printErrorCode', () => {
  const print = (code: (typeof errorCodes)[number]) => {
    const explanation = explainErrorCode(code)
    if (explanation === undefined) throw new Error('no explanation')
    return printErrorCode(
      explanation,
      describeError(new GrantsError(code as ErrorCode, '', {}), { bin: 'pgrants' }),
      80,
    )
  }

  it('is a command of this program for an error that only the libraries have', () => {
    expect(print('backing_off')).toMatch(/What to do\n.*\s.*reset the\s+lockout:\n {2}pgrants auth unlock\n/)
    expect(print('not_signed_in')).toContain('Sign in:\n  pgrants auth login\n')
  })

  it.each(errorCodes)('names no method for %s', (code) => {
    expect(print(code)).not.toMatch(/undefined|\w\(\)/)
  })
})

describe('findError', () => {
  it.each([
    ['a response with CRLF', `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n${challenge}\r\n`],
    ['HTTP/2', `HTTP/2 403 \n\n${challenge}`],
    ['a proxy before it', `HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n${challenge}`],
    ['a 100 before it', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\nDate: x\r\n\r\n${challenge}`],
    ['a byte order mark', `\uFEFFHTTP/1.1 403 Forbidden\n\n${challenge}`],
    ['a body alone', challenge],
    ['a body on several lines', JSON.stringify(JSON.parse(challenge), null, 2)],
    ['a code alone', 'mfa_required\r\n'],
  ])('finds the error in %s', (_, text) => {
    expect(findError(text)).toMatchObject({ error: 'mfa_required' })
  })

  it.each([
    ' \n',
    '<html>',
    `{"token_type":"bearer","access_token":"${token}"}`,
    '{"error":{}}',
    '[]',
    'HTTP/1.1 302 Found\nLocation: /\n\n',
  ])('finds no error in %j', (text) => {
    expect(findError(text)).toBeUndefined()
  })

  it('finds the description, which finds the cause and what to do about it', () => {
    const { error, description } =
      findError('{"error":"invalid_grant","error_description":"Invalid refresh token"}') ?? {}
    const explanation = explainErrorCode(error ?? '', description)
    if (explanation?.cause === undefined) throw new Error('no cause')
    const text = printErrorCode(explanation, {}, 80)

    expect(oneLine(text)).toContain(oneLine(String(explanation.cause.advice)))
    expect(text).not.toContain('Possible causes')
    expect(text).toContain(`#${explanation.cause.anchor}`)
  })

  it('shows the second step of a sign-in without the mfa_token', () => {
    const explanation = explainErrorCode(findError(challenge)?.error ?? '')
    const text = explanation === undefined ? '' : printErrorCode(explanation, {}, 80)

    expect(text).toContain('-d grant_type=urn:custom:mfa-otp')
    expect(findLeaks(text, [mfaToken])).toEqual([])
  })

  it.each(['otp=123456', 'code:654321', 'a1b2-c3d4-e5f6', 'hunter2', 'User credentials are invalid for hunter2'])(
    'repeats no unknown description: %s',
    (description) => {
      const explanation = explainErrorCode('invalid_grant', description)
      if (explanation === undefined) throw new Error('no explanation')
      expect(explanation.cause).toBeUndefined()
      expect(findLeaks(printErrorCode(explanation, {}), [description])).toEqual([])
    },
  )
})
