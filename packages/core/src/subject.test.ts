import { describe, expect, it } from 'vitest'
import { GrantsError } from './errors/grants-error.ts'
import type { ClientKind } from './grants/grant.ts'
import {
  account,
  customer,
  readSubject,
  type Subject,
  scopeFits,
  scopeOf,
  subjectOfLogin,
} from './subject.ts'

function outcome(read: () => string): string {
  try {
    return read()
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_argument') throw thrown
    return `${thrown.details.parameter} ${thrown.details.problem}`
  }
}

describe('a name', () => {
  it.each([
    ['jane@example.com', 'jane@example.com'],
    ['Jane.Doe@Example.COM', 'jane.doe@example.com'],
    ['6E16F915-29f5', '6E16F915-29f5'],
    ['Customer-7', 'Customer-7'],
    ['a:b=c,d', 'a:b=c,d'],
    ['ü', 'ü'],
  ])('has one form: %s', (name, canonical) => {
    expect(customer(name)).toBe(`customer:${canonical}`)
    expect(account(name)).toBe(`account:${canonical}`)
  })

  it.each(['', ' ', 'a b', 'a\tb', 'a\u00a0b', 'a\u0000b', 'a\u0085b', '\njane', undefined, null, 5, ['a']])(
    'is not %j',
    (name) => {
      const problem = 'must be a non-empty string without blanks and control characters'

      expect(outcome(() => customer(name as string))).toBe(`customer ${problem}`)
      expect(outcome(() => account(name as string))).toBe(`username ${problem}`)
    },
  )
})

describe('a sign-in', () => {
  it.each([
    ['developer', 'account:dev@example.com'],
    ['product', 'customer:dev@example.com'],
    ['user', 'account:dev@example.com'],
  ] as const)('on a %s client is for %s', (kind, subject) => {
    expect(subjectOfLogin(kind, 'Dev@example.com')).toBe(subject)
  })
})

describe('the scope', () => {
  it.each([
    ['customer:jane@example.com', 'customer=jane@example.com'],
    ['customer:a=b', 'customer=a=b'],
    ['owner', undefined],
    ['account:dev@example.com', undefined],
    [undefined, undefined],
  ] as const)('that asks for %s is %s', (subject, scope) => {
    expect(scopeOf(subject)).toBe(scope)
  })

  const jane = 'customer:jane@example.com'
  const janes = 'customer=jane@example.com'

  // biome-ignore format: one line per case, to be read as a table
  const answers: readonly { scope: string | undefined; subject: Subject | undefined; asked?: string; fits: boolean }[] = [
    { scope: undefined, subject: jane, asked: janes, fits: true },
    { scope: '', subject: jane, asked: janes, fits: true },
    { scope: janes, subject: jane, asked: janes, fits: true },
    { scope: 'customer=Jane@Example.com', subject: jane, asked: janes, fits: true },
    { scope: `devices  ${janes}`, subject: jane, asked: janes, fits: true },
    { scope: 'devices', subject: jane, asked: janes, fits: false },
    { scope: 'devices', subject: jane, fits: true },
    { scope: janes, subject: jane, fits: true },
    { scope: 'customer=joe', subject: jane, asked: janes, fits: false },
    { scope: `${janes} customer=joe`, subject: jane, asked: janes, fits: false },
    { scope: 'customer=jane@example.com.evil', subject: jane, asked: janes, fits: false },
    { scope: janes, subject: 'owner', fits: false },
    { scope: 'devices', subject: 'owner', asked: 'devices', fits: true },
    { scope: 'other', subject: 'owner', asked: 'devices', fits: true },
    { scope: janes, subject: 'account:jane@example.com', fits: false },
    { scope: janes, subject: undefined, fits: false },
    { scope: 'devices', subject: undefined, fits: true },
  ]

  it.each(answers)('$scope fits $subject who asked for $asked: $fits', ({ scope, subject, asked, fits }) => {
    expect(scopeFits(scope, subject, asked)).toBe(fits)
  })
})

describe('a subject from outside', () => {
  const developer = "subject of a developer client must be account('…')"
  const product = "subject of a product client must be 'owner' or customer('…')"
  const user = "subject of a user client must be 'owner' or account('…')"
  const blank = 'must be a non-empty string without blanks and control characters'

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [given: string, Record<ClientKind, string>])[] = [
    ['owner',             { developer, product: 'owner', user: 'owner' }],
    ['owner:',            { developer, product, user }],
    ['owner:x',           { developer, product, user }],
    ['account:Dev@x.com', { developer: 'account:dev@x.com', product, user: 'account:dev@x.com' }],
    ['account:',          { developer: `username ${blank}`, product, user: `username ${blank}` }],
    ['customer:Jane@x.y', { developer, product: 'customer:jane@x.y', user }],
    ['customer:a:b',      { developer, product: 'customer:a:b', user }],
    ['customer:a b',      { developer, product: `customer ${blank}`, user }],
    ['customer',          { developer, product: `customer ${blank}`, user }],
    ['',                  { developer, product, user }],
    ['Owner',             { developer, product, user }],
    ['somebody:x',        { developer, product, user }],
  ]
  const cells = cases.flatMap(([given, row]) =>
    (['developer', 'product', 'user'] as const).map((kind) => ({ given, kind, expected: row[kind] })),
  )

  it.each(cells)('$given of a $kind client: $expected', ({ given, kind, expected }) => {
    expect(outcome(() => readSubject(given, kind))).toBe(expected)
  })
})
