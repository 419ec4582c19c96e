import type { EffectType, EventType, Status } from '@particle-grants/core/machine'

/** What each state of a session means. A missing state does not compile. */
export const stateDescriptions: Readonly<Record<Status, string>> = {
  signed_out: 'There is no token.',
  requesting: 'A token was requested, and the response has not arrived.',
  mfa_required: 'The password was correct. The session is waiting for a code.',
  signed_in: 'There is an access token.',
  renewing: 'A renewal was requested. The current token is still used while it is valid.',
  reauthentication_required: 'The token is no longer valid, and only its owner can get another one.',
}

/** What each event means. */
export const eventDescriptions: Readonly<Record<EventType, string>> = {
  login: 'The application calls `login()`.',
  submit_otp: 'The application calls `submitOtp()`.',
  submit_recovery_code: 'The application calls `submitRecoveryCode()`.',
  request_client_token:
    'The application calls `requestClientToken()`, or uses a session for the first time whose client can request its token.',
  create_customer: 'The application calls `createCustomer()`.',
  set_token: 'The application calls `setToken()`.',
  renew: 'The token expires soon or has expired, or the application forces a renewal.',
  token_rejected: 'The API rejected the access token.',
  logout: 'The application calls `logout()`.',
  time_passed: 'The application reads the state: a token or challenge may have expired.',
  granted: 'Particle answered with tokens.',
  challenged: 'Particle answered with `mfa_required`.',
  refused: 'Particle refused the request with an error code (4xx).',
  failed: 'The request failed without an answer to it: no response, a temporary error, or another server.',
}

/** What each effect makes the session do. */
export const effectDescriptions: Readonly<Record<EffectType, string>> = {
  request: 'Send a token request.',
  save: 'Save the state in the store.',
  revoke: 'Revoke the access token at Particle.',
  reject: "Reject the caller's promise with an error.",
}
