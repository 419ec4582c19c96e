import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answered, tokenBody } from '../../test/wire.ts'
import { Secret } from '../secret.ts'
import type { Answer } from './answer.ts'
import { judgeAnswer } from './judge-answer.ts'

const password = 'p@ss word'
const judge = (body: unknown, ...sent: string[]): Answer =>
  judgeAnswer(
    answered(400, body),
    sent.map((secret) => new Secret(secret)),
  )
const described = (error_description: string, ...sent: string[]) => {
  const answer = judge({ error: 'invalid_grant', error_description }, ...sent)
  return answer.type === 'error' ? answer.description : undefined
}

describe('an answer that repeats what was sent', () => {
  it('is described without it, in each form in which it can come back', () => {
    expect(described('not p@ss word, p%40ss%20word or p%40ss+word', password)).toBe(
      'not [redacted], [redacted] or [redacted]',
    )
    expect(described(JSON.stringify({ password: 'a"b\\c' }), 'a"b\\c')).toBe('{"password":"[redacted]"}')
  })

  it('has a code without it, where nobody knows the code', () => {
    expect(judge({ error: 'bad p@ss word' }, password)).toMatchObject({
      error: 'bad [redacted]',
      description: undefined,
    })
  })

  it('keeps a known code, even where it is somebody’s password', () => {
    const body = { error: 'invalid_grant', error_description: 'invalid_grant' }
    expect(judge(body, 'invalid_grant')).toMatchObject({ error: 'invalid_grant', description: '[redacted]' })
  })

  it.each([
    [200, tokenBody],
    [403, { error: 'mfa_required', mfa_token: 'm' }],
    [502, '<html>'],
  ])('is the same as any where there is nothing to read (%i)', (status, body) => {
    const raw = answered(status, body)
    expect(judgeAnswer(raw, [new Secret(password)])).toEqual(judgeAnswer(raw))
  })

  it.each([190, 195, 199, 200])(
    'shows no beginning of it where the text is cut, after %i letters',
    (length) => {
      const shown = String(described('x'.repeat(length) + password, password))
      expect(shown).toMatch(/^x+(\[[redact]*\]?…?|…)$/)
      expect(shown).not.toContain('p@')
    },
  )

  it.each([
    ['as it is', 'pa\u200bssw\tord'],
    ['as it shows', 'pa ssw ord'],
    ['percent-encoded', encodeURIComponent('pa\u200bssw\tord')],
    ['as a form', new URLSearchParams({ '': 'pa\u200bssw\tord' }).toString().slice(1)],
    ['as JSON', JSON.stringify('pa\u200bssw\tord').slice(1, -1)],
  ])('hides a secret with characters that do not show, %s', (_, echo) => {
    expect(described(`The password ${echo} is wrong.`, 'pa\u200bssw\tord')).toBe(
      'The password [redacted] is wrong.',
    )
  })

  it('shows no part of it, wherever in the text it stands', () => {
    const unit = fc.constantFrom('P', 'q', '\t', '\u200b', ' ', '%', '"', 'ü', '\u{1f511}', '\ud800')
    const secret = fc
      .tuple(fc.string({ unit, minLength: 1, maxLength: 20 }), fc.string({ unit, maxLength: 20 }))
      .map(([begin, end]) => `${begin}secret${end}`)

    fc.assert(
      fc.property(secret, fc.nat(220), fc.boolean(), (planted, before, encoded) => {
        const echo = encoded ? encodeURIComponent(planted.replace(/\p{Cs}/gu, '\ufffd')) : planted
        const shown = String(described(`${'x'.repeat(before)}${echo}\n after`, planted))
        expect(shown).not.toMatch(/[sPq]/)
      }),
      { numRuns: 1000 },
    )
  })
})
