import { grantTypes } from '../../grants/catalogue.ts'
import type { ErrorReference } from './error-reference.ts'

/** What explains `mfa_required`. */
export const mfaRequired: ErrorReference<'mfa_required'> = {
  meaning:
    'The password was right, and the account has MFA. This is no failure: the sign-in goes on with a second step.',
  causes: [
    {
      anchor: 'mfa_required-second_step',
      when: 'The account has MFA switched on.',
      description: {
        text: 'Multi-factor authentication required',
        from: ['reported', 'documented', 'server_source'],
      },
      grants: ['password'],
      from: ['reported', 'documented', 'server_source'],
    },
  ],
  facts: [
    {
      text: 'The answer carries `mfa_token` beside `error`.',
      from: ['reported', 'documented', 'server_source'],
    },
    { text: 'Whether it counts towards the lockout is not known.', from: ['unknown'] },
  ],
}

/** What explains `invalid_scope`. */
export const invalidScope: ErrorReference<'invalid_scope'> = {
  meaning: 'The scope that was asked for is refused.',
  causes: [
    {
      anchor: 'invalid_scope-refused',
      when: 'The scope does not exist, or is not for this client or customer.',
      description: { text: 'Invalid scope', from: ['server_source'] },
      grants: ['password', 'client_credentials'],
      from: ['server_source'],
    },
  ],
  facts: [],
}

/** What explains `expired_token`. */
export const expiredToken: ErrorReference<'expired_token'> = {
  meaning: 'Elsewhere in the API: the access token is past its end.',
  causes: [
    {
      anchor: 'expired_token-access_token',
      when: "The access token has expired. Particle's CLI knows this code; the server library answers `invalid_token` instead.",
      grants: [],
      from: ['clients'],
    },
  ],
  facts: [],
}

/** What explains `sso_user`. */
export const ssoUser: ErrorReference<'sso_user'> = {
  meaning: "The account probably signs in through its company's SSO, which the password grant can't serve.",
  causes: [
    {
      anchor: 'sso_user-account',
      when: "The account signs in through its company's SSO.",
      grants: ['password'],
      remedy: "Sign in through the company's SSO in Particle's own tools, and use the token that they give.",
      from: ['server_source'],
    },
    {
      anchor: 'sso_user-look_up',
      when: 'Looking the account up failed. The library then gives this code with any description.',
      grants: ['password'],
      remedy: 'If the account has nothing to do with SSO, read the description and try again later.',
      from: ['server_source'],
    },
  ],
  facts: [{ text: 'How the live service words it is not known.', from: ['unknown'] }],
}

/** What explains `rate_limit_exceeded`. */
export const rateLimitExceeded: ErrorReference<'rate_limit_exceeded'> = {
  meaning: 'Too many token requests came from this address; perhaps too many failed ones in a row.',
  causes: [
    {
      anchor: 'rate_limit_exceeded-requests',
      when: 'More than 100 token requests came from this address in 5 minutes.',
      grants: grantTypes,
      remedy: 'Wait five minutes. Keep a token and use it again, instead of asking for one per call.',
      from: ['documented', 'server_source'],
    },
    {
      anchor: 'rate_limit_exceeded-lockout',
      when: 'Perhaps also: ten token requests in a row failed, and the address is blocked for 30 minutes. Whether a blocked address is answered in this way is not known.',
      grants: grantTypes,
      remedy: 'Wait half an hour, and find out what failed before you try again.',
      from: ['unknown'],
    },
  ],
  facts: [
    { text: 'The code exists, with status 429, for too many attempts.', from: ['server_source'] },
    {
      text: 'That ten failed token requests in a row block an address for 30 minutes is documented, without the answer that it then gets.',
      from: ['documented'],
    },
    { text: 'Whether `Retry-After` says how long to wait is not known.', from: ['unknown'] },
  ],
}

/** What explains `server_error`. */
export const serverError: ErrorReference<'server_error'> = {
  meaning: 'The service failed. Whether it acted on what was sent is not known.',
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
      text: 'A refresh token that was sent may be spent: the library revokes it before it saves the next one.',
      from: ['server_source'],
    },
    { text: 'Whether a code that was sent is spent is not known.', from: ['unknown'] },
  ],
}
