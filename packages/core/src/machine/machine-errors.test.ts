import { describe, expect, it } from 'vitest'
import {
  createBackoff,
  createOwnIdentity,
  createTokens,
  day,
  mfaRequired,
  now,
  reauthenticationRequired,
  requesting,
  signedIn,
  signedOut,
} from '../../test/states.ts'
import { type GrantsError, grantNotAllowed } from '../errors.ts'
import { customer, owner } from '../subject.ts'
import {
  challengeExpired,
  invalidCode,
  noToken,
  notRenewable,
  renewalBackoff,
  requestInProgress,
  scopeMismatch,
  toOAuthError,
  unexpectedEvent,
} from './machine-errors.ts'

const jane = customer('jane@example.com')
const response = (error: string, description?: string) => ({ error, status: 400, description })
const challenge = (attemptsLeft: number) => mfaRequired({ attemptsLeft }).challenge
const neverExpires = signedIn({ tokens: createTokens('password', { expiresAt: null }) })

// biome-ignore format: one line per error, to be read as a table
const messages: readonly (readonly [GrantsError, string])[] = [
  [invalidCode(challenge(2)), 'Particle rejected the code. Submit another one; 2 attempts are left.'],
  [challengeExpired(challenge(1)), 'The MFA challenge has expired. Sign in with username and password again.'],
  [challengeExpired(challenge(0)), 'Too many codes were wrong. Sign in with username and password again.'],
  [unexpectedEvent('granted'), 'The session cannot process this event: no request is in progress for the event granted.'],
  [noToken(signedOut()), 'You are not signed in. Call login() first.'],
  [noToken(signedOut({ identity: createOwnIdentity() })), 'You are not signed in. Call requestClientToken() or login() first.'],
  [noToken(mfaRequired({ attemptsLeft: 1 })), 'The sign-in waits for a code. Call submitOtp() before 2026-01-01T00:10:00Z; 1 attempt is left.'],
  [noToken(reauthenticationRequired()), 'The access token expired and cannot be renewed. Sign in again, or use another token.'],
  [noToken(reauthenticationRequired({ reason: 'rejected' })), 'The access token was rejected by the API. Sign in again, or use another token.'],
  [noToken(reauthenticationRequired({ reason: 'refresh_rejected' })), 'The access token expired, and Particle rejected its refresh token. Sign in again, or use another token.'],
  [noToken(reauthenticationRequired({ reason: 'refresh_response_lost' })), 'The access token expired, and the response to its refresh was lost. Sign in again, or use another token.'],
  [noToken(signedIn()), "A developer client's token cannot be renewed. Sign in again before it expires at 2026-03-31T00:00:00Z."],
  [noToken(signedIn({ identity: createOwnIdentity(), backoff: createBackoff() })), 'There is no valid access token: requests for it failed (network_error), 1 in a row. Call again at 2026-01-01T00:00:01Z or later.'],
  [renewalBackoff(createBackoff({ failures: 2, cause: 'token_rejected' })), 'There is no valid access token: the API rejected new tokens, 2 in a row. Call again at 2026-01-01T00:00:01Z or later.'],
  [requestInProgress('refresh_token'), 'A refresh_token request of this session is in progress. Wait for it, then try again.'],
  [grantNotAllowed('user', 'refresh_token'), 'A user client may not use refresh_token. Sign in instead, or use a product client.'],
  [grantNotAllowed('developer', 'client_credentials'), 'A developer client may not use client_credentials. Sign in instead, or use a product client.'],
  [notRenewable(signedIn(), 'developer_token'), "A developer client's token cannot be renewed. Sign in again before it expires at 2026-03-31T00:00:00Z."],
  [notRenewable(signedIn(), 'account_token'), 'This token of a user client cannot be renewed. Sign in again before it expires at 2026-03-31T00:00:00Z.'],
  [notRenewable(neverExpires, 'external_token'), 'A token from elsewhere cannot be renewed. It never expires.'],
  [notRenewable(signedIn(), 'external_token', now + 89 * day), 'A token from elsewhere cannot be renewed. It has expired: sign in again.'],
  [scopeMismatch(jane), "Particle returned a token of another scope than customer:jane@example.com. It was discarded; check the customer's name and the product."],
  [scopeMismatch(undefined), "Particle returned a token of another scope than this session. It was discarded; check the customer's name and the product."],
  [toOAuthError({ ...response('mfa_required'), status: 403 }, requesting('client_credentials')), 'Particle refused the client_credentials request with mfa_required (status 403). Particle documents no second factor for this grant.'],
  [toOAuthError(response('sso_user'), { grantType: 'password', subject: undefined }), "The account signs in through its company's SSO. Sign in with @particle-grants/sso, or pass a token of Particle's own tools to setToken()."],
  [toOAuthError(response('invalid_scope'), { grantType: 'client_credentials', subject: jane }), 'This product has no customer jane@example.com. Create the customer first, e.g. with ensureCustomer().'],
  [toOAuthError(response('invalid_scope'), { grantType: 'client_credentials', subject: owner }), 'Particle refused the client_credentials request with invalid_scope (status 400). Check the scope.'],
  [toOAuthError(response('invalid_scope'), { grantType: 'password', subject: jane }), 'Particle refused the password request with invalid_scope (status 400). Check the scope.'],
  [toOAuthError(response('invalid_grant', 'User credentials are invalid.'), { grantType: 'password', subject: jane }), 'Particle refused the username or the password (invalid_grant, status 400). Check both, then sign in again.'],
  [toOAuthError(response('invalid_grant'), { grantType: 'refresh_token', subject: jane }), 'Particle refused the refresh_token request with invalid_grant (status 400). This refresh token was used, revoked or expired.'],
  [toOAuthError(response('invalid_grant'), { grantType: 'client_credentials', subject: owner }), 'Particle refused the client_credentials request with invalid_grant (status 400). Check that the client has an owner.'],
  [toOAuthError(response('invalid_client'), { grantType: 'password', subject: jane }), "Particle refused the password request with invalid_client (status 400). Check the client's id and secret, and that it may use this grant."],
  [toOAuthError(response('toString'), { grantType: 'password', subject: jane }), 'Particle refused the password request with toString (status 400). Do not repeat the request unchanged.'],
]

describe("the machine's errors", () => {
  it.each(messages.map(([error, message]) => [message, error] as const))(
    'say what happened, then what to do: %s',
    (message, error) => {
      expect(error.message).toBe(message)
      expect(error.message).not.toMatch(/undefined|\[object|NaN/)
    },
  )
})
