import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { developerClient, developerClients, productClient, userClient } from './clients.ts'
import { GrantsError } from './errors/grants-error.ts'
import { Secret } from './secret.ts'

function problem(make: () => unknown): string {
  try {
    make()
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_argument') throw thrown
    return `${thrown.details.parameter} ${thrown.details.problem}`
  }
  return 'none'
}

describe('developerClient', () => {
  it('is particle:particle unless another is named', () => {
    const { kind, id, secret } = developerClient()

    expect([kind, id, secret.reveal()]).toEqual(['developer', 'particle', 'particle'])
  })

  it.each([
    ['particle', 'particle'],
    ['particle-api', 'particle-api'],
    ['particle-cli', 'particle-cli'],
    ['CLI2', 'client_secret_here'],
  ] as const)('knows %s', (id, secret) => {
    expect([developerClient(id).id, developerClient(id).secret.reveal()]).toEqual([id, secret])
  })

  it('knows no others', () => {
    expect(Object.keys(developerClients)).toEqual(['particle', 'particle-api', 'particle-cli', 'CLI2'])
  })

  it.each(['my-product-1234', '', 'toString', '__proto__', 'PARTICLE', null, 5])('does not know %j', (id) => {
    expect(problem(() => developerClient(id as 'particle'))).toBe(
      'id is none of the known developer clients (particle, particle-api, particle-cli, CLI2)',
    )
  })
})

describe.each([
  ['productClient', productClient, 'product'],
  ['userClient', userClient, 'user'],
] as const)('%s', (_, make, kind) => {
  it('keeps id and secret, the latter hidden', () => {
    const client = make({ id: 'my-product-1234', secret: 't0p-s3cret' })

    expect([client.kind, client.id, client.secret.reveal()]).toEqual([kind, 'my-product-1234', 't0p-s3cret'])
    expect(leaksIn(client, ['t0p-s3cret'])).toEqual([])
  })

  it('keeps a secret that is hidden already', () => {
    const secret = new Secret('t0p-s3cret')

    expect(make({ id: 'abc', secret }).secret).toBe(secret)
  })

  it('can’t be changed afterwards', () => {
    expect(Object.isFrozen(make({ id: 'abc', secret: 'x' }))).toBe(true)
  })

  it.each(Object.keys(developerClients))('refuses the developer client %s', (id) => {
    expect(problem(() => make({ id, secret: 'x' }))).toBe(
      `id "${id}" is a developer client that everyone shares: use developerClient()`,
    )
  })

  it.each(['abc', 'A-b_9', 'x'.repeat(40)])('takes the id %s', (id) => {
    expect(problem(() => make({ id, secret: 'x' }))).toBe('none')
  })

  it.each(['', 'ab', 'x'.repeat(41), 'a b', 'a:b', 'käse', 'abc\n', null, undefined, 1234, ['abc']])(
    'refuses the id %j',
    (id) => {
      expect(problem(() => make({ id: id as string, secret: 'x' }))).toBe(
        'id must have 3 to 40 letters, digits, "-" or "_"',
      )
    },
  )

  it.each(['', new Secret(''), null, undefined, 5, {}, new Secret(5), { reveal: 1 }])(
    'refuses the secret %o',
    (secret) => {
      expect(problem(() => make({ id: 'abc', secret: secret as string }))).toBe(
        'secret must be a non-empty string',
      )
    },
  )

  it.each([undefined, null, 'abc'])('refuses %j in place of id and secret', (credentials) => {
    expect(problem(() => make(credentials as never))).toContain('must')
  })
})
