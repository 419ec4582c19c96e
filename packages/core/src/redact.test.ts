import { findLeaks } from '@particle-grants/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeControlCharacters, findSystemCode, redact, redactError, truncate } from './redact.ts'
import { Secret } from './secret.ts'

interface Case {
  readonly about: string
  readonly text: string
  readonly secrets: readonly string[]
  readonly expected: string
}

describe('redact', () => {
  const hide = (text: string, ...secrets: string[]) =>
    redact(
      text,
      secrets.map((secret) => new Secret(secret)),
    )

  // biome-ignore format: one line per case, to be read as a table
  it.each([
    ['nothing to hide', 'text', [], 'text'],
    ['an empty secret', 'text', [''], 'text'],
    ['one copy', 'a secret here', ['secret'], 'a [redacted] here'],
    ['each copy', 'secret, secret', ['secret'], '[redacted], [redacted]'],
    ['a percent-encoded copy', 'p%40ss%20word', ['p@ss word'], '[redacted]'],
    ['a form-encoded copy', 'password=p%40ss+word', ['p@ss word'], 'password=[redacted]'],
    ['a secret that holds another', 'abcdef', ['bcd', 'abcdef'], '[redacted]'],
    ['a secret that starts with another', 'abcdef', ['abc', 'abcdef'], '[redacted]'],
    ['a secret that holds another, in the other order', 'abcdef', ['abcdef', 'bcd'], '[redacted]'],
    ['a secret that the replacement holds', 'e secret', ['e secret', 'red'], '[redacted]'],
    ['characters of patterns', 'a.b axb $& (.*)+[x]{1}^|\\', ['a.b', '$&', '(.*)+[x]{1}^|\\'], '[redacted] axb [redacted] [redacted]'],
    ['a copy in JSON', '{"password":"a\\"b"}', ['a"b'], '{"password":"[redacted]"}'],
    ['a copy without control characters', 'a b', ['\u200ba\t\u200bb '], '[redacted]'],
    ['a secret that is only a control character', 'a\u200bb', ['\u200b'], 'a[redacted]b'],
    ['other characters', '🔑ü', ['🔑'], '[redacted]ü'],
  ].map(([about, text, secrets, expected]) => ({ about, text, secrets, expected }) as Case))('redacts $about', ({ text, secrets, expected }) => {
    expect(hide(text, ...secrets)).toBe(expected)
  })

  it('leaves no secret in any text', () => {
    const unit = fc.constantFrom('a', 'b', '$', '&', '\\', '[', '%', '+', ' ', 'ü', '\ud800')
    const text = fc.string({ unit })

    fc.assert(
      fc.property(text, fc.array(fc.string({ unit, minLength: 1 })), (before, secrets) => {
        const pieces = hide(before, ...secrets).split('[redacted]')
        expect(secrets.filter((secret) => pieces.some((piece) => piece.includes(secret)))).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('accepts a secret with a lone surrogate', () => {
    expect(hide('half of a character: \ud800', '\ud800')).toBe('half of a character: [redacted]')
  })

  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const base64url = (text: string) => Buffer.from(text).toString('base64url')

  it.each([
    ['base64', base64('s3cret?>'), '[redacted]'],
    ['base64 without padding', base64('s3cret?>').replace(/=/g, ''), '[redacted]'],
    ['URL-safe base64', base64url('s3cret?>'), '[redacted]'],
    ['HTTP Basic with an id of 3 characters', `Basic ${base64('abc:s3cret?>')}`, 'Basic YWJjO[redacted]'],
    ['HTTP Basic with an id of 4 characters', `Basic ${base64('abcd:s3cret?>')}`, 'Basic YWJjZD[redacted]'],
    ['HTTP Basic with an id of 5 characters', `Basic ${base64('abcde:s3cret?>')}`, 'Basic YWJjZGU6[redacted]'],
    ['base64 with text after it', base64('s3cret?>ü'), '[redacted]DvA=='],
  ])('redacts a copy in %s', (_, text, expected) => {
    expect(hide(text, 's3cret?>')).toBe(expected)
  })

  it('redacts a copy in base64 at any position, with any neighbors', () => {
    const neighbor = fc.string({ unit: 'binary', maxLength: 10 })
    const secret = fc.string({ unit: 'binary', minLength: 4, maxLength: 40 })

    fc.assert(
      fc.property(fc.tuple(neighbor, secret, neighbor), fc.boolean(), ([before, planted, after], isUrlSafe) => {
        const encoded = (isUrlSafe ? base64url : base64)(before + planted + after)
        const bytesBefore = Buffer.byteLength(before)
        const bytesAfter = Buffer.byteLength(after)
        const [left = '', right = ''] = hide(encoded, planted).split('[redacted]')
        // No character that remains holds a bit of the secret.
        expect(left.length * 6).toBeLessThanOrEqual(bytesBefore * 8)
        expect(right.replace(/=/g, '').length * 6).toBeLessThanOrEqual(bytesAfter * 8 + 4)
        expect(hide(encoded, planted)).toContain('[redacted]')
      }),
      { numRuns: 1000 },
    )
  })

  it.each([3, 4, 5])('redacts a secret of four bytes in HTTP Basic with an id of %i characters', (length) => {
    const id = 'abcde'.slice(0, length)
    expect(hide(`Basic ${base64(`${id}:wxyz`)}`, 'wxyz')).toMatch(/^Basic [\w+/]{4,8}\[redacted\]$/)
  })

  it('takes time in proportion to the length of base64 text', () => {
    const text = 'QUFB'.repeat(250_000)
    expect(hide(text, 's3cret?>')).toBe(text)
  })
})

const planted = ['p@ss word', 'Basic c2VjcmV0']
const secrets = planted.map((value) => new Secret(value))

/** An error as Axios throws it, with everything that was sent. */
function axiosError(): Error {
  const config = { url: '/oauth/token', data: 'password=p@ss word', headers: { authorization: planted[1] } }
  const cause = Object.assign(new Error('p@ss word was refused'), { code: 'ECONNREFUSED', config })
  const error = new Error('Request failed: password=p%40ss+word', { cause })
  return Object.assign(error, { name: 'AxiosError', code: 'ERR_NETWORK', config, request: { config } })
}

describe('redactError', () => {
  it('keeps name, code and message, without what was sent', () => {
    const cause = redactError(axiosError(), secrets)

    expect({ ...cause, name: cause.name, message: cause.message }).toEqual({
      name: 'AxiosError',
      code: 'ERR_NETWORK',
      message: 'Request failed: password=[redacted]',
    })
  })

  it('keeps the cause in the same way', () => {
    expect(redactError(axiosError(), secrets).cause).toMatchObject({
      name: 'Error',
      code: 'ECONNREFUSED',
      message: '[redacted] was refused',
    })
  })

  it('leaves no secret in any property', () => {
    expect(findLeaks(axiosError(), planted)).toEqual(planted)
    expect(findLeaks(redactError(axiosError(), secrets), planted)).toEqual([])
  })

  it('returns a plain error', () => {
    class Odd extends Error {
      readonly config = planted[0]
    }

    expect(Object.getPrototypeOf(redactError(new Odd('odd'), secrets))).toBe(Error.prototype)
  })

  it('has no stack of this package', () => {
    const { stack } = redactError(new TypeError('fetch failed'), [])

    expect(stack).toBe('TypeError: fetch failed')
  })

  it('redacts the name and the code', () => {
    const error = Object.assign(new Error('x'), { name: 'E p@ss word', code: 'p@ss word' })

    expect(redactError(error, secrets)).toMatchObject({ name: 'E [redacted]', code: '[redacted]' })
  })

  it('leaves out a code that is not a string', () => {
    expect(redactError(Object.assign(new Error('x'), { code: 20 }), [])).not.toHaveProperty('code')
  })

  it.each([
    ['a string', 'p@ss word', 'string'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'object'],
    ['an object', { message: 'p@ss word' }, 'object'],
  ])('names only the type of %s', (_, thrown, type) => {
    expect(redactError(thrown, secrets).message).toBe(`A value that is no error was thrown: ${type}.`)
  })

  it('returns an error for one that throws when it is read', () => {
    const message = () => {
      throw new Error('p@ss word')
    }
    const error = Object.defineProperty(new Error('x'), 'message', { get: message })

    expect(redactError(error, []).message).toBe('An error was thrown that cannot be read.')
  })

  it('redacts a secret whose control characters were replaced', () => {
    const cause = redactError(new Error('bad header: pa ss'), [new Secret('pa\u200b\tss')])

    expect(cause.message).toBe('bad header: [redacted]')
  })

  it('shortens a long or circular chain of causes', () => {
    const circular = new Error('round')
    circular.cause = circular
    let depth = 0
    for (let error: unknown = redactError(circular, []); error instanceof Error; error = error.cause) depth += 1

    expect(depth).toBe(4)
  })

  it('replaces a cause that is a string', () => {
    expect(redactError(new Error('x', { cause: 'p@ss word' }), secrets).cause).toMatchObject({
      message: 'A value that is no error was thrown: string.',
    })
  })
})

describe('findSystemCode', () => {
  const coded = (code: unknown, cause?: unknown) =>
    Object.assign(new Error('x', cause === undefined ? {} : { cause }), { code })

  it.each([
    ['its own code', coded('ECONNREFUSED'), 'ECONNREFUSED'],
    ["its cause's code", new Error('x', { cause: coded('UND_ERR_SOCKET') }), 'UND_ERR_SOCKET'],
    ['the first of two codes', coded('ENOTFOUND', coded('ECONNRESET')), 'ENOTFOUND'],
    ["its cause's, if its own is a number", coded(20, coded('ECONNRESET')), 'ECONNRESET'],
    ["its cause's, if its own is other text", coded('some words', coded('ECONNRESET')), 'ECONNRESET'],
    ['nothing for no code', new Error('x'), undefined],
    ['nothing for a cause that is no error', new Error('x', { cause: { code: 'ENOTFOUND' } }), undefined],
  ])('returns %s', (_, error, code) => {
    expect(findSystemCode(error)).toBe(code)
  })
})

describe('escapeControlCharacters', () => {
  it.each([
    ['on two\nlines', 'on two lines'],
    ['\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['right\u202eto left', 'right to left'],
    ['a\u2028b\u2029c', 'a b c'],
    ['\u0007\t', ''],
    ['  spaces  ', 'spaces'],
  ])('turns %j into %j', (text, expected) => {
    expect(escapeControlCharacters(text)).toBe(expected)
  })
})

describe('truncate', () => {
  it.each([
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), `${'x'.repeat(199)}…`],
    [`${'x'.repeat(198)}🔑🔑x`, `${'x'.repeat(198)}🔑…`],
  ])('turns %j into %j', (text, expected) => {
    expect(truncate(text)).toBe(expected)
  })
})
