import type { LibraryErrorReferences } from './library-error.ts'

const unchanged = 'Nothing was sent, and the session is unchanged.'

/** Errors of a call that cannot work. The library throws them before it sends a request. */
export const argumentErrors: LibraryErrorReferences<
  | 'invalid_argument'
  | 'insecure_base_url'
  | 'grant_not_allowed'
  | 'subject_mismatch'
  | 'request_in_progress'
  | 'no_challenge'
> = {
  invalid_argument: {
    title: 'Invalid argument',
    when: 'A parameter is missing, malformed or unknown. `details.parameter` names it, `details.problem` says what is wrong.',
    advice: ['Correct the parameter and call again.'],
    effect: unchanged,
    tokenEndpointErrors: [],
  },
  insecure_base_url: {
    title: 'Insecure base URL',
    when: 'The base URL is plain `http:` and leads to another machine, so credentials would be readable on the way.',
    advice: [
      'Use https.',
      'For the sandbox, use a loopback address such as `http://127.0.0.1:8765`.',
      'On a test network, set the option `[allowInsecureRequests]`.',
    ],
    effect: unchanged,
    tokenEndpointErrors: [],
  },
  grant_not_allowed: {
    title: 'This client cannot use this grant',
    when: 'A refresh token was given to a session without a product client, or a developer client was to use `client_credentials`.',
    advice: [
      'To renew a token, use a product client or a user client.',
      "A developer's token cannot be renewed: sign in again when it expires.",
    ],
    effect: unchanged,
    tokenEndpointErrors: [],
  },
  subject_mismatch: {
    title: 'The session belongs to another account or customer',
    when: 'A sign-in or a token names another account or customer than the one this session belongs to.',
    advice: [
      'Create another session with that account or customer as its `subject`.',
      'Or call `logout()` first, if the session was created without a `subject`.',
    ],
    effect: unchanged,
    tokenEndpointErrors: [],
  },
  request_in_progress: {
    title: 'Another request is in progress',
    when: 'A sign-in step was called while another request of this session is waiting for its response.',
    advice: ['Wait for that call, then call again.'],
    effect: 'Nothing was sent. The other request continues.',
    tokenEndpointErrors: [],
  },
  no_challenge: {
    title: 'No MFA challenge is open',
    when: 'A code was submitted, but the session is not waiting for one.',
    advice: ['Call `login()` first. It returns `mfa_required` if the account has MFA.'],
    effect: unchanged,
    tokenEndpointErrors: [],
  },
}
