import { describe, expect, it } from 'vitest'
import { developerClient, type OAuthClient, productClient, userClient } from '../clients.ts'
import { GrantsError } from '../errors.ts'
import type { ClientKind, GrantType, TokenRequest } from '../grants/catalogue.ts'
import { Secret } from '../secret.ts'
import { type ClientAuthentication, encodeCustomerRequest, encodeTokenRequest } from './token-request.ts'

const clients: Readonly<Record<ClientKind, OAuthClient>> = {
  developer: developerClient(),
  product: productClient({ id: 'my-product-1234', secret: 'päß wörd 🔑' }),
  user: userClient({ id: 'my-tool-77', secret: 'a:b' }),
}

const secret = (value: string) => new Secret(value)
const password = {
  grant_type: 'password',
  username: 'dev@example.com',
  password: secret('correct horse'),
} as const
const otp = {
  grant_type: 'urn:custom:mfa-otp',
  mfa_token: secret('6e16f915-29f5'),
  otp: secret('271828'),
} as const
const recovery = {
  grant_type: 'urn:custom:recovery-code',
  mfa_token: secret('m'),
  recovery_code: secret('r c'),
} as const
const requests: { readonly [G in GrantType]: TokenRequest<G> } = {
  password,
  'urn:custom:mfa-otp': otp,
  'urn:custom:recovery-code': recovery,
  client_credentials: { grant_type: 'client_credentials' },
  refresh_token: { grant_type: 'refresh_token', refresh_token: secret('ef456789') },
}

function encodeBody(request: TokenRequest, client = clients.product): string {
  return encodeTokenRequest(request, client).body.reveal()
}

function findProblem(request: unknown, client = clients.product): string {
  try {
    encodeTokenRequest(request as TokenRequest, client)
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    if (thrown.code === 'invalid_argument') return `${thrown.details.parameter} ${thrown.details.problem}`
    return thrown.code
  }
  return 'sent'
}

describe('encodeTokenRequest', () => {
  // biome-ignore format: one line per case, to be read as a table
  const bodies: readonly (readonly [about: string, TokenRequest, body: string])[] = [
    ['password', password, 'grant_type=password&username=dev%40example.com&password=correct+horse'],
    ['password, with a lifetime and a scope', { ...password, scope: 'a b', expires_in: 3600 }, 'grant_type=password&username=dev%40example.com&password=correct+horse&expires_in=3600&scope=a+b'],
    ['password, never to expire', { ...password, expires_in: 0 }, 'grant_type=password&username=dev%40example.com&password=correct+horse&expires_in=0'],
    ['password, until a date', { ...password, expires_at: '2030-01-31T00:00:00Z' }, 'grant_type=password&username=dev%40example.com&password=correct+horse&expires_at=2030-01-31T00%3A00%3A00Z'],
    ['password, with all that needs encoding', { ...password, username: 'jane+x@example.com', password: secret('p&=%+ äöü🔑') }, 'grant_type=password&username=jane%2Bx%40example.com&password=p%26%3D%25%2B+%C3%A4%C3%B6%C3%BC%F0%9F%94%91'],
    ['the code', otp, 'grant_type=urn%3Acustom%3Amfa-otp&mfa_token=6e16f915-29f5&otp=271828'],
    ['the code, pasted', { ...otp, otp: secret(' 271 828') }, 'grant_type=urn%3Acustom%3Amfa-otp&mfa_token=6e16f915-29f5&otp=271828'],
    ['the code, as the report sent it', { ...otp, username: 'dev@example.com' }, 'grant_type=urn%3Acustom%3Amfa-otp&mfa_token=6e16f915-29f5&otp=271828&username=dev%40example.com'],
    ['the code, with username and password again', { ...otp, username: 'u', password: secret('p'), expires_in: 60 }, 'grant_type=urn%3Acustom%3Amfa-otp&mfa_token=6e16f915-29f5&otp=271828&username=u&password=p&expires_in=60'],
    ['the recovery code', recovery, 'grant_type=urn%3Acustom%3Arecovery-code&mfa_token=m&recovery_code=r+c'],
    ['the client itself', { grant_type: 'client_credentials' }, 'grant_type=client_credentials'],
    ['the client for a customer', { grant_type: 'client_credentials', scope: 'customer=jane@example.com', expires_in: 60 }, 'grant_type=client_credentials&scope=customer%3Djane%40example.com&expires_in=60'],
    ['a refresh', requests.refresh_token, 'grant_type=refresh_token&refresh_token=ef456789'],
    ['a refresh with a lifetime', { ...requests.refresh_token, expires_in: 60 }, 'grant_type=refresh_token&refresh_token=ef456789&expires_in=60'],
    ['fields that are undefined', { ...password, expires_in: undefined, scope: undefined }, 'grant_type=password&username=dev%40example.com&password=correct+horse'],
  ]

  it.each(bodies)('encodes %s', (_, request, body) => {
    expect(encodeBody(request)).toBe(body)
  })

  it('sends a form, with the client in the header', () => {
    const { method, path, headers } = encodeTokenRequest(password, clients.product)

    expect([method, path]).toEqual(['POST', '/oauth/token'])
    expect(headers.reveal()).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: 'Basic bXktcHJvZHVjdC0xMjM0OnDDpMOfIHfDtnJkIPCflJE=',
    })
  })

  it('sends the client in the body with client_secret_post', () => {
    const { headers, body } = encodeTokenRequest(requests.client_credentials, clients.product, 'client_secret_post')

    expect(body.reveal()).toBe(
      'grant_type=client_credentials&client_id=my-product-1234&client_secret=p%C3%A4%C3%9F+w%C3%B6rd+%F0%9F%94%91',
    )
    expect(headers.reveal()).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    })
  })

  it('sends the fields in the catalogue’s order', () => {
    expect(encodeBody({ otp: secret('271828'), mfa_token: secret('m'), grant_type: 'urn:custom:mfa-otp' })).toBe(
      'grant_type=urn%3Acustom%3Amfa-otp&mfa_token=m&otp=271828',
    )
  })
})

describe('encodeTokenRequest, for each kind of client', () => {
  // Written out by hand, so that a wrong catalogue fails here.
  // biome-ignore format: one line per grant, to be read as a table
  const matrix: readonly (readonly [GrantType, Record<ClientKind, boolean>])[] = [
    ['password',                 { developer: true,  product: true, user: true }],
    ['urn:custom:mfa-otp',       { developer: true,  product: true, user: true }],
    ['urn:custom:recovery-code', { developer: true,  product: true, user: true }],
    ['client_credentials',       { developer: false, product: true, user: true }],
    ['refresh_token',            { developer: false, product: true, user: false }],
  ]
  const cells = matrix.flatMap(([grant, row]) =>
    (['developer', 'product', 'user'] as const).map((kind) => ({ grant, kind, may: row[kind] })),
  )

  it.each(cells)('allows $grant for a $kind client: $may', ({ grant, kind, may }) => {
    expect(findProblem(requests[grant], clients[kind])).toBe(may ? 'sent' : 'grant_not_allowed')
  })

  it('tells a developer client to use another client for client_credentials', () => {
    expect(() => encodeTokenRequest(requests.client_credentials, clients.developer)).toThrow(
      'A developer client may not use client_credentials. Sign in instead, or use a product client.',
    )
  })

  it('names the grant and the kind of client in its error', () => {
    expect(() => encodeTokenRequest(requests.refresh_token, clients.developer)).toThrow(
      expect.objectContaining({
        message: 'A developer client may not use refresh_token. Sign in instead, or use a product client.',
        details: { grantType: 'refresh_token', clientKind: 'developer' },
      }),
    )
  })
})

describe('encodeTokenRequest, for a bad request', () => {
  const noGrant =
    'grant_type must be one of password, urn:custom:mfa-otp, urn:custom:recovery-code, client_credentials, refresh_token'
  const { username: _, ...nameless } = password

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [about: string, request: unknown, problem: string])[] = [
    ['no username', nameless, 'username is required by grant_type=password'],
    ['no password', { grant_type: 'password', username: 'u' }, 'password is required by grant_type=password'],
    ['an empty password', { ...password, password: secret('') }, 'password must be a non-empty string'],
    ['no code', { grant_type: 'urn:custom:mfa-otp', mfa_token: secret('m') }, 'otp is required by grant_type=urn:custom:mfa-otp'],
    ['no mfa_token', { grant_type: 'urn:custom:mfa-otp', otp: secret('271828') }, 'mfa_token is required by grant_type=urn:custom:mfa-otp'],
    ['a code that is a number', { ...otp, otp: 271828 }, 'otp must be a string of six digits'],
    ['no recovery code', { grant_type: 'urn:custom:recovery-code', mfa_token: secret('m') }, 'recovery_code is required by grant_type=urn:custom:recovery-code'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'refresh_token is required by grant_type=refresh_token'],
    ['null for a field', { ...password, scope: null }, 'scope must be words separated by single spaces'],
    ['a negative lifetime', { ...password, expires_in: -1 }, 'expires_in must be an integer of seconds, 0 or more'],
    ['a lifetime that is a string', { ...password, expires_in: '60' }, 'expires_in must be an integer of seconds, 0 or more'],
    ['both lifetimes', { ...password, expires_in: 60, expires_at: '2030-01-31T00:00:00Z' }, 'expires_at must not be combined with expires_in'],
    ['an unknown field', { ...password, expiresIn: 60 }, 'expiresIn is not a field of grant_type=password'],
    ['an unknown field that is undefined', { ...password, otp: undefined }, 'otp is not a field of grant_type=password'],
    ["another grant's field", { ...requests.client_credentials, username: 'u' }, 'username is not a field of grant_type=client_credentials'],
    ['a scope at the second step', { ...otp, scope: 'a' }, 'scope is not a field of grant_type=urn:custom:mfa-otp'],
    ['a field named constructor', { ...password, constructor: 'x' }, 'constructor is not a field of grant_type=password'],
    ['a field named __proto__', JSON.parse('{"grant_type":"client_credentials","__proto__":{"scope":"a"}}'), '__proto__ is not a field of grant_type=client_credentials'],
    ['the client as a field', { ...password, client_id: 'x' }, 'client_id is not a field of grant_type=password'],
    ['no grant', {}, noGrant],
    ['an unsupported grant', { grant_type: 'authorization_code' }, noGrant],
    ['a grant in capitals', { grant_type: 'PASSWORD' }, noGrant],
    ['a grant named toString', { grant_type: 'toString' }, noGrant],
    ['the spelling of the report', { ...otp, grant_type: 'urn:custom:mfa-token' }, noGrant],
  ]

  it.each(cases)('rejects %s', (_, request, problem) => {
    expect(findProblem(request)).toBe(problem)
  })

  it('takes no field from a prototype', () => {
    const request = Object.assign(Object.create({ scope: 'customer=joe' }), requests.client_credentials)

    expect(encodeBody(request)).toBe('grant_type=client_credentials')
  })
})

describe('the secrets of an encoded request', () => {
  const listSecrets = (request: TokenRequest, client: OAuthClient, authentication?: ClientAuthentication) =>
    encodeTokenRequest(request, client, authentication).secrets.map((one) => one.reveal())

  it('are every secret field, the client’s secret, and the header with it', () => {
    expect(listSecrets({ ...otp, password: secret('p') }, clients.product)).toEqual([
      '6e16f915-29f5',
      '271828',
      'p',
      'päß wörd 🔑',
      'bXktcHJvZHVjdC0xMjM0OnDDpMOfIHfDtnJkIPCflJE=',
    ])
  })

  it('include no header where there is none', () => {
    expect(listSecrets(requests.client_credentials, clients.user, 'client_secret_post')).toEqual(['a:b'])
  })

  it('do not include the published secret of a developer client', () => {
    expect(listSecrets(password, clients.developer)).toEqual(['correct horse', 'cGFydGljbGU6cGFydGljbGU='])
  })

  it('include a field as it was sent', () => {
    expect(listSecrets({ ...otp, otp: secret('271 828') }, clients.developer)).toContain('271828')
  })

  it('include a field that was passed as a secret', () => {
    const hidden = { ...password, username: secret('dev@example.com') } as unknown as TokenRequest

    expect(listSecrets(hidden, clients.developer)).toContain('dev@example.com')
  })

  it('include a secret field that JavaScript passed as a string', () => {
    const bare = { ...password, password: 'correct horse' } as unknown as TokenRequest

    expect(listSecrets(bare, clients.developer)).toContain('correct horse')
  })
})

describe('encodeTokenRequest, called without types', () => {
  const grant_type =
    'grant_type must be one of password, urn:custom:mfa-otp, urn:custom:recovery-code, client_credentials, refresh_token'

  it.each([null, undefined, 5, 'password', []])('rejects the request %j', (request) => {
    expect(findProblem(request)).toBe(grant_type)
  })

  it.each([null, undefined, {}, { ...developerClient(), secret: undefined }])('rejects the client %j', (client) => {
    expect(() => encodeTokenRequest(password, client as unknown as OAuthClient)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining('developerClient()'),
      }),
    )
  })
})

describe('HTTP Basic', () => {
  // Recorded from curl 8 with `-u id:secret`.
  it.each([
    ['my-product-1234', 'particle', 'Basic bXktcHJvZHVjdC0xMjM0OnBhcnRpY2xl'],
    ['my-product-1234', 'a:b', 'Basic bXktcHJvZHVjdC0xMjM0OmE6Yg=='],
    ['my-product-1234', '100%+1/2=', 'Basic bXktcHJvZHVjdC0xMjM0OjEwMCUrMS8yPQ=='],
    ['my-product-1234', 'päß wörd 🔑', 'Basic bXktcHJvZHVjdC0xMjM0OnDDpMOfIHfDtnJkIPCflJE='],
  ])('is sent for %s with %s as curl sends it', (id, value, expected) => {
    const client = productClient({ id, secret: value })
    expect(encodeTokenRequest(password, client).headers.reveal().authorization).toBe(expected)
  })

  it('is sent for a developer client as curl sends it', () => {
    const { authorization } = encodeTokenRequest(password, developerClient()).headers.reveal()
    expect(authorization).toBe('Basic cGFydGljbGU6cGFydGljbGU=')
  })

  it('takes secrets of any length', () => {
    const client = productClient({ id: 'my-product', secret: 'x'.repeat(200_000) })
    const { authorization = '' } = encodeTokenRequest(password, client).headers.reveal()
    expect(atob(authorization.slice('Basic '.length))).toBe(`my-product:${'x'.repeat(200_000)}`)
  })
})

describe('encodeCustomerRequest', () => {
  const client = productClient({ id: 'my-product-1234', secret: 's3 cret' })
  const clientFields = 'grant_type=client_credentials&client_id=my-product-1234&client_secret=s3+cret'

  it('encodes a customer without a password', () => {
    const encoded = encodeCustomerRequest({ product: 1234, email: 'Jane+x@Example.com' }, client)

    expect([encoded.method, encoded.path]).toEqual(['POST', '/v1/products/1234/customers'])
    expect(encoded.headers.reveal()).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    })
    expect(encoded.body.reveal()).toBe(`email=jane%2Bx%40example.com&no_password=true&${clientFields}`)
    expect(encoded.secrets.map((one) => one.reveal())).toEqual(['s3 cret'])
  })

  it.each(['p&w', secret('p&w')])('encodes a customer with the password %o', (given) => {
    const customer = { product: 'my-product-v2.1', email: 'j@x.y', password: given }
    const { path, body, secrets } = encodeCustomerRequest(customer, client)

    expect(path).toBe('/v1/products/my-product-v2.1/customers')
    expect(body.reveal()).toBe(`email=j%40x.y&password=p%26w&${clientFields}`)
    expect(secrets.map((one) => one.reveal())).toEqual(['p&w', 's3 cret'])
  })

  it.each([
    ['an empty product', { product: '' }, 'product must be an id or a slug'],
    ['a product with a path', { product: '1/../2' }, 'product must be an id or a slug'],
    ['dots for a product', { product: '..' }, 'product must be an id or a slug'],
    ['a product with a query', { product: '1?x' }, 'product must be an id or a slug'],
    ['a negative product', { product: -1 }, 'product must be an id or a slug'],
    ['no product', { product: undefined }, 'product must be an id or a slug'],
    ['null for a product', { product: null }, 'product must be an id or a slug'],
    ['a product that is no number', { product: Number.NaN }, 'product must be an id or a slug'],
    ['no email', { email: undefined }, 'email must be a non-empty string without spaces and control characters'],
    [
      'an email with a space',
      { email: 'a b@x' },
      'email must be a non-empty string without spaces and control characters',
    ],
    ['an empty password', { password: '' }, 'password must be a non-empty string'],
    ['a password that is a number', { password: 5 }, 'password must be a non-empty string'],
  ])('rejects %s', (_, changes, problem) => {
    const customer = { product: 1, email: 'j@x.y', ...changes } as never
    expect(() => encodeCustomerRequest(customer, client)).toThrow(
      expect.objectContaining({ code: 'invalid_argument', message: `${problem}.` }),
    )
  })

  it.each(['developer', 'user'] as const)('rejects a %s client', (kind) => {
    const create = () => encodeCustomerRequest({ product: 1, email: 'j@x.y' }, clients[kind] as never)
    expect(create).toThrow('client must be a product client.')
  })

  it('rejects a client that no function of this package created', () => {
    expect(() => encodeCustomerRequest({ product: 1, email: 'j@x.y' }, {} as never)).toThrow('client must come')
  })
})
