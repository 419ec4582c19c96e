import type { LibraryErrorReferences } from './library-error.ts'

const soon = Date.UTC(2026, 10, 23, 12, 10)
const end = Date.UTC(2027, 1, 21, 12)

/** What is wrong with the token that a session holds, or lacks. */
export const held: LibraryErrorReferences<
  | 'not_signed_in'
  | 'mfa_required'
  | 'not_renewable'
  | 'reauthentication_required'
  | 'request_not_replayable'
  | 'revocation_failed'
> = {
  not_signed_in: {
    title: 'No token',
    when: 'A token was asked for before anybody signed in, or after signing out.',
    afterwards: 'The session stays signed out.',
    examples: [{}],
    wire: [],
  },
  mfa_required: {
    title: 'The second step is missing',
    when: 'A token was asked for while the sign-in waits for its code.',
    afterwards: 'The challenge stays open.',
    examples: [{ triesLeft: 3, endsAt: soon }],
    wire: ['mfa_required'],
  },
  not_renewable: {
    title: 'A token that nobody can renew',
    when: 'A token was to be renewed, and no grant can do it. `details.reason` tells why.',
    afterwards: 'The token was kept, and is good until it ends.',
    examples: [
      { reason: 'developer_token', expiresAt: end },
      { reason: 'user_token', expiresAt: end },
      { reason: 'adopted_token', expiresAt: end },
      { reason: 'never_expires', expiresAt: null },
      { reason: 'no_refresh_token', expiresAt: end },
      { reason: 'renewal_stopped', expiresAt: end },
    ],
    wire: [],
  },
  request_not_replayable: {
    title: 'A stream that is gone',
    when: 'The API refused the token of a request whose body was a stream, which can be read only once.',
    afterwards: 'The call did not go through. The token was renewed where it could be.',
    examples: [{ method: 'POST', url: 'https://api.particle.io/v1/binaries' }],
    wire: ['invalid_token', 'expired_token'],
  },
  reauthentication_required: {
    title: 'Sign in again',
    when: 'The token is dead, and its owner has to give a new one.',
    afterwards: 'The token was dropped.',
    examples: [{ reason: 'expired' }, { reason: 'rejected' }, { reason: 'renewal_refused' }],
    wire: ['invalid_token', 'expired_token', 'invalid_grant'],
  },
  revocation_failed: {
    title: 'Revoking failed',
    when: 'On logging out, the access token could not be revoked.',
    afterwards: 'The session was forgotten all the same.',
    examples: [{ status: undefined }, { status: 503 }],
    wire: [],
  },
}
