import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { Secret } from '../secret.ts'
import { sanitizeCause, systemCodeOf } from './sanitize.ts'

const planted = ['p@ss word', 'Basic c2VjcmV0']
const secrets = planted.map((value) => new Secret(value))

/** An error as Axios throws it: with all that was sent hanging on it. */
function axiosError(): Error {
  const config = { url: '/oauth/token', data: 'password=p@ss word', headers: { authorization: planted[1] } }
  const cause = Object.assign(new Error('p@ss word was refused'), { code: 'ECONNREFUSED', config })
  const error = new Error('Request failed: password=p%40ss+word', { cause })
  return Object.assign(error, { name: 'AxiosError', code: 'ERR_NETWORK', config, request: { config } })
}

describe('sanitizeCause', () => {
  it('keeps name, code and message, without what was sent', () => {
    const cause = sanitizeCause(axiosError(), secrets)

    expect({ ...cause, name: cause.name, message: cause.message }).toEqual({
      name: 'AxiosError',
      code: 'ERR_NETWORK',
      message: 'Request failed: password=[redacted]',
    })
  })

  it('keeps the cause of the cause in the same way', () => {
    expect(sanitizeCause(axiosError(), secrets).cause).toMatchObject({
      name: 'Error',
      code: 'ECONNREFUSED',
      message: '[redacted] was refused',
    })
  })

  it('leaves nothing of a secret anywhere', () => {
    expect(leaksIn(axiosError(), planted)).toEqual(planted)
    expect(leaksIn(sanitizeCause(axiosError(), secrets), planted)).toEqual([])
  })

  it('is a plain error, whatever it was made of', () => {
    class Odd extends Error {
      readonly config = planted[0]
    }

    expect(Object.getPrototypeOf(sanitizeCause(new Odd('odd'), secrets))).toBe(Error.prototype)
  })

  it('shows where it came from by name, and no line of this package', () => {
    const { stack } = sanitizeCause(new TypeError('fetch failed'), [])

    expect(stack).toBe('TypeError: fetch failed')
  })

  it('redacts a name and a code, too', () => {
    const error = Object.assign(new Error('x'), { name: 'E p@ss word', code: 'p@ss word' })

    expect(sanitizeCause(error, secrets)).toMatchObject({ name: 'E [redacted]', code: '[redacted]' })
  })

  it('leaves out a code that is no string', () => {
    expect(sanitizeCause(Object.assign(new Error('x'), { code: 20 }), [])).not.toHaveProperty('code')
  })

  it.each([
    ['a string', 'p@ss word', 'string'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'object'],
    ['an object', { message: 'p@ss word' }, 'object'],
  ])('says of %s no more than its type', (_, thrown, type) => {
    expect(sanitizeCause(thrown, secrets).message).toBe(`something that is no error was thrown: ${type}`)
  })

  it('is there also for an error that throws when it is read', () => {
    const message = () => {
      throw new Error('p@ss word')
    }
    const error = Object.defineProperty(new Error('x'), 'message', { get: message })

    expect(sanitizeCause(error, []).message).toBe("an error was thrown that can't be read")
  })

  it('hides a secret as it was made printable by somebody', () => {
    const cause = sanitizeCause(new Error('bad header: pa ss'), [new Secret('pa\u200b\tss')])

    expect(cause.message).toBe('bad header: [redacted]')
  })

  it('ends a long or circular chain of causes', () => {
    const circular = new Error('round')
    circular.cause = circular
    let depth = 0
    for (let error: unknown = sanitizeCause(circular, []); error instanceof Error; error = error.cause)
      depth += 1

    expect(depth).toBe(4)
  })

  it('is a bare string’s, where that was a cause', () => {
    expect(sanitizeCause(new Error('x', { cause: 'p@ss word' }), secrets).cause).toMatchObject({
      message: 'something that is no error was thrown: string',
    })
  })
})

describe('systemCodeOf', () => {
  const coded = (code: unknown, cause?: unknown) =>
    Object.assign(new Error('x', cause === undefined ? {} : { cause }), { code })

  it.each([
    ['its own', coded('ECONNREFUSED'), 'ECONNREFUSED'],
    ["its cause's", new Error('x', { cause: coded('UND_ERR_SOCKET') }), 'UND_ERR_SOCKET'],
    ['the first of both', coded('ENOTFOUND', coded('ECONNRESET')), 'ENOTFOUND'],
    ["its cause's, where its own is none", coded(20, coded('ECONNRESET')), 'ECONNRESET'],
    ["its cause's, where its own is no code", coded('some words', coded('ECONNRESET')), 'ECONNRESET'],
    ['none', new Error('x'), undefined],
    ['none of a cause that is no error', new Error('x', { cause: { code: 'ENOTFOUND' } }), undefined],
  ])('is %s', (_, error, code) => {
    expect(systemCodeOf(error)).toBe(code)
  })
})
