import type { LibraryErrorReferences } from './library-error.ts'

const tokensKept = 'The session is unchanged: tokens it already had are kept.'

/** Errors that follow from a response of the token endpoint, or from its absence. */
export const responseErrors: LibraryErrorReferences<
  | 'invalid_code'
  | 'challenge_expired'
  | 'invalid_credentials'
  | 'sso_required'
  | 'sso_denied'
  | 'sso_expired'
  | 'sso_invalid_token'
  | 'oauth_error'
  | 'unknown_customer'
  | 'customer_exists'
  | 'temporarily_unavailable'
  | 'unexpected_response'
  | 'network_error'
  | 'scope_mismatch'
  | 'revocation_failed'
  | 'api_error'
> = {
  invalid_code: {
    title: 'Wrong code',
    when: 'Particle refused the code, and attempts are left: see `details.attemptsLeft`.',
    advice: [
      "Wait for the authenticator's next code, and submit it before `details.expiresAt`.",
      "Check the clock of the authenticator's device.",
    ],
    effect: 'The challenge stays open.',
    tokenEndpointErrors: ['invalid_token', 'invalid_grant'],
  },
  challenge_expired: {
    title: 'The MFA challenge has expired',
    when: 'A code was submitted to a challenge that has no attempts left or is too old. Both limits are options.',
    advice: ['Sign in with username and password again.'],
    effect: 'The challenge is closed. Tokens from an earlier sign-in are kept.',
    reasons: {
      attempts: { meaning: 'Too many codes were wrong: 3, unless you set another number.' },
      age: { meaning: 'The challenge is older than 10 minutes, unless you set another age.' },
    },
    tokenEndpointErrors: ['invalid_token', 'invalid_grant'],
  },
  invalid_credentials: {
    title: 'Wrong username or password',
    when: 'Particle refused a sign-in with `invalid_grant`. It does not say which one is wrong: an unknown username is answered the same way.',
    advice: [
      'Sign in with the correct username and password. You can reset a forgotten password at https://login.particle.io.',
      'Do not send the same ones again: failures in a row block your IP address. If there is `retryAt`, the library holds them back until then.',
    ],
    effect: tokensKept,
    tokenEndpointErrors: ['invalid_grant'],
  },
  sso_required: {
    title: "The account signs in through its company's SSO",
    when: 'Particle answered `sso_user`: the account has no password that the token endpoint accepts.',
    advice: [
      'Sign in with `startSsoSignIn()` and `finishSsoSignIn()` of `@particle-grants/sso`.',
      'Or run `particle login --sso`, and pass its access token to `setToken()`.',
      "Or use an API user's token with `createSession({ accessToken })`.",
    ],
    effect: tokensKept,
    tokenEndpointErrors: ['sso_user'],
  },
  sso_denied: {
    title: 'The sign-in through SSO was refused',
    when: 'The person refused it (`details.error` is `access_denied`), or the identity provider refused a request of `@particle-grants/sso` with another code.',
    advice: [
      'After `access_denied`, start again if that was a mistake.',
      'Otherwise check the client id and the issuer. Whether Particle lets other programs use the client id of particle-cli is not known.',
    ],
    effect: tokensKept,
    tokenEndpointErrors: [],
  },
  sso_expired: {
    title: 'The sign-in through SSO took too long',
    when: "The device code expired before the person had signed in. If the last request failed, the error's `cause` says why.",
    advice: ['Call `startSsoSignIn()` again, and show its new code.'],
    effect: tokensKept,
    tokenEndpointErrors: [],
  },
  sso_invalid_token: {
    title: "The identity provider's token is not valid",
    when: "A check of the identity provider's token failed, so that nothing of it is used: see `details.reason` and `details.claim`.",
    advice: ['Check `issuer`, `audience` and `clientId`, then start again.'],
    effect: tokensKept,
    reasons: {
      format: { meaning: 'It is not a JWT, or it is not signed with the only algorithm that is accepted.' },
      signature: { meaning: 'No key that the issuer publishes now verifies its signature.' },
      expired: { meaning: 'It has expired.', advice: "Check this machine's clock, then start again." },
      claim: {
        meaning:
          'A claim is missing, has the wrong type or another value. For `aud` the message names the audience that it has.',
      },
      rejected: { meaning: "Particle's API rejected the access token in it.", advice: 'Start again.' },
    },
    tokenEndpointErrors: [],
  },
  oauth_error: {
    title: 'Particle refused the request',
    when: 'The token endpoint answered with an error code: see `details.error`.',
    advice: ['Follow the advice for that error code. Do not send the request again unchanged.'],
    effect: tokensKept,
    tokenEndpointErrors: [
      'mfa_required',
      'invalid_grant',
      'invalid_client',
      'invalid_request',
      'invalid_scope',
      'invalid_token',
      'expired_token',
    ],
  },
  unknown_customer: {
    title: 'Unknown customer',
    when: 'Particle answered `invalid_scope`: the product has no such customer. It was never created, or it was deleted. Until `retryAt` the library does not ask for this customer with the same client secret again.',
    advice: [
      "Call the pool's `ensureCustomer()`. It passes the wait, and creates the customer if there is none. Success ends the wait.",
      'If the customer exists by now, a single session passes the wait with `requestClientToken({ force: true })`.',
      "Check the customer's name and the product of the client.",
    ],
    effect: 'A valid token is kept. Without one the session is signed out.',
    tokenEndpointErrors: ['invalid_scope'],
  },
  customer_exists: {
    title: 'The customer exists already',
    when: "Particle refused `createCustomer()`, and then returned a token of this customer. The token proves that the customer exists: Particle's own response to an existing customer is not known.",
    advice: [
      'Use the customer with `customer()`.',
      'Call `ensureCustomer()` where it does not matter whether the customer exists.',
    ],
    effect: 'The session keeps the new token. A wait after `unknown_customer` has ended.',
    tokenEndpointErrors: [],
  },
  temporarily_unavailable: {
    title: 'Particle is temporarily unavailable',
    when: 'The token endpoint or a server in front of it failed (5xx), or answered 429 in another format.',
    advice: ['Try again later, at `retryAt` if there is one.'],
    effect: `${tokensKept} Whether Particle processed the request is not known.`,
    tokenEndpointErrors: ['server_error'],
  },
  unexpected_response: {
    title: 'The response is not from the token endpoint',
    when: 'A proxy, a wrong base URL or a failing server answered in another format.',
    advice: ['Check the base URL, and any proxy in between.'],
    effect: tokensKept,
    reasons: {
      redirect: { meaning: 'It is a redirect. The library never follows redirects with credentials.' },
      empty: { meaning: 'Its body is empty.' },
      html: { meaning: 'It is an HTML page, for example the error page of a proxy.' },
      not_json: { meaning: 'Its body is not JSON.' },
      not_an_object: { meaning: 'It is JSON, but not an object.' },
      no_error_code: { meaning: 'It is JSON without an error code.' },
      wrong_status: { meaning: 'Its body contradicts its status.' },
      wrong_type: { meaning: 'One of its fields has an unexpected type or form.' },
    },
    tokenEndpointErrors: [],
  },
  network_error: {
    title: 'No response',
    when: 'The request timed out or the connection failed. Whether Particle processed it is not known.',
    advice: [
      'Check the base URL and the network, then try again. `details.systemCode` says more where the platform does.',
      'If `details.mayBeSpent` is true, do not send the same code again: Particle may have accepted it.',
    ],
    effect: tokensKept,
    reasons: {
      timeout: { meaning: 'No response arrived within the time limit.' },
      network: { meaning: 'The connection failed.' },
    },
    tokenEndpointErrors: [],
  },
  scope_mismatch: {
    title: 'The token belongs to another customer',
    when: "The response's scope names another customer than this session's, or lacks the requested one.",
    advice: ["Check the customer's name and the product of the client."],
    effect: 'The new token is discarded. Tokens the session already had are kept.',
    tokenEndpointErrors: [],
  },
  revocation_failed: {
    title: 'The token was not revoked',
    when: 'You logged out, and Particle did not confirm that it revoked the access token.',
    advice: ['If the token may have leaked, revoke all tokens of the account with `DELETE /v1/access_tokens`.'],
    effect: 'The session is signed out. The access token may still be valid.',
    tokenEndpointErrors: [],
  },
  api_error: {
    title: 'The API refused a call',
    when: 'A function of `@particle-grants/management` called the API, and the API answered with a status from 400 to 499. See `details.call`, `details.status` and `details.error`.',
    advice: [
      'If there is `details.allowedToken`, use such a token: renewing the one you have does not help.',
      'Otherwise check the names in the call: product, organization, username, client or customer.',
    ],
    effect: 'The session and its tokens are unchanged, and so is what the call is about.',
    tokenEndpointErrors: [],
  },
}
