import { grantTypes } from '@particle-grants/core/protocol'
import type { TokenEndpointErrorReference } from './token-endpoint-error.ts'

const oneToken = 'Send the access token in one place: `Authorization: Bearer …`.'

/** Explains `invalid_request`. */
export const invalidRequest: TokenEndpointErrorReference<'invalid_request'> = {
  meaning:
    'The request is malformed: its encoding, its `grant_type`, a missing field, or the place of an access token.',
  advice:
    'Send a POST with `application/x-www-form-urlencoded` and every required field. Check the spelling of `grant_type`.',
  causes: [
    {
      anchor: 'invalid_request-encoding',
      when: 'The method is not POST, or the body is not form-encoded. JSON is refused too.',
      description: {
        text: 'Method must be POST with application/x-www-form-urlencoded encoding',
        from: ['server_source'],
      },
      grants: grantTypes,
      advice: 'Send a POST with `Content-Type: application/x-www-form-urlencoded`.',
      from: ['documented', 'server_source'],
    },
    {
      anchor: 'invalid_request-grant_type',
      when: '`grant_type` is missing, sent twice, or unknown, such as `urn:custom:mfa-token`.',
      description: { text: 'Invalid or missing grant_type parameter', from: ['server_source'] },
      grants: grantTypes,
      advice: 'Check the spelling. The second request of an MFA sign-in is `urn:custom:mfa-otp`.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-grant_type_case',
      when: '`grant_type` names a grant, but with upper-case letters.',
      description: { text: 'Invalid grant_type parameter or parameter missing', from: ['server_source'] },
      grants: grantTypes,
      advice: 'Write `grant_type` in lower case.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-otp_fields',
      when: '`otp` or `mfa_token` is missing.',
      description: { text: 'You must provide otp and mfa token.', from: ['server_source'] },
      grants: ['urn:custom:mfa-otp'],
      advice: 'Send both: the six digits from the authenticator, and the `mfa_token` from the 403 response.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-recovery_fields',
      when: '`recovery_code` or `mfa_token` is missing.',
      description: { text: 'You must provide recovery code and mfa token.', from: ['server_source'] },
      grants: ['urn:custom:recovery-code'],
      advice: 'Send both. Better: use the recovery code at https://login.particle.io.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-no_refresh_token',
      when: '`refresh_token` is missing.',
      description: { text: 'No "refresh_token" parameter', from: ['server_source'] },
      grants: ['refresh_token'],
      advice: 'Send the `refresh_token` from the last response.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-no_access_token',
      when: 'In the rest of the API: there is no access token.',
      description: { text: 'The access token was not found', from: ['server_source'] },
      grants: [],
      advice: oneToken,
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-two_access_tokens',
      when: 'In the rest of the API: there are access tokens in two places, such as the header and the URL.',
      description: {
        text: 'Only one method may be used to authenticate at a time (Auth header,  GET or POST).',
        from: ['server_source'],
      },
      grants: [],
      advice: oneToken,
      from: ['server_source'],
    },
    {
      anchor: 'invalid_request-authorization_header',
      when: 'In the rest of the API: the `Authorization` header contains no bearer token.',
      description: { text: 'Malformed auth header', from: ['server_source'] },
      grants: [],
      advice: 'Write `Authorization: Bearer`, one space, and the token.',
      from: ['server_source'],
    },
  ],
  facts: [],
}
