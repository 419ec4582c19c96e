import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseApiError } from './api-error.ts'

const parse = (body: unknown) => parseApiError(JSON.stringify(body))

describe('parseApiError', () => {
  it.each([
    [
      { error: 'unauthorized', error_description: 'Not you.' },
      { error: 'unauthorized', description: 'Not you.' },
    ],
    [{ error: 'invalid_scope' }, { error: 'invalid_scope', description: undefined }],
    [
      { ok: false, error: 'User not found' },
      { error: undefined, description: 'User not found' },
    ],
    [
      { ok: false, errors: ['Bad password'] },
      { error: undefined, description: 'Bad password' },
    ],
    [
      { code: 400, ok: false, info: 'No such device' },
      { error: undefined, description: 'No such device' },
    ],
    [{}, { error: undefined, description: undefined }],
    [
      { error: 7, error_description: {}, errors: 'x' },
      { error: undefined, description: undefined },
    ],
    [[], { error: undefined, description: undefined }],
  ])('reads %j', (body, expected) => {
    expect(parse(body)).toEqual(expected)
  })

  it('puts a description on one short line, without what looks like a token', () => {
    const { description } = parse({
      error_description: `No\n\u001b[31m ${'0123456789abcdef'.repeat(3)} ${'x'.repeat(300)}`,
    })
    expect(description).toMatch(/^No \[31m \[redacted\] x+…$/)
    expect([...(description ?? '')].length).toBe(200)
  })

  it('takes any body', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const { error, description } = parseApiError(body)
        expect(`${error ?? ''}${description ?? ''}`.length).toBeLessThanOrEqual(464)
      }),
    )
  })
})
