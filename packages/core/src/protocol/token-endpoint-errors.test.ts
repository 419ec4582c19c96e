import { describe, expect, it } from 'vitest'
import { isTokenEndpointErrorCode, tokenEndpointErrors } from './token-endpoint-errors.ts'

describe('the errors of the token endpoint', () => {
  it('are these, with these statuses; two of them pass by themselves', () => {
    expect(
      Object.entries(tokenEndpointErrors).map(([code, { status, transient }]) => [code, status, transient]),
    ).toEqual([
      ['mfa_required', 403, false],
      ['invalid_grant', 400, false],
      ['invalid_client', 400, false],
      ['invalid_request', 400, false],
      ['invalid_scope', 400, false],
      ['invalid_token', 401, false],
      ['expired_token', 401, false],
      ['sso_user', 403, false],
      ['rate_limit_exceeded', 429, true],
      ['server_error', 503, true],
    ])
  })

  it.each(['toString', '__proto__', 'hasOwnProperty', '', 'INVALID_GRANT'])('do not include %j', (code) => {
    expect(isTokenEndpointErrorCode(code)).toBe(false)
  })

  it('are told from others', () => {
    expect(isTokenEndpointErrorCode('sso_user')).toBe(true)
  })
})
