import type { Fact } from './sources.ts'

/** What all token requests have in common. */
export const tokenRequest = {
  method: 'POST',
  path: '/oauth/token',
  url: 'https://api.particle.io/oauth/token',
  contentType: 'application/x-www-form-urlencoded',
  facts: [
    {
      text: 'The body is form-encoded. Any other encoding is refused, also JSON. A `charset` in `Content-Type` is allowed.',
      from: ['documented', 'server_source'],
    },
    { text: 'The connection needs TLS 1.2 or later.', from: ['documented'] },
    { text: 'Responses are JSON.', from: ['documented', 'server_source'] },
    {
      text: 'With `?callback=…` in the URL the response is JavaScript. A failure outside the OAuth library can be an HTML page with status 500.',
      from: ['server_source'],
    },
    {
      text: 'Responses have the headers `Cache-Control: no-store` and `Pragma: no-cache`.',
      from: ['server_source', 'observed'],
    },
    {
      text: 'Live responses also have `Access-Control-Allow-Origin: *` and `X-Request-Id`. A browser cannot read `Date` and `Retry-After` from another origin.',
      from: ['observed'],
    },
  ],
  /** The two ways in which the client authenticates, by their registered names. */
  clientAuthentication: {
    client_secret_basic: [
      {
        text: 'HTTP Basic with the client id and secret, as in `curl -u id:secret`. If the form fields are sent as well, Basic is used.',
        from: ['documented', 'server_source'],
      },
      {
        text: 'The server decodes it as UTF-8 and splits it at the first colon. Do not form-encode id and secret first, as RFC 6749, section 2.3.1, requires: that breaks them.',
        from: ['server_source'],
      },
      { text: 'In a browser the Basic header causes a preflight request.', from: ['documented'] },
    ],
    client_secret_post: [
      { text: 'The form fields `client_id` and `client_secret`.', from: ['documented', 'server_source'] },
      { text: "Particle's example for web pages sends these fields.", from: ['documented'] },
    ],
  },
  /** The checks of the token endpoint, in their order. The first that fails decides the response. */
  checks: [
    { text: 'The method is POST and the body is form-encoded.', from: ['server_source'] },
    {
      text: '`grant_type` is one string that names an enabled grant. Upper-case letters pass this check.',
      from: ['server_source'],
    },
    { text: 'The client id has the right format, and there is a client secret.', from: ['server_source'] },
    { text: 'The client exists and the secret is correct.', from: ['server_source'] },
    { text: 'The client may use this grant.', from: ['server_source'] },
    {
      text: "The grant's own fields are valid. A `grant_type` with upper-case letters fails here.",
      from: ['server_source'],
    },
    { text: 'The scope is valid.', from: ['server_source'] },
    { text: 'For `password` only: the account has no MFA.', from: ['server_source'] },
  ],
} as const satisfies {
  readonly method: string
  readonly path: string
  readonly url: string
  readonly contentType: string
  readonly facts: readonly Fact[]
  readonly clientAuthentication: Readonly<Record<'client_secret_basic' | 'client_secret_post', readonly Fact[]>>
  readonly checks: readonly Fact[]
}
