import { developerClient, productClient, Secret } from '@particle-grants/core'
import {
  encodeTokenRequest,
  type FieldDefinition,
  type GrantType,
  getRenewalGrant,
  grants,
  grantTypes,
  type TokenRequest,
} from '@particle-grants/core/protocol'
import { describe, expect, it } from 'vitest'
import { clientReferences } from '../clients.ts'
import { fieldFormats } from '../field-formats.ts'
import { lifetimes } from '../lifetimes.ts'
import { type TokenKind, tokenKinds } from '../token-kinds.ts'
import { tokenRequest } from '../token-request.ts'
import { unsupportedGrants } from '../unsupported-grants.ts'
import { grantReferences } from './catalogue.ts'
import { explainGrant, explainGrants } from './explain-grant.ts'

const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })

/** Creates a request from the examples of a grant's fields, with one of the two fields for a lifetime. */
function exampleRequest(type: GrantType, lifetime: 'expires_in' | 'expires_at'): TokenRequest {
  const definitions: Readonly<Record<string, FieldDefinition>> = grants[type].fields
  const given = Object.entries(grantReferences[type].fields)
    .filter(([name]) => !name.startsWith('expires_') || name === lifetime)
    .map(([name, { example }]) => {
      const format = definitions[name]?.format
      if (format === 'seconds') return [name, Number(example)]
      return [name, format === 'secret' || format === 'otp' ? new Secret(example) : example]
    })
  return { grant_type: type, ...Object.fromEntries(given) } as TokenRequest
}

describe('explainGrant', () => {
  it("explains every field, kind of client and outcome of core's catalogue, and no other", () => {
    expect(Object.keys(grantReferences)).toEqual([...grantTypes])
    for (const { definition, reference } of explainGrants()) {
      expect(Object.keys(reference.fields).sort()).toEqual(Object.keys(definition.fields).sort())
      expect(Object.keys(reference.clients).sort()).toEqual([...definition.clients].sort())
    }
  })

  it.each(grantTypes)('has examples for %s that can be sent', (type) => {
    for (const lifetime of ['expires_in', 'expires_at'] as const) {
      const { body } = encodeTokenRequest(exampleRequest(type, lifetime), client)
      expect(new URLSearchParams(body.reveal()).get('grant_type')).toBe(type)
    }
  })

  it('returns the possible errors with their status and causes', () => {
    const { errors } = explainGrant('urn:custom:mfa-otp')
    expect(errors.map(({ code, status }) => `${status} ${code}`)).toEqual([
      '400 invalid_client',
      '400 invalid_request',
      '401 invalid_token',
      '429 rate_limit_exceeded',
      '503 server_error',
    ])
    expect(errors.find(({ code }) => code === 'invalid_token')?.causes.map(({ anchor }) => anchor)).toEqual([
      'invalid_token-otp',
      'invalid_token-mfa_token',
    ])
  })

  it('includes invalid_scope for the grants with a scope, and for no other', () => {
    const withScopeError = grantTypes.filter((type) =>
      explainGrant(type).errors.some(({ code }) => code === 'invalid_scope'),
    )
    expect(withScopeError).toEqual(grantTypes.filter((type) => 'scope' in grants[type].fields))
  })
})

describe('the catalogues', () => {
  it('explain every format that a field has', () => {
    const used = grantTypes.flatMap((type) => Object.values(grants[type].fields).map(({ format }) => format))
    expect(new Set(used)).toEqual(new Set(Object.keys(fieldFormats)))
  })

  it('describe the request that core encodes', () => {
    const { method, path, headers } = encodeTokenRequest(exampleRequest('password', 'expires_in'), developerClient())
    expect({ method, path, contentType: headers.reveal()['content-type'] }).toEqual({
      method: tokenRequest.method,
      path: tokenRequest.path,
      contentType: tokenRequest.contentType,
    })
    expect(tokenRequest.url.endsWith(tokenRequest.path)).toBe(true)
  })

  it('list as unsupported no grant of core, and name alternatives that core supports', () => {
    for (const [type, { alternativeGrant }] of Object.entries(unsupportedGrants)) {
      expect(grantTypes).not.toContain(type)
      if (alternativeGrant !== undefined) expect(grantTypes).toContain(alternativeGrant)
    }
    expect(unsupportedGrants['urn:custom:mfa-token'].alternativeGrant).toBe('urn:custom:mfa-otp')
  })

  it('explain every kind of client that may use a grant', () => {
    const kinds = new Set<string>(grantTypes.flatMap((type) => [...grants[type].clients]))
    expect(new Set(Object.keys(clientReferences))).toEqual(kinds)
  })

  it("agree with core on how each kind of token is renewed: a developer's cannot be", () => {
    const renewedBy = Object.fromEntries(
      Object.entries<TokenKind>(tokenKinds).flatMap(([id, { client: kind, grant }]) => {
        if (kind === undefined || grant === undefined) return []
        expect(grants[grant].clients).toContain(kind)
        return [[id, getRenewalGrant(grant, kind)]]
      }),
    )
    expect(renewedBy).toEqual({
      developer: undefined,
      product: 'client_credentials',
      customer: 'client_credentials',
      customer_password: 'refresh_token',
      user: 'client_credentials',
    })
  })

  it('know 90 days for an access token, two lifetimes of a refresh token, and none of an mfa_token', () => {
    const seconds = (name: keyof typeof lifetimes) => lifetimes[name].seconds.map(({ value }) => value)
    expect(seconds('access_token')).toEqual([7_776_000])
    expect(seconds('refresh_token')).toEqual([1_209_600, 8_985_600])
    expect(seconds('mfa_token')).toEqual([])
  })
})
