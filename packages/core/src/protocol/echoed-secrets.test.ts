import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { httpResponse, redactAll, tokenBody } from '../../test/responses.ts'
import { parseTokenResponse, type TokenResponse } from './token-response.ts'

const password = 'p@ss word'
const parse = (body: unknown, ...sent: string[]): TokenResponse =>
  parseTokenResponse(httpResponse(400, body), redactAll(...sent))
const readDescription = (error_description: string, ...sent: string[]) => {
  const response = parse({ error: 'invalid_grant', error_description }, ...sent)
  return response.type === 'error' ? response.description : undefined
}

describe('parseTokenResponse, for a response that repeats a secret', () => {
  it('removes it from the description, in each encoding', () => {
    expect(readDescription('not p@ss word, p%40ss%20word or p%40ss+word', password)).toBe(
      'not [redacted], [redacted] or [redacted]',
    )
    expect(readDescription(JSON.stringify({ password: 'a"b\\c' }), 'a"b\\c')).toBe('{"password":"[redacted]"}')
  })

  it('removes it from an unknown code', () => {
    expect(parse({ error: 'bad p@ss word' }, password)).toMatchObject({
      error: 'bad [redacted]',
      description: undefined,
    })
  })

  it('keeps a known code, even if it is a password', () => {
    const body = { error: 'invalid_grant', error_description: 'not invalid_grant' }
    expect(parse(body, 'invalid_grant')).toMatchObject({ error: 'invalid_grant', description: 'not [redacted]' })
  })

  it.each([
    [200, tokenBody],
    [403, { error: 'mfa_required', mfa_token: 'm' }],
    [502, '<html>'],
  ])('returns the same result if there is no text to read (%i)', (status, body) => {
    const raw = httpResponse(status, body)
    expect(parseTokenResponse(raw, redactAll(password))).toEqual(parseTokenResponse(raw))
  })

  it.each([190, 195, 199, 200])('shows no beginning of it where the text is cut, after %i characters', (length) => {
    const shown = String(readDescription('x'.repeat(length) + password, password))
    expect(shown).toMatch(/^x+(\[[redact]*\]?…?|…)$/)
    expect(shown).not.toContain('p@')
  })

  it.each([
    ['as it is', 'pa\u200bssw\tord'],
    ['as it is printed', 'pa ssw ord'],
    ['percent-encoded', encodeURIComponent('pa\u200bssw\tord')],
    ['as a form', new URLSearchParams({ '': 'pa\u200bssw\tord' }).toString().slice(1)],
    ['as JSON', JSON.stringify('pa\u200bssw\tord').slice(1, -1)],
  ])('removes a secret with invisible characters, %s', (_, echo) => {
    expect(readDescription(`The password ${echo} is wrong.`, 'pa\u200bssw\tord')).toBe(
      'The password [redacted] is wrong.',
    )
  })

  it('shows no part of it, at any position in the text', () => {
    const unit = fc.constantFrom('P', 'q', '\t', '\u200b', ' ', '%', '"', 'ü', '\u{1f511}', '\ud800')
    const secret = fc
      .tuple(fc.string({ unit, minLength: 1, maxLength: 20 }), fc.string({ unit, maxLength: 20 }))
      .map(([begin, end]) => `${begin}secret${end}`)

    fc.assert(
      fc.property(secret, fc.nat(220), fc.boolean(), (planted, before, encoded) => {
        const echo = encoded ? encodeURIComponent(planted.replace(/\p{Cs}/gu, '\ufffd')) : planted
        const shown = String(readDescription(`${'x'.repeat(before)}${echo}\n after`, planted))
        expect(shown).not.toMatch(/[sPq]/)
      }),
      { numRuns: 1000 },
    )
  })
})
