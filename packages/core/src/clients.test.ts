import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { assertClient, developerClient, developerClients, productClient, userClient } from './clients.ts'
import { GrantsError } from './errors.ts'
import { Secret } from './secret.ts'

function findProblem(make: () => unknown): string {
  try {
    make()
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_argument') throw thrown
    return `${thrown.details.parameter} ${thrown.details.problem}`
  }
  return 'none'
}

describe('developerClient', () => {
  it('returns particle:particle by default', () => {
    const { kind, id, secret } = developerClient()

    expect([kind, id, secret.reveal()]).toEqual(['developer', 'particle', 'particle'])
  })

  it.each([
    ['particle', 'particle'],
    ['particle-api', 'particle-api'],
    ['particle-cli', 'particle-cli'],
    ['CLI2', 'client_secret_here'],
  ] as const)('returns %s', (id, secret) => {
    expect([developerClient(id).id, developerClient(id).secret.reveal()]).toEqual([id, secret])
  })

  it('knows exactly these clients', () => {
    expect(Object.keys(developerClients)).toEqual(['particle', 'particle-api', 'particle-cli', 'CLI2'])
  })

  it.each(['my-product-1234', '', 'toString', '__proto__', 'PARTICLE', null, 5])('rejects %j', (id) => {
    expect(findProblem(() => developerClient(id as 'particle'))).toBe(
      'id must be one of particle, particle-api, particle-cli, CLI2',
    )
  })
})

describe.each([
  ['productClient', productClient, 'product'],
  ['userClient', userClient, 'user'],
] as const)('%s', (_, make, kind) => {
  it('keeps the id, and the secret as a secret', () => {
    const client = make({ id: 'my-product-1234', secret: 't0p-s3cret' })

    expect([client.kind, client.id, client.secret.reveal()]).toEqual([kind, 'my-product-1234', 't0p-s3cret'])
    expect(findLeaks(client, ['t0p-s3cret'])).toEqual([])
  })

  it('keeps a secret that is wrapped already', () => {
    const secret = new Secret('t0p-s3cret')

    expect(make({ id: 'abc', secret }).secret).toBe(secret)
  })

  it('returns a frozen object', () => {
    expect(Object.isFrozen(make({ id: 'abc', secret: 'x' }))).toBe(true)
  })

  it.each(Object.keys(developerClients))('rejects the developer client %s', (id) => {
    expect(findProblem(() => make({ id, secret: 'x' }))).toBe(
      `id must not be "${id}", which is a public client: use developerClient()`,
    )
  })

  it.each(['abc', 'A-b_9', 'x'.repeat(40)])('accepts the id %s', (id) => {
    expect(findProblem(() => make({ id, secret: 'x' }))).toBe('none')
  })

  it.each(['', 'ab', 'x'.repeat(41), 'a b', 'a:b', 'käse', 'abc\n', null, undefined, 1234, ['abc']])(
    'rejects the id %j',
    (id) => {
      expect(findProblem(() => make({ id: id as string, secret: 'x' }))).toBe(
        'id must have 3 to 40 letters, digits, "-" or "_"',
      )
    },
  )

  it.each(['', new Secret(''), null, undefined, 5, {}, new Secret(5), { reveal: 1 }])(
    'rejects the secret %o',
    (secret) => {
      expect(findProblem(() => make({ id: 'abc', secret: secret as string }))).toBe('secret must be a non-empty string')
    },
  )

  it.each([undefined, null, 'abc'])('rejects %j instead of id and secret', (credentials) => {
    expect(findProblem(() => make(credentials as never))).toContain('must')
  })
})

describe('assertClient', () => {
  it('accepts every kind of client', () => {
    const credentials = { id: 'abc', secret: 'x' }
    for (const client of [developerClient(), productClient(credentials), userClient(credentials)]) {
      expect(() => assertClient(client)).not.toThrow()
    }
  })

  it.each([
    undefined,
    null,
    'particle',
    {},
    { ...developerClient(), kind: 'other' },
    { ...developerClient(), id: 5 },
    { ...developerClient(), secret: 'particle' },
  ])('rejects %o', (client) => {
    expect(findProblem(() => assertClient(client))).toBe(
      'client must come from developerClient(), productClient() or userClient()',
    )
  })
})
