import type { TokenEndpointErrorReference } from './token-endpoint-error.ts'

/** Explains `invalid_token`. */
export const invalidToken: TokenEndpointErrorReference<'invalid_token'> = {
  meaning: 'In an MFA sign-in the code is refused. In the rest of the API the access token is invalid or expired.',
  advice: 'In an MFA sign-in, send the next code. In the rest of the API, renew the token or sign in again.',
  causes: [
    {
      anchor: 'invalid_token-otp',
      when: 'The six digits are wrong or too old.',
      description: { text: 'Could not validate OTP.', from: ['server_source'] },
      grants: ['urn:custom:mfa-otp'],
      advice:
        "Wait for the authenticator's next code and send it with the same `mfa_token`. Check the clock of the authenticator's device.",
      from: ['server_source', 'clients'],
    },
    {
      anchor: 'invalid_token-mfa_token',
      when: 'The `mfa_token` is unknown or no longer valid. It probably looks like a wrong code.',
      grants: ['urn:custom:mfa-otp', 'urn:custom:recovery-code'],
      advice: 'Send username and password again to get a new `mfa_token`.',
      from: ['unknown'],
    },
    {
      anchor: 'invalid_token-recovery_code',
      when: 'The recovery code is refused.',
      grants: ['urn:custom:recovery-code'],
      advice: 'Use it at https://login.particle.io.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_token-access_token',
      when: 'In the rest of the API: the access token is wrong or was revoked.',
      description: { text: 'The access token provided is invalid.', from: ['server_source', 'observed'] },
      grants: [],
      advice: 'Renew the token or sign in again. A client secret is not an access token.',
      from: ['server_source', 'observed'],
    },
    {
      anchor: 'invalid_token-expired_access_token',
      when: 'In the rest of the API: the access token has expired.',
      description: { text: 'The access token provided has expired.', from: ['server_source'] },
      grants: [],
      advice: 'Renew the token or sign in again.',
      from: ['server_source'],
    },
  ],
  facts: [
    {
      text: "`Could not validate OTP.` is the wording of a mock in the server library's tests. How the live service words it is not known.",
      from: ['unknown'],
    },
    {
      text: 'Not every 401 is about the access token. A wrong password for listing tokens is answered with 401 and `Bad password`.',
      from: ['observed'],
    },
    { text: 'Whether a wrong code during MFA set-up is answered with 401 is not known.', from: ['unknown'] },
  ],
}
