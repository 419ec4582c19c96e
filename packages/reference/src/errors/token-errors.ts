import type { LibraryErrorReferences } from './library-error.ts'

/** Errors of a session without a usable token. */
export const tokenErrors: LibraryErrorReferences<
  'not_signed_in' | 'mfa_required' | 'not_renewable' | 'reauthentication_required' | 'request_not_replayable'
> = {
  not_signed_in: {
    title: 'Not signed in',
    when: 'A token was requested before the first sign-in, or after `logout()`.',
    advice: ['Call `login()`, `setToken()` or, with a product client or user client, `requestClientToken()`.'],
    effect: 'The session stays signed out.',
    tokenEndpointErrors: [],
  },
  mfa_required: {
    title: 'The sign-in is waiting for a code',
    when: 'A token was requested while the MFA challenge is open.',
    advice: ['Call `submitOtp()` with the six digits from the authenticator, before `details.expiresAt`.'],
    effect: 'The challenge stays open.',
    tokenEndpointErrors: ['mfa_required'],
  },
  not_renewable: {
    title: 'The token cannot be renewed',
    when: 'A renewal was requested, and no grant can renew this token.',
    advice: ['Use the token until it expires, then sign in again.'],
    effect: 'The token is kept.',
    reasons: {
      developer_token: {
        meaning: "It is a developer client's token. Its refresh token does not work.",
      },
      account_token: {
        meaning: 'A user signed in to a user client. Whether such tokens can be refreshed is not known.',
        advice: "For tokens of the client's own account, use `requestClientToken()`: they are renewed.",
      },
      external_token: {
        meaning: 'It came from `setToken()` or `createSession({ accessToken })`.',
        advice: 'Pass a new token when it expires.',
      },
      no_refresh_token: {
        meaning: "It came without a refresh token, and the session does not use the client's own credentials.",
        advice: 'Sign in again when it expires.',
      },
    },
    tokenEndpointErrors: [],
  },
  reauthentication_required: {
    title: 'Sign in again',
    when: 'The token is no longer valid, and the library cannot request another one without the user.',
    advice: ['Sign in again with `login()`, or pass a new token to `setToken()`.'],
    effect: 'The invalid token is dropped.',
    reasons: {
      expired: { meaning: 'The token expired, and it cannot be renewed.' },
      rejected: { meaning: 'The API rejected the token: it was revoked or replaced.' },
      refresh_rejected: { meaning: 'The token expired, and Particle refused its refresh token.' },
      refresh_response_lost: {
        meaning: 'The response to a refresh was lost, and Particle had already revoked the old refresh token.',
      },
    },
    tokenEndpointErrors: ['invalid_token', 'expired_token', 'invalid_grant'],
  },
  request_not_replayable: {
    title: 'The request cannot be sent again',
    when: 'The API rejected the token of a request whose body was a stream. A stream can be read only once.',
    advice: ['Send the request again with a new stream. The token is renewed by then, if it can be.'],
    effect: 'The API did not process the request. The session renews the token.',
    tokenEndpointErrors: ['invalid_token', 'expired_token'],
  },
}
