import type { LibraryErrorReferences } from './library-error.ts'

const heldBack = 'Nothing was sent. Tokens the session already had are kept.'

/** Errors that say to wait: limits, back-off and time-outs. */
export const waitingErrors: LibraryErrorReferences<
  'rate_limited' | 'locked_out' | 'backing_off' | 'renewal_backoff' | 'wait_timeout'
> = {
  rate_limited: {
    title: 'Too many token requests',
    when: 'Particle answered 429, or the library has sent 98 token requests in 5 minutes and would have to wait longer than `maxWaitMs`.',
    advice: ['Call again at `retryAt`.', 'Keep a token and use it again: sessions that share a store share tokens.'],
    effect: 'Tokens the session already had are kept.',
    tokenEndpointErrors: ['rate_limit_exceeded'],
  },
  locked_out: {
    title: 'Your IP address is locked out',
    when: 'Particle answered 429 after at least 9 refused token requests in a row.',
    advice: [
      'Find out what was refused, and correct it. Every program behind your IP address counts.',
      'Call again at `retryAt`. Particle blocks an IP address for 30 minutes.',
    ],
    effect: 'Tokens the session already had are kept.',
    tokenEndpointErrors: ['rate_limit_exceeded'],
  },
  backing_off: {
    title: 'The lockout guard holds the request back',
    when: 'Particle refused this secret before, the attempts of the account are used up, or 9 requests in a row were refused. `details.rule` says which; `details.account` is the account, and is absent for the whole IP address.',
    advice: [
      'With `details.rule` `secret`: correct the password, the client secret or the customer. Another secret is sent at once. The same one waits after 3 refusals, or after 1 of an automatic request: 30 minutes, then longer, at most 24 hours.',
      'With `attempts`: call again at `retryAt`. An account that was refused has 8 attempts, and one more every 15 minutes.',
      'With `refusals`: find out what was refused. Automatic requests continue at `retryAt`; `login()` is still sent.',
      'In a web application show the same sentence as for a wrong password.',
      'If a person at a terminal, or a device that has signed in to this account before, should try now, pass `force: true` to `login()`, `submitOtp()` or `submitRecoveryCode()`.',
      'After you have found the cause, `resetLockoutGuard()` ends every wait.',
    ],
    effect: heldBack,
    tokenEndpointErrors: ['invalid_grant', 'invalid_token', 'invalid_client'],
  },
  renewal_backoff: {
    title: 'The next renewal has to wait',
    when: 'The token expired or was rejected, the last renewals failed, and the next one is more than a second away, or later than `timeoutMs`. `details.cause` is the error code of the last one.',
    advice: ['Call again at `retryAt`.', 'Correct what `details.cause` names.'],
    effect: 'Nothing was sent. The session renews at `retryAt`.',
    tokenEndpointErrors: [],
  },
  wait_timeout: {
    title: 'Waiting took too long',
    when: 'The call waited for a token, or `idle()` for pending requests and saves, longer than its `timeoutMs`.',
    advice: [
      'Call again, or allow more time with `timeoutMs`.',
      'After `idle()`: what is pending is lost if the process ends now. Wait again if you can.',
    ],
    effect: 'What was waited for continues. Other callers keep waiting for it.',
    tokenEndpointErrors: [],
  },
}
