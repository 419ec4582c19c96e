import type { ErrorReference } from './error-reference.ts'

/** What explains `invalid_token`. */
export const invalidToken: ErrorReference<'invalid_token'> = {
  meaning: 'In the second step of MFA the code was refused. Elsewhere in the API the access token is dead.',
  causes: [
    {
      anchor: 'invalid_token-otp',
      when: 'The six digits are wrong, or too old.',
      description: { text: 'Could not validate OTP.', from: ['server_source'] },
      grants: ['urn:custom:mfa-otp'],
      remedy:
        "Wait for the authenticator's next code and send that one, with the same `mfa_token`. Check the clock of the device that shows it.",
      from: ['server_source', 'clients'],
    },
    {
      anchor: 'invalid_token-mfa_token',
      when: 'The `mfa_token` is not known, or not good any more. Probably it looks just like a wrong code.',
      grants: ['urn:custom:mfa-otp', 'urn:custom:recovery-code'],
      remedy: 'Start over with username and password, which gives a new `mfa_token`.',
      from: ['unknown'],
    },
    {
      anchor: 'invalid_token-recovery_code',
      when: 'The recovery code is refused.',
      grants: ['urn:custom:recovery-code'],
      remedy: 'Use it at login.particle.io, the one place where the documentation says that it works.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_token-access_token',
      when: 'Elsewhere in the API: the access token is wrong, or was revoked.',
      description: { text: 'The access token provided is invalid.', from: ['server_source', 'observed'] },
      grants: [],
      remedy: 'Renew it or sign in again. A client secret is no access token.',
      from: ['server_source', 'observed'],
    },
    {
      anchor: 'invalid_token-expired_access_token',
      when: 'Elsewhere in the API: the access token is past its end.',
      description: { text: 'The access token provided has expired.', from: ['server_source'] },
      grants: [],
      remedy: 'Renew it or sign in again.',
      from: ['server_source'],
    },
  ],
  facts: [
    {
      text: 'A 401 elsewhere need not mean a dead token: a wrong current password, or a wrong code while MFA is set up, is answered with 401 as well.',
      from: ['observed', 'server_source'],
    },
  ],
}
