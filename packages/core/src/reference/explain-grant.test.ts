import { describe, expect, it } from 'vitest'
import { developerClient, productClient } from '../clients.ts'
import { grants, grantTypes, type TokenRequest } from '../grants/catalogue.ts'
import type { FieldDefinition } from '../grants/field.ts'
import { encodeTokenRequest } from '../protocol/encode-token-request.ts'
import { Secret } from '../secret.ts'
import {
  clientKinds,
  explainGrant,
  explainGrants,
  forms,
  grantReferences,
  lifetimes,
  limits,
  lockout,
  notServed,
  tokenLives,
  tokenRequest,
} from './index.ts'

const someClient = {
  developer: developerClient(),
  product: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
}

/** A request made of the examples of a grant's fields; of the two ways of asking for a lifetime, the one named. */
function exampleRequest(
  type: (typeof grantTypes)[number],
  lifetime: 'expires_in' | 'expires_at',
): TokenRequest {
  const definitions: Readonly<Record<string, FieldDefinition>> = grants[type].fields
  const given = Object.entries(grantReferences[type].fields)
    .filter(([name]) => !name.startsWith('expires_') || name === lifetime)
    .map(([name, { example }]) => {
      const form = definitions[name]?.form
      if (form === 'seconds') return [name, Number(example)]
      return [name, form === 'secret' || form === 'otp' ? new Secret(example) : example]
    })
  return { grant_type: type, ...Object.fromEntries(given) } as TokenRequest
}

describe('what explains the grants', () => {
  it('covers every grant, field, kind of client and outcome that runs, and no other', () => {
    expect(Object.keys(grantReferences)).toEqual([...grantTypes])
    for (const { runs, reference } of explainGrants()) {
      expect(Object.keys(reference.fields).sort()).toEqual(Object.keys(runs.fields).sort())
      expect(Object.keys(reference.clients).sort()).toEqual([...runs.clients].sort())
      expect(Object.keys(reference.outcomes).sort()).toEqual([...runs.outcomes].sort())
    }
  })

  it.each(grantTypes)('gives examples for %s that can be sent', (type) => {
    for (const lifetime of ['expires_in', 'expires_at'] as const) {
      const { body } = encodeTokenRequest(exampleRequest(type, lifetime), someClient.product)
      expect(new URLSearchParams(body.reveal()).get('grant_type')).toBe(type)
    }
  })

  it('names the errors that may come back, with their status and causes', () => {
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

  it('expects invalid_scope wherever a scope can be asked for, and nowhere else', () => {
    const refused = grantTypes.filter((type) =>
      explainGrant(type).errors.some(({ code }) => code === 'invalid_scope'),
    )
    expect(refused).toEqual(grantTypes.filter((type) => 'scope' in grants[type].fields))
  })

  it('has words for every form that a field takes', () => {
    const taken = grantTypes.flatMap((type) => Object.values(grants[type].fields).map(({ form }) => form))
    expect(new Set(taken)).toEqual(new Set(Object.keys(forms)))
  })

  it('describes the request that the codec makes', () => {
    const { method, path, headers } = encodeTokenRequest(
      exampleRequest('password', 'expires_in'),
      someClient.developer,
    )
    expect({ method, path, contentType: headers.reveal()['content-type'] }).toEqual({
      method: tokenRequest.method,
      path: tokenRequest.path,
      contentType: tokenRequest.contentType,
    })
    expect(tokenRequest.url.endsWith(tokenRequest.path)).toBe(true)
  })

  it('lists as not served what does not run, and sends people to what does', () => {
    for (const [type, { insteadGrant }] of Object.entries(notServed)) {
      expect(grantTypes).not.toContain(type)
      if (insteadGrant !== undefined) expect(grantTypes).toContain(insteadGrant)
    }
    expect(notServed['urn:custom:mfa-token'].insteadGrant).toBe('urn:custom:mfa-otp')
  })
})

describe('clients, lifetimes and limits', () => {
  it('explain every kind of client that may use some grant', () => {
    const kinds = new Set<string>(grantTypes.flatMap((type) => [...grants[type].clients]))
    expect(new Set(Object.keys(clientKinds))).toEqual(kinds)
  })

  it("draw lives that the running catalogue allows: only a product's refreshed, a developer's not at all", () => {
    const renewedBy = Object.fromEntries(
      Object.entries(tokenLives).map(([name, { client, grant }]) => {
        expect(grants[grant].clients).toContain(client)
        return [name, grants[grant].renewedBy[client]]
      }),
    )
    expect(renewedBy).toEqual({
      developer: null,
      product: 'client_credentials',
      customer: 'refresh_token',
      user: 'client_credentials',
    })
  })

  it('give what is known in seconds: 90 days, two claims of 14, none for the mfa_token', () => {
    const seconds = (name: keyof typeof lifetimes) => lifetimes[name].seconds.map(({ value }) => value)
    expect(seconds('access_token')).toEqual([7_776_000])
    expect(seconds('refresh_token')).toEqual([1_209_600, 8_985_600])
    expect(seconds('mfa_token')).toEqual([])
  })

  it('tell how often one address may ask, and what too many failures cost', () => {
    expect(limits).toMatchObject({
      token_requests: { requests: 100, seconds: 300 },
      all_requests: { requests: 10_000, seconds: 300 },
    })
    expect(lockout).toMatchObject({ failures: 10, seconds: 1800 })
  })
})
