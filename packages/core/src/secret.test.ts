import { inspect } from 'node:util'
import { leaksIn } from '@particle-grants/test-kit'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { redact, Secret, toSecret } from './secret.ts'

describe('a secret', () => {
  const secret = new Secret('t0p-s3cret')

  it.each([
    ['as a string', String(secret), '[redacted]'],
    ['in a template', `${secret}`, '[redacted]'],
    ['joined', [secret].join(), '[redacted]'],
    ['as JSON', JSON.stringify({ secret }), '{"secret":"[redacted]"}'],
    ['inspected', inspect(secret, { showHidden: true }), 'Secret [redacted]'],
    ['inspected inside', inspect({ deep: { secret } }), '{ deep: { secret: Secret [redacted] } }'],
    ['spread', JSON.stringify({ ...secret }), '{}'],
    ['by its names', JSON.stringify(Object.getOwnPropertyNames(secret)), '[]'],
  ])('shows nothing %s', (_, shown, expected) => {
    expect(shown).toBe(expected)
  })

  it('shows nothing in any other way', () => {
    expect(leaksIn({ secret, list: [secret], map: new Map([[secret, secret]]) }, ['t0p-s3cret'])).toEqual([])
  })

  it('shows nothing when it is copied', () => {
    expect(leaksIn(structuredClone(secret), ['t0p-s3cret'])).toEqual([])
  })

  it('hands its value out to who asks for it', () => {
    expect(secret.reveal()).toBe('t0p-s3cret')
    expect(new Secret({ deep: 1 }).reveal()).toEqual({ deep: 1 })
  })

  it.each([undefined, null, 'text', 1, {}, [], { reveal: () => 'x' }, Object.create(null)])(
    'is told from %o',
    (value) => {
      expect(Secret.isInstance(value)).toBe(false)
    },
  )

  it('is known to another copy of this package, and knows that one’s', async () => {
    vi.resetModules()
    const copy = await import('./secret.ts')

    expect(copy.Secret).not.toBe(Secret)
    expect(copy.Secret.isInstance(secret)).toBe(true)
    expect(Secret.isInstance(new copy.Secret('x'))).toBe(true)
    expect(Secret.isInstance(secret)).toBe(true)
    expect(Reflect.get(secret, Symbol.for('@particle-grants/core/Secret'))).toBe(true)
  })

  it('is not what bears the mark of a secret and reveals nothing', () => {
    const mark = Symbol.for('@particle-grants/core/Secret')
    expect(Secret.isInstance({ [mark]: true })).toBe(false)
    expect(Secret.isInstance({ [mark]: true, reveal: 'x' })).toBe(false)
  })

  it('wraps a bare string, and stays as it is', () => {
    expect(toSecret('bare').reveal()).toBe('bare')
    expect(toSecret(secret)).toBe(secret)
  })
})

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
    ['once', 'a secret here', ['secret'], 'a [redacted] here'],
    ['each time', 'secret, secret', ['secret'], '[redacted], [redacted]'],
    ['percent-encoded', 'p%40ss%20word', ['p@ss word'], '[redacted]'],
    ['as a form', 'password=p%40ss+word', ['p@ss word'], 'password=[redacted]'],
    ['a secret that holds another', 'abcdef', ['bcd', 'abcdef'], '[redacted]'],
    ['a secret that begins with another', 'abcdef', ['abc', 'abcdef'], '[redacted]'],
    ['a secret that holds another, the other way about', 'abcdef', ['abcdef', 'bcd'], '[redacted]'],
    ['a secret that the replacement holds', 'e secret', ['e secret', 'red'], '[redacted]'],
    ['what a pattern would take for its own', 'a.b axb $& (.*)+[x]{1}^|\\', ['a.b', '$&', '(.*)+[x]{1}^|\\'], '[redacted] axb [redacted] [redacted]'],
    ['what is quoted in JSON', '{"password":"a\\"b"}', ['a"b'], '{"password":"[redacted]"}'],
    ['what was made printable', 'a b', ['\u200ba\t\u200bb '], '[redacted]'],
    ['only what is printable of it', 'a\u200bb', ['\u200b'], 'a[redacted]b'],
    ['other letters', '🔑ü', ['🔑'], '[redacted]ü'],
  ].map(([about, text, secrets, expected]) => ({ about, text, secrets, expected }) as Case))('hides $about', ({ text, secrets, expected }) => {
    expect(hide(text, ...secrets)).toBe(expected)
  })

  it('leaves nothing of any secret in any text', () => {
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

  it('is never stopped by a secret that is no proper text', () => {
    expect(hide('half of a letter: \ud800', '\ud800')).toBe('half of a letter: [redacted]')
  })
})
