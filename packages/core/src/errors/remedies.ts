import type { TokenEndpointErrorCode } from '../protocol/token-endpoint-errors.ts'

const lockout = 'Ten failures in a row lock the address out for 30 minutes.'

/** What to do about each error of the wire, in a sentence or two. The reference shows the same words. */
export const remedies: Readonly<Record<TokenEndpointErrorCode, string>> = {
  mfa_required:
    'Send the six digits that the authenticator shows, with the mfa_token of this answer and grant_type=urn:custom:mfa-otp.',
  invalid_grant: `Ask for the credentials again, and never repeat the same ones by yourself. ${lockout}`,
  invalid_client:
    "Check the client's id and secret, that this grant is allowed for it, and that username and password are not empty.",
  invalid_request:
    'Send a POST with application/x-www-form-urlencoded and every required field; mind the spelling of grant_type.',
  invalid_scope: 'Ask for a scope that exists, or for a customer whom this product knows.',
  invalid_token:
    'In an MFA step, ask for a fresh code. Elsewhere the access token is dead: renew it or sign in again.',
  expired_token: 'The access token is past its end: renew it or sign in again.',
  sso_user:
    "Sign in through the company's SSO in Particle's own tools, then pass the token that they give to session.adopt().",
  rate_limit_exceeded: `Wait before the next attempt: half an hour when nothing else is said. ${lockout}`,
  server_error: 'Try again later. Whether the service acted on the request is not known.',
}

/** What to do about a code that this project does not know. */
export const unknownErrorRemedy =
  'This error code is not known to Particle Grants. Do not repeat the request unchanged.'
