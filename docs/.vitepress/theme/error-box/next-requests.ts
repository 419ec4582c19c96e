import type { TokenEndpointError } from '@particle-grants/core/protocol'
import type { apiErrors } from '@particle-grants/reference'
import { exampleRequest } from '../chooser/request.ts'

/** What to send after an error. */
export interface NextRequest {
  readonly text: string
  /** A shell command. */
  readonly command: string
  /** The page of its grant or call, by its path from `docs/`. */
  readonly page: { readonly title: string; readonly path: string }
}

const passwordPage = { title: 'the password grant', path: 'grants/password.md' }
const mfaPage = { title: 'the second request', path: 'grants/mfa-otp.md' }
const clientPage = { title: 'the client_credentials grant', path: 'grants/client-credentials.md' }
const signIn = exampleRequest('password', 'developer')
const secondRequest = exampleRequest('urn:custom:mfa-otp', 'developer')
const productToken = exampleRequest('client_credentials', 'product')

/** The next request after each error of the token endpoint and the API. A missing error does not compile. */
export const nextRequests: Readonly<Record<TokenEndpointError | keyof typeof apiErrors, NextRequest>> = {
  mfa_required: {
    text: 'Send the `mfa_token` of this response and the six digits from the authenticator.',
    command: secondRequest,
    page: mfaPage,
  },
  invalid_grant: {
    text: 'Send it once more, with the correct credentials. After a refused refresh, sign in again.',
    command: signIn,
    page: passwordPage,
  },
  invalid_client: {
    text: "Send the request with the client's id and secret. For your own account the client is `particle:particle`.",
    command: signIn,
    page: passwordPage,
  },
  invalid_request: {
    text: 'Send every field form-encoded, as curl does with `-d`.',
    command: signIn,
    page: passwordPage,
  },
  invalid_scope: {
    text: "Create the customer with your product's client. Then request the token again.",
    command: [
      'curl https://api.particle.io/v1/products/1234/customers',
      '-u my-product-1234:"$PARTICLE_CLIENT_SECRET"',
      '-d grant_type=client_credentials',
      '--data-urlencode email=new@example.com',
      '-d no_password=true',
    ].join(' \\\n  '),
    page: { title: 'tokens for customers', path: 'grants/client-credentials.md' },
  },
  invalid_token: {
    text: 'In an MFA sign-in, send the next code with the same `mfa_token`. In the rest of the API, request a new token.',
    command: secondRequest,
    page: mfaPage,
  },
  expired_token: {
    text: 'Request a new token: sign in again, or use the client id and secret of your product.',
    command: signIn,
    page: passwordPage,
  },
  sso_user: {
    text: "Sign in through your company's SSO with Particle's CLI, and use its token.",
    command: 'particle login --sso',
    page: { title: 'accounts with SSO', path: 'guides/sso.md' },
  },
  rate_limit_exceeded: {
    text: 'Wait for half an hour, or as long as `Retry-After` says. Then send the request once.',
    command: signIn,
    page: { title: 'limits and lockout', path: 'reference/limits.md' },
  },
  server_error: {
    text: 'Wait for a minute, and send the same request again. After a refresh, sign in instead if it is refused.',
    command: signIn,
    page: passwordPage,
  },
  forbidden: {
    text: "For a product's devices, request a token with that product's client.",
    command: productToken,
    page: clientPage,
  },
  unauthorized: {
    text: "Send the call again with a person's token.",
    command: signIn,
    page: passwordPage,
  },
}
