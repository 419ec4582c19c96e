import { grantTypes } from '@particle-grants/core/protocol'
import type { TokenEndpointErrorReference } from './token-endpoint-error.ts'

/** Explains `mfa_required`. */
export const mfaRequired: TokenEndpointErrorReference<'mfa_required'> = {
  meaning: 'The password is correct and the account has MFA. Finish the sign-in with a second request.',
  advice:
    'Send the six digits from the authenticator and the `mfa_token` from this response with `grant_type=urn:custom:mfa-otp`.',
  nextGrant: 'urn:custom:mfa-otp',
  causes: [
    {
      anchor: 'mfa_required-second_request',
      when: 'The account has MFA.',
      description: { text: 'Multi-factor authentication required', from: ['reported', 'documented', 'server_source'] },
      grants: ['password'],
      from: ['reported', 'documented', 'server_source'],
    },
  ],
  facts: [
    { text: 'The response has `mfa_token` next to `error`.', from: ['reported', 'documented', 'server_source'] },
    { text: 'Whether it counts towards the lockout is not known.', from: ['unknown'] },
  ],
}

/** Explains `invalid_scope`. */
export const invalidScope: TokenEndpointErrorReference<'invalid_scope'> = {
  meaning: 'The requested scope is refused. For `customer=…` the customer is unknown to this product.',
  advice: 'Create the customer first, or check the name and the product. Otherwise request an existing scope.',
  causes: [
    {
      anchor: 'invalid_scope-refused',
      when: 'The scope does not exist, or this client or customer may not have it.',
      description: { text: 'Invalid scope', from: ['server_source'] },
      grants: ['password', 'client_credentials'],
      from: ['server_source'],
    },
  ],
  facts: [],
}

/** Explains `expired_token`. */
export const expiredToken: TokenEndpointErrorReference<'expired_token'> = {
  meaning: 'In the rest of the API: the access token has expired.',
  advice: 'Renew the token or sign in again.',
  causes: [
    {
      anchor: 'expired_token-access_token',
      when: "The access token has expired. Particle's CLI handles this code; the server library returns `invalid_token` instead.",
      grants: [],
      from: ['clients'],
    },
  ],
  facts: [],
}

/** Explains `sso_user`. */
export const ssoUser: TokenEndpointErrorReference<'sso_user'> = {
  meaning: "The account probably signs in through its company's SSO, which the password grant does not support.",
  advice: 'Run `particle login --sso` and use its access token.',
  causes: [
    {
      anchor: 'sso_user-account',
      when: "The account signs in through its company's SSO.",
      grants: ['password'],
      from: ['server_source'],
    },
    {
      anchor: 'sso_user-lookup',
      when: 'The server could not look up the account. The library returns this code with any description then.',
      grants: ['password'],
      advice: 'If the account does not use SSO, read the description and try again later.',
      from: ['server_source'],
    },
  ],
  facts: [{ text: 'How the live service words it is not known.', from: ['unknown'] }],
}

/** Explains `rate_limit_exceeded`. */
export const rateLimitExceeded: TokenEndpointErrorReference<'rate_limit_exceeded'> = {
  meaning: 'Your IP address sent too many token requests, or perhaps too many failed ones in a row.',
  advice: 'Wait as long as `Retry-After` says, otherwise half an hour. Find out what failed before you try again.',
  causes: [
    {
      anchor: 'rate_limit_exceeded-requests',
      when: 'Your IP address sent more than 100 token requests in 5 minutes.',
      grants: grantTypes,
      advice: 'Wait five minutes. Keep a token and use it again instead of requesting one per call.',
      from: ['documented', 'server_source'],
    },
    {
      anchor: 'rate_limit_exceeded-lockout',
      when: 'Perhaps also: ten token requests in a row failed, and your IP address is blocked for 30 minutes. Whether a blocked address gets this response is not known.',
      grants: grantTypes,
      advice: 'Wait half an hour, and find out what failed before you try again.',
      from: ['unknown'],
    },
  ],
  facts: [
    { text: 'The code has status 429 and means too many attempts.', from: ['server_source'] },
    {
      text: 'Ten failed token requests in a row block an IP address for 30 minutes. The documentation does not show the response.',
      from: ['documented'],
    },
    { text: 'Whether the response has `Retry-After` is not known.', from: ['unknown'] },
  ],
}

/** Explains `server_error`. */
export const serverError: TokenEndpointErrorReference<'server_error'> = {
  meaning: 'The service failed. Whether it processed the request is not known.',
  advice: 'Try again later.',
  causes: [
    {
      anchor: 'server_error-failure',
      when: 'Something behind the token endpoint failed.',
      grants: grantTypes,
      from: ['server_source'],
    },
  ],
  facts: [
    {
      text: 'A refresh token that was sent may be revoked: the library revokes it before it saves the next one.',
      from: ['server_source'],
    },
    { text: 'Whether a code that was sent can be used again is not known.', from: ['unknown'] },
  ],
}
