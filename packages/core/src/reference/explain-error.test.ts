import { describe, expect, it } from 'vitest'
import { GrantsError } from '../errors/grants-error.ts'
import { messages } from '../errors/messages.ts'
import { remedies } from '../errors/remedies.ts'
import { grants, grantTypes } from '../grants/catalogue.ts'
import { type TokenEndpointErrorCode, tokenEndpointErrors } from '../protocol/token-endpoint-errors.ts'
import {
  anchorOf,
  type ErrorCause,
  errorCodes,
  errorReferences,
  explainError,
  libraryErrorReferences,
  otherError,
  tokenEndpointErrorCodes,
} from './index.ts'

/** Every code and description in the wire cases that were recorded from Particle's open OAuth server. */
const recorded: readonly (readonly [TokenEndpointErrorCode, string, number])[] = [
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

/** Descriptions that the server has besides, and that no recorded case brings out. */
const unrecorded: readonly (readonly [TokenEndpointErrorCode, string])[] = [
  ['invalid_grant', 'Refresh token has expired'],
  ['invalid_token', 'The access token provided has expired.'],
  ['invalid_request', 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).'],
  ['invalid_request', 'Malformed auth header'],
]

const causes: readonly ErrorCause[] = tokenEndpointErrorCodes.flatMap((code) => [
  ...errorReferences[code].causes,
])

describe('the errors of the wire', () => {
  it.each(recorded)('explains %s "%s" by exactly one cause', (code, description, status) => {
    const matching = errorReferences[code].causes.filter((cause) => cause.description?.text === description)
    expect(matching).toHaveLength(1)
    expect(explainError(code, description)).toMatchObject({ code, wire: { status }, cause: matching[0] })
  })

  it('knows no other descriptions than the recorded ones and those of the server', () => {
    const known = tokenEndpointErrorCodes.flatMap((code) =>
      errorReferences[code].causes.flatMap(({ description }) =>
        description ? [`${code} ${description.text}`] : [],
      ),
    )
    const expected = [...recorded, ...unrecorded].map(([code, description]) => `${code} ${description}`)
    expect([...known].sort()).toEqual(expected.sort())
  })

  it('takes status and repetition from the running table, and the remedy from the one place where it stands', () => {
    for (const code of tokenEndpointErrorCodes) {
      expect(explainError(code)?.wire).toMatchObject({ ...tokenEndpointErrors[code], remedy: remedies[code] })
    }
  })

  it('has no description that nobody but whoever recorded the cases has worded', () => {
    const made = ['This account must sign in with SSO', 'Invalid MFA token.']
    expect(causes.filter(({ description }) => description && made.includes(description.text))).toEqual([])
    expect(causes.filter(({ description }) => description?.from.includes('unknown' as never))).toEqual([])
  })

  it("tells what is not known of it: a lockout, a developer's refresh token, a failure", () => {
    const lockout = causes.find(({ anchor }) => anchor === 'rate_limit_exceeded-lockout')
    expect(lockout?.from).toEqual(['unknown'])
    const refused = causes.find(({ anchor }) => anchor === 'invalid_grant-refresh_token')
    expect(refused?.when).not.toContain('developer')
    expect(explainError('server_error')?.wire?.meaning).toContain('not known')
  })

  it('has something that may go wrong for every grant, and names a grant once per cause', () => {
    expect(new Set(causes.flatMap((cause) => cause.grants))).toEqual(new Set(grantTypes))
    expect(causes.filter((cause) => new Set(cause.grants).size !== cause.grants.length)).toEqual([])
  })

  it('expects mfa_required where the running catalogue does', () => {
    const challenged = grantTypes.filter((type) =>
      grants[type].outcomes.some((outcome) => outcome === 'mfa_required'),
    )
    expect(errorReferences.mfa_required.causes.flatMap((cause) => cause.grants)).toEqual(challenged)
  })

  it('finds no cause without a description, or by half of one', () => {
    expect(explainError('invalid_grant')).not.toHaveProperty('cause')
    expect(explainError('invalid_grant', 'Invalid refresh')).not.toHaveProperty('cause')
    expect(explainError('invalid_scope', 'Invalid refresh token')).not.toHaveProperty('cause')
  })

  it('knows nothing of other codes', () => {
    expect(explainError('teapot', 'Short and stout')).toBeUndefined()
    expect(explainError('toString')).toBeUndefined()
  })
})

describe('the errors of this package', () => {
  it('are all explained, by what they say themselves', () => {
    expect(Object.keys(libraryErrorReferences).sort()).toEqual(Object.keys(messages).sort())
    for (const code of Object.keys(messages)) {
      for (const { what, remedy } of explainError(code)?.library?.says ?? []) {
        expect(what).toMatch(/\.$/)
        expect(remedy).toMatch(/\.$/)
      }
    }
  })

  it('say the same here as when they are thrown', () => {
    const [details] = libraryErrorReferences.code_refused.examples
    const thrown = new GrantsError('code_refused', details)
    const said = explainError('code_refused')?.library?.says[0]
    expect(thrown.message).toBe(`${said?.what} ${said?.remedy}`)
  })

  it('stand for every code of the wire between them', () => {
    const stoodFor = Object.values(libraryErrorReferences).flatMap(({ wire }) => wire)
    expect(new Set(stoodFor)).toEqual(new Set(tokenEndpointErrorCodes))
  })
})

describe('anchors', () => {
  it('are unique across codes and causes, and fit into a URL as they are', () => {
    const anchors = [...errorCodes, ...causes.map(({ anchor }) => anchor), otherError.anchor]
    expect(new Set(anchors).size).toBe(anchors.length)
    expect(anchors.filter((anchor) => !/^[a-z][a-z0-9_-]*$/.test(anchor))).toEqual([])
  })

  it('are one where a code belongs to the wire and to this package', () => {
    const both = errorCodes.filter((code) => explainError(code)?.wire && explainError(code)?.library)
    expect(both).toEqual(['mfa_required', 'sso_user'])
    expect(both.map((code) => anchorOf(code))).toEqual(both)
  })

  it('lead where the link of a thrown error leads', () => {
    for (const code of errorCodes) expect(anchorOf(code)).toBe(code)
    const { link } = new GrantsError('not_signed_in', {})
    expect(link.endsWith(`#${anchorOf('not_signed_in')}`)).toBe(true)
  })

  it('lead to the cause where the description is known', () => {
    expect(anchorOf('invalid_client', 'Client credentials are invalid')).toBe('invalid_client-unknown_client')
    expect(anchorOf('invalid_grant', 'Client credentials are invalid')).toBe(
      'invalid_grant-client_without_owner',
    )
    expect(anchorOf('invalid_grant', 'Something new')).toBe('invalid_grant')
  })

  it('lead to the section for everything else where the code is not known', () => {
    expect(anchorOf('teapot')).toBe(otherError.anchor)
  })
})
