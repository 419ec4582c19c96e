import { describe, expect, it } from 'vitest'
import { revealed } from '../test/secrets.ts'
import { refreshable, tokensFrom } from '../test/states.ts'
import { keepsRefreshToken, renewalOf } from './renewal.ts'

describe('renewalOf', () => {
  it.each([
    ['product', tokensFrom('client_credentials'), { by: 'client_credentials' }],
    ['user', tokensFrom('client_credentials'), { by: 'client_credentials' }],
    ['product', refreshable(), { by: 'refresh_token', refreshToken: { secret: 'refresh-held' } }],
    ['product', tokensFrom('password'), { by: 'nothing', reason: 'no_refresh_token' }],
    ['developer', refreshable(), { by: 'nothing', reason: 'developer_token' }],
    ['user', refreshable(), { by: 'nothing', reason: 'user_token' }],
    ['product', tokensFrom('adopted'), { by: 'nothing', reason: 'adopted_token' }],
    ['product', refreshable({ expiresAt: null }), { by: 'nothing', reason: 'never_expires' }],
    ['developer', tokensFrom('client_credentials'), { by: 'nothing', reason: 'developer_token' }],
  ] as const)('of a %s client: %o → %o', (kind, tokens, renewal) => {
    expect(revealed(renewalOf(kind, tokens))).toEqual(renewal)
  })
})

describe('a refresh token', () => {
  it.each([
    ['product', 'password', true],
    ['product', 'urn:custom:mfa-otp', true],
    ['product', 'urn:custom:recovery-code', true],
    ['product', 'refresh_token', true],
    ['product', 'client_credentials', false],
    ['product', 'adopted', false],
    ['developer', 'password', false],
    ['developer', 'urn:custom:mfa-otp', false],
    ['developer', 'client_credentials', false],
    ['user', 'password', false],
    ['user', 'client_credentials', false],
    ['user', 'adopted', false],
  ] as const)('of a %s client by %s is worth keeping: %s', (kind, grant, kept) => {
    expect(keepsRefreshToken(kind, grant)).toBe(kept)
  })
})
