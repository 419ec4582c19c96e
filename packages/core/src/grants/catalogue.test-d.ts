import { describe, expectTypeOf, it } from 'vitest'
import type { Secret } from '../secret.ts'
import type { FieldName, GrantType, TokenRequest } from './catalogue.ts'

declare const secret: Secret

function send(_request: TokenRequest): void {}

describe('a token request', () => {
  it('is not any', () => {
    expectTypeOf<TokenRequest>().not.toBeAny()
    expectTypeOf<TokenRequest<'password'>['password']>().not.toBeAny()
    expectTypeOf<GrantType>().toEqualTypeOf<
      'password' | 'urn:custom:mfa-otp' | 'urn:custom:recovery-code' | 'client_credentials' | 'refresh_token'
    >()
  })

  it('has the fields of its grant', () => {
    send({ grant_type: 'password', username: 'u', password: secret, expires_in: 0, scope: 'devices' })
    send({ grant_type: 'urn:custom:mfa-otp', mfa_token: secret, otp: secret })
    send({ grant_type: 'urn:custom:recovery-code', mfa_token: secret, recovery_code: secret })
    send({ grant_type: 'client_credentials' })
    send({ grant_type: 'refresh_token', refresh_token: secret, expires_in: undefined })
  })

  it('needs the required fields', () => {
    // @ts-expect-error the password is missing
    send({ grant_type: 'password', username: 'u' })
    // @ts-expect-error the code is missing
    send({ grant_type: 'urn:custom:mfa-otp', mfa_token: secret })
    // @ts-expect-error the refresh token is missing
    send({ grant_type: 'refresh_token' })
    // @ts-expect-error it may not be undefined
    send({ grant_type: 'refresh_token', refresh_token: undefined })
  })

  it('has no other fields', () => {
    // @ts-expect-error the field is expires_in
    send({ grant_type: 'client_credentials', expiresIn: 60 })
    // @ts-expect-error a field of another grant
    send({ grant_type: 'client_credentials', username: 'u' })
    // @ts-expect-error the second step has no scope
    send({ grant_type: 'urn:custom:mfa-otp', mfa_token: secret, otp: secret, scope: 'devices' })
    // @ts-expect-error a grant that the server does not know
    send({ grant_type: 'urn:custom:mfa-token', mfa_token: secret, otp: secret })
  })

  it('accepts secrets as strings or wrapped, and has numbers as numbers', () => {
    send({ grant_type: 'password', username: 'u', password: 'p' })
    send({ grant_type: 'urn:custom:mfa-otp', mfa_token: secret, otp: '123456' })
    // @ts-expect-error a code as a number
    send({ grant_type: 'urn:custom:mfa-otp', mfa_token: secret, otp: 123456 })
    // @ts-expect-error seconds are a number
    send({ grant_type: 'client_credentials', expires_in: '60' })
  })

  it('has typed field names', () => {
    expectTypeOf<FieldName<'refresh_token'>>().toEqualTypeOf<'refresh_token' | 'expires_in'>()
    expectTypeOf<FieldName<'client_credentials'>>().toEqualTypeOf<'scope' | 'expires_in' | 'expires_at'>()
  })
})
