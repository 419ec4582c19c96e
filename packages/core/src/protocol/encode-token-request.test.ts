import { describe, expect, it } from 'vitest'
import { type Client, developerClient, productClient, userClient } from '../clients.ts'
import { GrantsError } from '../errors/grants-error.ts'
import type { GrantType, TokenRequest } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import { Secret } from '../secret.ts'
import { encodeTokenRequest } from './encode-token-request.ts'

const clients: Readonly<Record<ClientKind, Client>> = {
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

function bodyOf(request: TokenRequest, client = clients.product): string {
  return encodeTokenRequest(request, client).body.reveal()
}

function refusal(request: unknown, client = clients.product): string {
  try {
    encodeTokenRequest(request as TokenRequest, client)
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    if (thrown.code === 'invalid_argument') return `${thrown.details.parameter} ${thrown.details.problem}`
    return thrown.code
  }
  return 'sent'
}

describe('what goes over the wire', () => {
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

  it.each(bodies)('is for %s exactly this', (_, request, body) => {
    expect(bodyOf(request)).toBe(body)
  })

  it('is a form, with the client in the header as curl puts it', () => {
    const { method, path, headers } = encodeTokenRequest(password, clients.product)

    expect([method, path]).toEqual(['POST', '/oauth/token'])
    expect(headers.reveal()).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: 'Basic bXktcHJvZHVjdC0xMjM0OnDDpMOfIHfDtnJkIPCflJE=',
    })
  })

  it('has the client in the body instead, where that is wanted', () => {
    const { headers, body } = encodeTokenRequest(requests.client_credentials, clients.product, 'body')

    expect(body.reveal()).toBe(
      'grant_type=client_credentials&client_id=my-product-1234&client_secret=p%C3%A4%C3%9F+w%C3%B6rd+%F0%9F%94%91',
    )
    expect(headers.reveal()).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    })
  })

  it('comes in the same order, however the request was written', () => {
    expect(bodyOf({ otp: secret('271828'), mfa_token: secret('m'), grant_type: 'urn:custom:mfa-otp' })).toBe(
      'grant_type=urn%3Acustom%3Amfa-otp&mfa_token=m&otp=271828',
    )
  })
})

describe('who may send what', () => {
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

  it.each(cells)('$grant by a $kind client: $may', ({ grant, kind, may }) => {
    expect(refusal(requests[grant], clients[kind])).toBe(may ? 'sent' : 'grant_not_allowed')
  })

  it('is said with both names', () => {
    expect(() => encodeTokenRequest(requests.refresh_token, clients.developer)).toThrow(
      expect.objectContaining({ details: { grant_type: 'refresh_token', clientKind: 'developer' } }),
    )
  })
})

describe('what is refused before it is sent', () => {
  const noGrant =
    'grant_type is none of password, urn:custom:mfa-otp, urn:custom:recovery-code, client_credentials, refresh_token'
  const { username: _, ...nameless } = password

  // biome-ignore format: one line per case, to be read as a table
  const cases: readonly (readonly [about: string, request: unknown, problem: string])[] = [
    ['no username', nameless, 'username is required by grant_type=password'],
    ['no password', { grant_type: 'password', username: 'u' }, 'password is required by grant_type=password'],
    ['an empty password', { ...password, password: secret('') }, 'password must be a non-empty string'],
    ['no code', { grant_type: 'urn:custom:mfa-otp', mfa_token: secret('m') }, 'otp is required by grant_type=urn:custom:mfa-otp'],
    ['no mfa_token', { grant_type: 'urn:custom:mfa-otp', otp: secret('271828') }, 'mfa_token is required by grant_type=urn:custom:mfa-otp'],
    ['a code that is a number', { ...otp, otp: 271828 }, 'otp must be a string of the six digits that the authenticator shows'],
    ['no recovery code', { grant_type: 'urn:custom:recovery-code', mfa_token: secret('m') }, 'recovery_code is required by grant_type=urn:custom:recovery-code'],
    ['no refresh token', { grant_type: 'refresh_token' }, 'refresh_token is required by grant_type=refresh_token'],
    ['null for a field', { ...password, scope: null }, 'scope must be words parted by single blanks'],
    ['a negative lifetime', { ...password, expires_in: -1 }, 'expires_in must be an integer of seconds, 0 for a token that never expires'],
    ['a lifetime that is a string', { ...password, expires_in: '60' }, 'expires_in must be an integer of seconds, 0 for a token that never expires'],
    ['both lifetimes', { ...password, expires_in: 60, expires_at: '2030-01-31T00:00:00Z' }, 'expires_at must not be given together with expires_in'],
    ['a field of nobody', { ...password, expiresIn: 60 }, 'expiresIn is no field of grant_type=password'],
    ['a field of nobody that is undefined', { ...password, otp: undefined }, 'otp is no field of grant_type=password'],
    ["another grant's field", { ...requests.client_credentials, username: 'u' }, 'username is no field of grant_type=client_credentials'],
    ['a scope at the second step', { ...otp, scope: 'a' }, 'scope is no field of grant_type=urn:custom:mfa-otp'],
    ['a field named constructor', { ...password, constructor: 'x' }, 'constructor is no field of grant_type=password'],
    ['a field named __proto__', JSON.parse('{"grant_type":"client_credentials","__proto__":{"scope":"a"}}'), '__proto__ is no field of grant_type=client_credentials'],
    ['the client as a field', { ...password, client_id: 'x' }, 'client_id is no field of grant_type=password'],
    ['no grant', {}, noGrant],
    ['a grant of nobody', { grant_type: 'authorization_code' }, noGrant],
    ['a grant in capitals', { grant_type: 'PASSWORD' }, noGrant],
    ['a grant named toString', { grant_type: 'toString' }, noGrant],
    ['two grants', { grant_type: ['password'] }, noGrant],
    ['the spelling of the report', { ...otp, grant_type: 'urn:custom:mfa-token' }, `${noGrant} (the second step is urn:custom:mfa-otp; mfa_token is a field)`],
  ]

  it.each(cases)('%s', (_, request, problem) => {
    expect(refusal(request)).toBe(problem)
  })

  it('takes no field from a prototype', () => {
    const request = Object.assign(Object.create({ scope: 'customer=joe' }), requests.client_credentials)

    expect(bodyOf(request)).toBe('grant_type=client_credentials')
  })
})

describe('what is named secret', () => {
  const secretsOf = (request: TokenRequest, client: Client, authentication?: 'basic' | 'body') =>
    encodeTokenRequest(request, client, authentication).secrets.map((one) => one.reveal())

  it('is every secret field, the client’s secret, and the header that holds it', () => {
    expect(secretsOf({ ...otp, password: secret('p') }, clients.product)).toEqual([
      '6e16f915-29f5',
      '271828',
      'p',
      'bXktcHJvZHVjdC0xMjM0OnDDpMOfIHfDtnJkIPCflJE=',
      'päß wörd 🔑',
    ])
  })

  it('is no header where there is none', () => {
    expect(secretsOf(requests.client_credentials, clients.user, 'body')).toEqual(['a:b'])
  })

  it('is not the published secret of a developer client', () => {
    expect(secretsOf(password, clients.developer)).toEqual(['correct horse', 'cGFydGljbGU6cGFydGljbGU='])
  })

  it('is a field as it was sent, too', () => {
    expect(secretsOf({ ...otp, otp: secret('271 828') }, clients.developer)).toContain('271828')
  })

  it('is a field that somebody wants hidden', () => {
    const hidden = { ...password, username: secret('dev@example.com') } as unknown as TokenRequest

    expect(secretsOf(hidden, clients.developer)).toContain('dev@example.com')
  })

  it('is a field that JavaScript passed bare', () => {
    const bare = { ...password, password: 'correct horse' } as unknown as TokenRequest

    expect(secretsOf(bare, clients.developer)).toContain('correct horse')
  })
})

describe('what callers without types may pass', () => {
  const grant_type =
    'grant_type is none of password, urn:custom:mfa-otp, urn:custom:recovery-code, client_credentials, refresh_token'

  it.each([null, undefined, 5, 'password', []])('is refused as a request: %j', (request) => {
    expect(refusal(request)).toBe(grant_type)
  })

  it.each([null, undefined, {}, { ...developerClient(), secret: undefined }])(
    'is refused as a client: %j',
    (client) => {
      expect(() => encodeTokenRequest(password, client as unknown as Client)).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          message: expect.stringContaining('developerClient()'),
        }),
      )
    },
  )
})
