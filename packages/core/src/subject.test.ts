import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientKind } from './clients.ts'
import { GrantsError } from './errors.ts'
import {
  account,
  assertSubject,
  customer,
  customerScope,
  formatSubject,
  includesCustomer,
  isSameSubject,
  isScopeForSubject,
  owner,
  parseSubject,
  type TokenSubject,
  toLoginSubject,
} from './subject.ts'

/** The subject as text, or what is wrong with it. */
function outcome(create: () => TokenSubject): string {
  try {
    return formatSubject(create())
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_argument') throw thrown
    return `${thrown.details.parameter} ${thrown.details.problem}`
  }
}

const badName = 'must be a non-empty string without spaces and control characters'
const kinds = ['developer', 'product', 'user'] as const

describe('account and customer', () => {
  it.each([
    ['jane@example.com', 'jane@example.com'],
    ['Jane.Doe@Example.COM', 'jane.doe@example.com'],
    ['6E16F915-29f5', '6E16F915-29f5'],
    ['Customer-7', 'Customer-7'],
    ['a:b=c,d', 'a:b=c,d'],
    ['ü', 'ü'],
  ])('put an email in lower case and keep other names: %s', (given, name) => {
    expect(customer(given)).toEqual({ type: 'customer', name })
    expect(account(given)).toEqual({ type: 'account', name })
  })

  it.each(['', ' ', 'a b', 'a\tb', 'a\u00a0b', 'a\u0000b', 'a\u0085b', '\njane', undefined, null, 5, ['a']])(
    'reject the name %j',
    (name) => {
      expect(outcome(() => customer(name as string))).toBe(`customer ${badName}`)
      expect(outcome(() => account(name as string))).toBe(`username ${badName}`)
    },
  )

  it('return frozen objects', () => {
    expect([account('a'), customer('c'), owner].map(Object.isFrozen)).toEqual([true, true, true])
  })
})

describe('toLoginSubject', () => {
  it.each([
    ['developer', 'account:dev@example.com'],
    ['product', 'customer:dev@example.com'],
    ['user', 'account:dev@example.com'],
  ] as const)('returns for a %s client %s', (kind, subject) => {
    expect(formatSubject(toLoginSubject(kind, 'Dev@example.com'))).toBe(subject)
  })
})

describe('isSameSubject', () => {
  const subjects = [owner, account('a'), account('b'), customer('a'), undefined]

  it('compares type and name', () => {
    for (const [i, a] of subjects.entries()) {
      for (const [j, b] of subjects.entries()) {
        expect([i, j, isSameSubject(a && { ...a }, b && { ...b })]).toEqual([i, j, i === j])
      }
    }
  })
})

describe('formatSubject and parseSubject', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'B', ':', '=', '@', 'ü', '🔑', 'owner'), minLength: 1 })
  const subject = fc.oneof(
    fc.record({ kind: fc.constant('product' as const), subject: name.map(customer) }),
    fc.record({ kind: fc.constantFrom('developer' as const, 'user' as const), subject: name.map(account) }),
    fc.record({ kind: fc.constantFrom('product' as const, 'user' as const), subject: fc.constant(owner) }),
  )

  it('return the same subject after a round trip', () => {
    fc.assert(
      fc.property(subject, ({ kind, subject }) => {
        expect(parseSubject(formatSubject(subject), kind)).toEqual(subject)
      }),
    )
  })

  it('return different texts for different subjects', () => {
    fc.assert(
      fc.property(subject, subject, (a, b) => {
        const isSameText = formatSubject(a.subject) === formatSubject(b.subject)
        expect(isSameText).toBe(isSameSubject(a.subject, b.subject))
      }),
    )
  })

  const developer = "subject of a developer client must be account('…')"
  const product = "subject of a product client must be customer('…')"
  const user = "subject of a user client must be account('…')"

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [given: string, Record<ClientKind, string>])[] = [
    ['owner',             { developer, product: 'owner', user: 'owner' }],
    ['owner:',            { developer, product, user }],
    ['owner:x',           { developer, product, user }],
    ['account:Dev@x.com', { developer: 'account:dev@x.com', product, user: 'account:dev@x.com' }],
    ['account:',          { developer: `username ${badName}`, product, user: `username ${badName}` }],
    ['customer:Jane@x.y', { developer, product: 'customer:jane@x.y', user }],
    ['customer:a:b',      { developer, product: 'customer:a:b', user }],
    ['customer:a b',      { developer, product: `customer ${badName}`, user }],
    ['customer',          { developer, product: `customer ${badName}`, user }],
    ['',                  { developer, product, user }],
    ['Owner',             { developer, product, user }],
    ['other:x',           { developer, product, user }],
  ]
  const cells = cases.flatMap(([given, row]) => kinds.map((kind) => ({ given, kind, expected: row[kind] })))

  it.each(cells)('parses $given of a $kind client: $expected', ({ given, kind, expected }) => {
    expect(outcome(() => parseSubject(given, kind))).toBe(expected)
  })
})

describe('assertSubject', () => {
  const wrong = (kind: ClientKind) =>
    `subject of a ${kind} client must be ${kind === 'product' ? 'customer' : 'account'}('…')`

  it.each(kinds)('accepts only the subjects of a %s client', (kind) => {
    const isProduct = kind === 'product'
    expect(outcome(() => assertSubject(account('a'), kind))).toBe(isProduct ? wrong(kind) : 'account:a')
    expect(outcome(() => assertSubject(customer('c'), kind))).toBe(isProduct ? 'customer:c' : wrong(kind))
  })

  it.each([owner, undefined, null, 'account:a', 'customer:c', {}, { name: 'a' }, { type: 'other', name: 'a' }])(
    'rejects %j',
    (given) => {
      for (const kind of kinds) expect(outcome(() => assertSubject(given, kind))).toBe(wrong(kind))
    },
  )

  it('normalizes the name, and rejects a bad one', () => {
    expect(assertSubject({ type: 'account', name: 'A@B.c' }, 'user')).toEqual(account('a@b.c'))
    expect(outcome(() => assertSubject({ type: 'customer' }, 'product'))).toBe(`customer ${badName}`)
  })
})

describe('customerScope', () => {
  it.each([
    [customer('jane@example.com'), 'customer=jane@example.com'],
    [customer('a=b'), 'customer=a=b'],
    [owner, undefined],
    [account('dev@example.com'), undefined],
    [undefined, undefined],
  ])('returns the scope that requests a token of %j: %s', (subject, scope) => {
    expect(customerScope(subject)).toBe(scope)
  })
})

describe('includesCustomer', () => {
  it.each([
    ['customer=jane', true],
    ['devices customer=jane', true],
    ['devices', false],
    ['mycustomer=jane', false],
    ['', false],
  ])('judges %j: %s', (scope, expected) => {
    expect(includesCustomer(scope)).toBe(expected)
  })
})

describe('isScopeForSubject', () => {
  const jane = customer('jane@example.com')
  const janes = 'customer=jane@example.com'

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly { scope: string | undefined; subject: TokenSubject | undefined; requested?: string; expected: boolean }[] = [
    { scope: undefined, subject: jane, requested: janes, expected: true },
    { scope: '', subject: jane, requested: janes, expected: true },
    { scope: janes, subject: jane, requested: janes, expected: true },
    { scope: 'customer=Jane@Example.com', subject: jane, requested: janes, expected: true },
    { scope: `devices  ${janes}`, subject: jane, requested: janes, expected: true },
    { scope: 'devices', subject: jane, requested: janes, expected: false },
    { scope: 'devices', subject: jane, expected: true },
    { scope: janes, subject: jane, expected: true },
    { scope: 'customer=joe', subject: jane, requested: janes, expected: false },
    { scope: `${janes} customer=joe`, subject: jane, requested: janes, expected: false },
    { scope: 'customer=jane@example.com.evil', subject: jane, requested: janes, expected: false },
    { scope: janes, subject: owner, expected: false },
    { scope: 'devices', subject: owner, requested: 'devices', expected: true },
    { scope: 'other', subject: owner, requested: 'devices', expected: true },
    { scope: janes, subject: account('jane@example.com'), expected: false },
    { scope: janes, subject: undefined, expected: false },
    { scope: 'devices', subject: undefined, expected: true },
  ]

  it.each(cases)('judges $scope for $subject.name who requested $requested: $expected', (row) => {
    expect(isScopeForSubject(row.scope, row.subject, row.requested)).toBe(row.expected)
  })
})
