import { grantTypes } from '../../grants/catalogue.ts'
import type { ErrorReference } from './error-reference.ts'

const oneToken = 'Send the access token in one place: `Authorization: Bearer …`.'

/** What explains `invalid_request`. */
export const invalidRequest: ErrorReference<'invalid_request'> = {
  meaning:
    'The call is malformed: its encoding, its `grant_type`, a missing field, or the place where an access token stands.',
  causes: [
    {
      anchor: 'invalid_request-encoding',
      when: 'The method is not POST, or the body is not form-encoded. JSON is refused, too.',
      description: {
        text: 'Method must be POST with application/x-www-form-urlencoded encoding',
        from: ['server_source'],
      },
      grants: grantTypes,
      remedy: 'Send a POST with `Content-Type: application/x-www-form-urlencoded`.',
      from: ['documented', 'server_source'],
    },
    {
      anchor: 'invalid_request-grant_type',
      when: '`grant_type` is missing, is given twice, or names no grant that is served. `urn:custom:mfa-token` is such a name.',
      description: { text: 'Invalid or missing grant_type parameter', from: ['server_source'] },
      grants: grantTypes,
      remedy: 'Check the spelling. The second step of MFA is `urn:custom:mfa-otp`.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-grant_type_capitals',
      when: 'The grant is known, but its name has capitals.',
      description: { text: 'Invalid grant_type parameter or parameter missing', from: ['server_source'] },
      grants: grantTypes,
      remedy: 'Write `grant_type` in lower case.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-otp_fields',
      when: 'The second step lacks `otp` or `mfa_token`.',
      description: { text: 'You must provide otp and mfa token.', from: ['server_source'] },
      grants: ['urn:custom:mfa-otp'],
      remedy: 'Send both: the digits that the authenticator shows, and the `mfa_token` of the first answer.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-recovery_fields',
      when: 'The second step lacks `recovery_code` or `mfa_token`.',
      description: { text: 'You must provide recovery code and mfa token.', from: ['server_source'] },
      grants: ['urn:custom:recovery-code'],
      remedy: 'Send both. Better, use the recovery code at login.particle.io.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-no_refresh_token',
      when: 'The refresh token is missing.',
      description: { text: 'No "refresh_token" parameter', from: ['server_source'] },
      grants: ['refresh_token'],
      remedy: 'Send the `refresh_token` of the last answer.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-no_access_token',
      when: 'Elsewhere in the API: there is no access token.',
      description: { text: 'The access token was not found', from: ['server_source'] },
      grants: [],
      remedy: oneToken,
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-two_access_tokens',
      when: 'Elsewhere in the API: an access token stands in two places, such as the header and the URL.',
      description: {
        text: 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).',
        from: ['server_source'],
      },
      grants: [],
      remedy: oneToken,
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-authorization_header',
      when: 'Elsewhere in the API: the `Authorization` header is there, but holds no bearer token.',
      description: { text: 'Malformed auth header', from: ['server_source'] },
      grants: [],
      remedy: 'Write `Authorization: Bearer`, one blank, and the token.',
      from: ['server_source'],
    },
  ],
  facts: [],
}
