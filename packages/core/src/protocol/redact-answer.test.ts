import { describe, expect, it } from 'vitest'
import { answered, tokenBody } from '../../test/wire.ts'
import { Secret } from '../secret.ts'
import { judgeAnswer } from './judge-answer.ts'
import { redactAnswer } from './redact-answer.ts'

const password = new Secret('p@ss word')

describe('redactAnswer', () => {
  it('takes what was sent out of the description, in each form in which it can come back', () => {
    const error_description = 'not p@ss word, p%40ss%20word or p%40ss+word'
    const answer = judgeAnswer(answered(400, { error: 'invalid_grant', error_description }))

    expect(redactAnswer(answer, [password])).toMatchObject({
      description: 'not [redacted], [redacted] or [redacted]',
    })
  })

  it('takes it out of a code that nobody knows', () => {
    const answer = judgeAnswer(answered(400, { error: 'bad p@ss word' }))

    expect(redactAnswer(answer, [password])).toMatchObject({
      error: 'bad [redacted]',
      description: undefined,
    })
  })

  it('leaves a known code alone, even where it is somebody’s password', () => {
    const answer = judgeAnswer(answered(400, { error: 'invalid_grant', error_description: 'invalid_grant' }))

    expect(redactAnswer(answer, [new Secret('invalid_grant')])).toMatchObject({
      error: 'invalid_grant',
      description: '[redacted]',
    })
  })

  it.each([
    [200, tokenBody],
    [403, { error: 'mfa_required', mfa_token: 'm' }],
    [502, '<html>'],
  ])('leaves an answer with nothing to read as it is (%i)', (status, body) => {
    const answer = judgeAnswer(answered(status, body))

    expect(redactAnswer(answer, [password])).toBe(answer)
  })
})
