import { type AnyGrantsError, type ErrorCode, GrantsError, Secret } from '@particle-grants/core'
import {
  grantTypes,
  parseTokenResponse,
  type TokenEndpointError,
  tokenEndpointErrors,
} from '@particle-grants/core/protocol'
import { describe, expect, it } from 'vitest'
import { grantReferences } from '../grants/catalogue.ts'
import {
  errorCodes,
  errorUrl,
  explainError,
  explainErrorCode,
  findErrorAnchor,
  tokenEndpointErrorCodes,
} from './explain-error.ts'
import { libraryErrorReferences } from './library-errors.ts'
import type { ErrorCause } from './token-endpoint-error.ts'
import { otherError, tokenEndpointErrorReferences } from './token-endpoint-errors.ts'

/** Every code and description that was recorded from Particle's open OAuth server. */
const recorded: readonly (readonly [TokenEndpointError, string, number])[] = [
  ['invalid_request', 'Method must be POST with application/x-www-form-urlencoded encoding', 400],
  ['invalid_request', 'Invalid or missing grant_type parameter', 400],
  ['invalid_request', 'Invalid grant_type parameter or parameter missing', 400],
  ['invalid_request', 'You must provide otp and mfa token.', 400],
  ['invalid_request', 'You must provide recovery code and mfa token.', 400],
  ['invalid_request', 'No "refresh_token" parameter', 400],
  ['invalid_request', 'The access token was not found', 400],
  ['invalid_client', 'Invalid or missing client_id parameter', 400],
  ['invalid_client', 'Missing client_secret parameter', 400],
  ['invalid_client', 'Client credentials are invalid', 400],
  ['invalid_client', 'Missing parameters. "username" and "password" are required', 400],
  ['invalid_client', 'The grant type is unauthorised for this client_id', 400],
  ['invalid_grant', 'User credentials are invalid', 400],
  ['invalid_grant', 'Client credentials are invalid', 400],
  ['invalid_grant', 'Invalid refresh token', 400],
  ['invalid_scope', 'Invalid scope', 400],
  ['mfa_required', 'Multi-factor authentication required', 403],
  ['invalid_token', 'Could not validate OTP.', 401],
  ['invalid_token', 'The access token provided is invalid.', 401],
]

/** Descriptions in the server's source that no recorded case contains. */
const unrecorded: readonly (readonly [TokenEndpointError, string])[] = [
  ['invalid_grant', 'Refresh token has expired'],
  ['invalid_token', 'The access token provided has expired.'],
  ['invalid_request', 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).'],
  ['invalid_request', 'Malformed auth header'],
]

const causes: readonly ErrorCause[] = tokenEndpointErrorCodes.flatMap((code) => [
  ...tokenEndpointErrorReferences[code].causes,
])

const refusal = (details: Partial<GrantsError<'oauth_error'>['details']>): GrantsError<'oauth_error'> =>
  new GrantsError('oauth_error', 'Particle refused the request.', {
    grantType: 'password',
    error: 'invalid_grant',
    status: 400,
    description: undefined,
    ...details,
  })

describe('explainErrorCode', () => {
  it.each(recorded)('finds exactly one cause of %s "%s"', (code, description, status) => {
    const { causes: ofCode } = tokenEndpointErrorReferences[code]
    const matching = ofCode.filter((cause) => cause.description?.text === description)
    expect(matching).toHaveLength(1)
    expect(explainErrorCode(code, description)).toMatchObject({
      code,
      tokenEndpoint: { status },
      cause: matching[0],
    })
  })

  it('knows only descriptions that were recorded or are in the source', () => {
    const known = tokenEndpointErrorCodes.flatMap((code) =>
      tokenEndpointErrorReferences[code].causes.flatMap(({ description }) =>
        description ? [`${code} ${description.text}`] : [],
      ),
    )
    const expected = [...recorded, ...unrecorded].map(([code, description]) => `${code} ${description}`)
    expect([...known].sort()).toEqual(expected.sort())
  })

  it("takes the status from core's table", () => {
    for (const code of tokenEndpointErrorCodes) {
      expect(explainErrorCode(code)?.tokenEndpoint).toMatchObject(tokenEndpointErrors[code])
    }
  })

  it('explains every code, and `mfa_required` as a code of both', () => {
    const both = errorCodes.filter((code) => {
      const explanation = explainErrorCode(code)
      expect(explanation?.tokenEndpoint ?? explanation?.library).toBeDefined()
      return explanation?.tokenEndpoint && explanation.library
    })
    expect(both).toEqual(['mfa_required'])
  })

  it('says whether repeating a call can help, as a thrown error does', () => {
    expect(explainErrorCode('locked_out')?.library?.retry).toBe('later')
    expect(explainErrorCode('invalid_code')?.library?.retry).toBe('never')
    expect(explainErrorCode('invalid_argument')?.library?.retry).toBe('never')
  })

  it('finds no cause without the exact description', () => {
    expect(explainErrorCode('invalid_grant')).not.toHaveProperty('cause')
    expect(explainErrorCode('invalid_grant', 'Invalid refresh')).not.toHaveProperty('cause')
    expect(explainErrorCode('invalid_scope', 'Invalid refresh token')).not.toHaveProperty('cause')
  })

  it('returns undefined for other codes', () => {
    expect(explainErrorCode('teapot', 'Short and stout')).toBeUndefined()
    expect(explainErrorCode('toString')).toBeUndefined()
  })

  it('leads from `mfa_required` to the request that comes next', () => {
    expect(explainErrorCode('mfa_required')?.tokenEndpoint?.nextGrant).toBe('urn:custom:mfa-otp')
  })
})

describe('explainError', () => {
  it('explains an error of every code, with advice and a link', () => {
    for (const code of Object.keys(libraryErrorReferences) as ErrorCode[]) {
      const error = new GrantsError<ErrorCode>(code, 'Something failed.', {}) as AnyGrantsError
      const { title, meaning, advice, effect, url } = explainError(error)
      expect([title, meaning, effect].every((text) => text !== '')).toBe(true)
      expect(advice.length).toBeGreaterThan(0)
      expect(url).toBe(errorUrl(code))
    }
  })

  it('explains every reason that an unexpected response can have', () => {
    const { reasons } = libraryErrorReferences.unexpected_response
    const response = (status: number, body: string) => parseTokenResponse({ status, body })
    const parsed = [response(200, ''), response(502, '<html></html>'), response(200, '[]'), response(302, '')]
    for (const one of parsed) {
      expect(one.type === 'unexpected' && reasons[one.reason].meaning).toMatch(/\.$/)
    }
  })

  it('adds what the reason means, and puts its advice first', () => {
    const { meaning, advice } = explainError(
      new GrantsError('not_renewable', 'The token cannot be renewed.', {
        reason: 'account_token',
        expiresAt: null,
      }),
    )
    expect(meaning).toContain('A user signed in to a user client.')
    expect(advice[0]).toContain('requestClientToken()')
  })

  it('explains a refusal by its cause for this grant', () => {
    const refused = refusal({ grantType: 'refresh_token', description: 'Invalid refresh token' })
    const { meaning, advice, tokenEndpoint, cause, url } = explainError(refused)
    expect(tokenEndpoint?.status).toBe(400)
    expect(cause?.anchor).toBe('invalid_grant-refresh_token')
    expect(meaning).toContain('The refresh token is wrong')
    expect(advice).toEqual([cause?.advice])
    expect(url).toBe(errorUrl('invalid_grant-refresh_token'))
  })

  it('gives no password advice for a refused refresh, also when the description is unknown', () => {
    for (const grantType of ['client_credentials', 'refresh_token'] as const) {
      const { advice } = explainError(refusal({ grantType, description: 'New words' }))
      expect(advice.join()).not.toMatch(/password|Enter the credentials/)
    }
  })

  it('keeps the general advice for an error code that is not known', () => {
    const { advice, tokenEndpoint } = explainError(refusal({ error: 'teapot', status: 418 }))
    expect(tokenEndpoint).toBeUndefined()
    expect(advice).toEqual(libraryErrorReferences.oauth_error.advice)
  })

  it('says when to try again', () => {
    const error = new GrantsError('locked_out', 'Locked out.', { retryAt: 1_800_000_000_000 })
    expect(explainError(error)).toMatchObject({ retry: 'later', retryAt: 1_800_000_000_000 })
  })

  it('repeats nothing of the details that a server wrote', () => {
    const planted = new Secret('PLANTED').reveal()
    const refused = refusal({ error: planted, description: planted })
    expect(JSON.stringify(explainError(refused))).not.toContain(planted)
  })
})

describe('the errors of the token endpoint', () => {
  it('are all linked from an error of the libraries', () => {
    const linked = Object.values(libraryErrorReferences).flatMap((one) => one.tokenEndpointErrors)
    expect(new Set(linked)).toEqual(new Set(tokenEndpointErrorCodes))
  })

  it('include `mfa_required` for the grants that explain it as an outcome', () => {
    const challenged = grantTypes.filter((type) => 'mfa_required' in grantReferences[type].outcomes)
    expect(tokenEndpointErrorReferences.mfa_required.causes.flatMap((cause) => cause.grants)).toEqual(challenged)
  })

  it('name a grant once per cause', () => {
    expect(causes.filter(({ grants: named }) => new Set(named).size !== named.length)).toEqual([])
  })

  it('mark the lockout response as unknown', () => {
    const lockout = causes.find(({ anchor }) => anchor === 'rate_limit_exceeded-lockout')
    expect(lockout?.from).toEqual(['unknown'])
  })

  it('never explain a client without an owner as an unknown customer', () => {
    expect(tokenEndpointErrorReferences.invalid_scope.meaning).toContain('unknown to this product')
    const owner = causes.find(({ anchor }) => anchor === 'invalid_grant-client_without_owner')
    expect(owner?.grants).toEqual(['client_credentials'])
  })
})

describe('findErrorAnchor', () => {
  it('returns unique anchors that work in a URL', () => {
    const anchors = [...errorCodes, ...causes.map(({ anchor }) => anchor), otherError.anchor]
    expect(new Set(anchors).size).toBe(anchors.length)
    expect(anchors.filter((anchor) => !/^[a-z][a-z0-9_-]*$/.test(anchor))).toEqual([])
  })

  it('returns the anchor of the cause where the description is known', () => {
    expect(findErrorAnchor('invalid_client', 'Client credentials are invalid')).toBe('invalid_client-unknown_client')
    expect(findErrorAnchor('invalid_grant', 'Client credentials are invalid')).toBe(
      'invalid_grant-client_without_owner',
    )
    expect(findErrorAnchor('invalid_grant', 'Something new')).toBe('invalid_grant')
  })

  it('returns the section about other errors for an unknown code', () => {
    expect(findErrorAnchor('teapot')).toBe(otherError.anchor)
  })
})
