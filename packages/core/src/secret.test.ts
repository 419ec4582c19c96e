import { inspect } from 'node:util'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it, vi } from 'vitest'
import { Secret, toSecret } from './secret.ts'

describe('Secret', () => {
  const secret = new Secret('t0p-s3cret')

  it.each([
    ['as a string', String(secret), '[redacted]'],
    ['in a template', `${secret}`, '[redacted]'],
    ['joined', [secret].join(), '[redacted]'],
    ['as JSON', JSON.stringify({ secret }), '{"secret":"[redacted]"}'],
    ['inspected', inspect(secret, { showHidden: true }), 'Secret [redacted]'],
    ['inspected inside', inspect({ deep: { secret } }), '{ deep: { secret: Secret [redacted] } }'],
    ['spread', JSON.stringify({ ...secret }), '{}'],
    ['as own properties', JSON.stringify(Object.getOwnPropertyNames(secret)), '[]'],
  ])('shows nothing %s', (_, shown, expected) => {
    expect(shown).toBe(expected)
  })

  it('shows nothing in any other way', () => {
    expect(findLeaks({ secret, list: [secret], map: new Map([[secret, secret]]) }, ['t0p-s3cret'])).toEqual([])
  })

  it('shows nothing when it is cloned', () => {
    expect(findLeaks(structuredClone(secret), ['t0p-s3cret'])).toEqual([])
  })

  it('reveals its value', () => {
    expect(secret.reveal()).toBe('t0p-s3cret')
    expect(new Secret({ deep: 1 }).reveal()).toEqual({ deep: 1 })
  })

  it.each([undefined, null, 'text', 1, {}, [], { reveal: () => 'x' }, Object.create(null)])(
    'does not recognize %o as a secret',
    (value) => {
      expect(Secret.isInstance(value)).toBe(false)
    },
  )

  it('recognizes secrets of another copy of this package', async () => {
    vi.resetModules()
    const copy = await import('./secret.ts')

    expect(copy.Secret).not.toBe(Secret)
    expect(copy.Secret.isInstance(secret)).toBe(true)
    expect(Secret.isInstance(new copy.Secret('x'))).toBe(true)
    expect(Secret.isInstance(secret)).toBe(true)
    expect(Reflect.get(secret, Symbol.for('@particle-grants/core/Secret'))).toBe(true)
  })

  it('does not recognize a marked object that cannot reveal a value', () => {
    const mark = Symbol.for('@particle-grants/core/Secret')
    expect(Secret.isInstance({ [mark]: true })).toBe(false)
    expect(Secret.isInstance({ [mark]: true, reveal: 'x' })).toBe(false)
  })
})

describe('toSecret', () => {
  it('wraps a string, and returns a secret as it is', () => {
    const secret = new Secret('t0p-s3cret')
    expect(toSecret('bare').reveal()).toBe('bare')
    expect(toSecret(secret)).toBe(secret)
  })
})
