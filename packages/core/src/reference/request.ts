import type { ClientAuthentication } from '../protocol/encode-token-request.ts'
import type { Fact } from './provenance.ts'

/** What holds for a token request of any grant. */
export const tokenRequest = {
  method: 'POST',
  path: '/oauth/token',
  url: 'https://api.particle.io/oauth/token',
  contentType: 'application/x-www-form-urlencoded',
  facts: [
    {
      text: 'The body is form-encoded, and nothing else is taken: not JSON either. A `charset` in `Content-Type` does no harm.',
      from: ['documented', 'server_source'],
    },
    {
      text: 'TLS 1.2 or later is needed. Answers are JSON.',
      from: ['documented', 'server_source'],
    },
    {
      text: 'With `?callback=…` in the URL the answer is JavaScript. A failure outside the OAuth library can come as an HTML page with status 500.',
      from: ['documented', 'server_source'],
    },
    {
      text: 'Answers carry `Cache-Control: no-store` and `Pragma: no-cache`.',
      from: ['server_source', 'observed'],
    },
    {
      text: 'Live answers also carry `Access-Control-Allow-Origin: *` and `X-Request-Id`. A browser can read neither `Date` nor `Retry-After` of another origin.',
      from: ['observed'],
    },
  ],
  /** The two ways in which the client says who it is. */
  clientAuthentication: {
    basic: [
      {
        text: "HTTP Basic with the client's id and secret, as `curl -u id:secret` sends it. It wins when form fields are there as well.",
        from: ['documented', 'server_source'],
      },
      {
        text: 'It is read plainly: UTF-8, split at the first colon. Form-encoding id and secret first, as RFC 6749 section 2.3.1 asks, breaks it.',
        from: ['server_source'],
      },
    ],
    body: [
      {
        text: 'The form fields `client_id` and `client_secret`.',
        from: ['documented', 'server_source'],
      },
      {
        text: "Particle's own example for web pages sends these fields. In a browser they spare the preflight that a Basic header costs.",
        from: ['documented'],
      },
    ],
  },
  /** The token endpoint's checks, in the order in which it makes them. */
  checks: [
    { text: 'The method is POST and the body form-encoded.', from: ['server_source'] },
    {
      text: '`grant_type` is one string that names an enabled grant. Capitals still pass here.',
      from: ['server_source'],
    },
    { text: "The client's id has the right form, and a secret is there.", from: ['server_source'] },
    { text: 'The client is known.', from: ['server_source'] },
    { text: 'The client may use this grant.', from: ['server_source'] },
    { text: "The grant's own fields. A `grant_type` with capitals fails here.", from: ['server_source'] },
    { text: 'The scope.', from: ['server_source'] },
    { text: 'The second factor, for `password` only.', from: ['server_source'] },
  ],
} as const satisfies {
  readonly method: string
  readonly path: string
  readonly url: string
  readonly contentType: string
  readonly facts: readonly Fact[]
  readonly clientAuthentication: Readonly<Record<ClientAuthentication, readonly Fact[]>>
  readonly checks: readonly Fact[]
}
