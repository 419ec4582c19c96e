import { describe, expect, it } from 'vitest'
import {
  type GrantDefinition,
  type GrantType,
  getRenewalGrant,
  grants,
  grantTypes,
  isGrantType,
  isSingleUse,
  clientKinds as kinds,
  mayUse,
} from './catalogue.ts'

const all: Readonly<Record<GrantType, GrantDefinition>> = grants

// Written out by hand from Particle's documentation, so that a wrong catalogue fails here.
const lifetime = ['expires_in: seconds?', 'expires_at: date?']
const expectedFields: Readonly<Record<GrantType, readonly string[]>> = {
  password: ['username: text', 'password: secret', ...lifetime, 'scope: scope?'],
  'urn:custom:mfa-otp': ['mfa_token: secret', 'otp: otp', 'username: text?', 'password: secret?', ...lifetime],
  'urn:custom:recovery-code': ['mfa_token: secret', 'recovery_code: secret', ...lifetime],
  client_credentials: ['scope: scope?', ...lifetime],
  refresh_token: ['refresh_token: secret', 'expires_in: seconds?'],
}

describe('the grant catalogue', () => {
  it('has these grants, in this order', () => {
    expect(grantTypes).toEqual([
      'password',
      'urn:custom:mfa-otp',
      'urn:custom:recovery-code',
      'client_credentials',
      'refresh_token',
    ])
  })

  it.each(grantTypes)('knows the fields of %s', (name) => {
    const fields = Object.entries(all[name].fields)

    expect(fields.map(([field, { format, required }]) => `${field}: ${format}${required ? '' : '?'}`)).toEqual(
      expectedFields[name],
    )
  })

  // biome-ignore format: one line per grant, to be read as a table
  it.each([
    ['password',                 true,  true, true],
    ['urn:custom:mfa-otp',       true,  true, true],
    ['urn:custom:recovery-code', true,  true, true],
    ['client_credentials',       false, true, true],
    ['refresh_token',            false, true, false],
  ] as const)('knows who may use %s', (name, ...may) => {
    expect(kinds.map((kind) => mayUse(kind, name))).toEqual(may)
  })

  it('renews a product’s sign-ins by refresh, a client’s own token by a new request, and nothing else', () => {
    const renewals = (name: GrantType) => kinds.map((kind) => getRenewalGrant(name, kind))
    const refresh = [undefined, 'refresh_token', undefined]

    expect(grantTypes.map((name) => [name, renewals(name)])).toEqual([
      ['password', refresh],
      ['urn:custom:mfa-otp', refresh],
      ['urn:custom:recovery-code', refresh],
      ['client_credentials', [undefined, 'client_credentials', 'client_credentials']],
      ['refresh_token', refresh],
    ])
  })

  it('renews only by grants that this kind of client may use', () => {
    for (const name of grantTypes) {
      for (const kind of kinds) {
        const by = getRenewalGrant(name, kind)
        expect(by === undefined || mayUse(kind, by)).toBe(true)
      }
    }
  })

  it('knows which requests carry a code or token that works once', () => {
    expect(grantTypes.filter(isSingleUse)).toEqual(['urn:custom:mfa-otp', 'urn:custom:recovery-code', 'refresh_token'])
  })

  it.each(['authorization_code', 'urn:custom:mfa-token', 'PASSWORD', '', 'toString', '__proto__'])(
    'does not know %j',
    (name) => {
      expect(isGrantType(name)).toBe(false)
    },
  )

  it.each(grantTypes)('knows %s', (name) => {
    expect(isGrantType(name)).toBe(true)
  })
})
