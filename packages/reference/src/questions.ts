import type { Link } from './pages.ts'
import type { Fact } from './sources.ts'

/** A question that users ask, and its answer. */
export interface Question {
  readonly question: string
  /** The first fact is a complete short answer. */
  readonly answer: readonly [Fact, ...Fact[]]
  /** Where users asked it. */
  readonly asked?: readonly Link[]
}

/** Returns links to threads of Particle's community. */
const threads = (...ids: readonly number[]): readonly Link[] =>
  ids.map((id) => ({ title: `community thread ${id}`, url: `https://community.particle.io/t/${id}` }))

/** The questions that users ask. Grants list those that belong to them. */
export const questions = {
  // MFA, recovery codes and SSO
  mfa_grant_name: {
    question: 'Is it `urn:custom:mfa-token` or `urn:custom:mfa-otp`?',
    answer: [
      {
        text: '`urn:custom:mfa-otp`. The server knows no `urn:custom:mfa-token`: `mfa_token` is the name of a field.',
        from: ['reported', 'server_source'],
      },
      { text: 'The report wrote the wrong name once.', from: ['reported'] },
    ],
  },
  credentials_again: {
    question: 'Do I send `username` and `password` again with the code?',
    answer: [
      {
        text: "No. Particle's own clients and its example for web pages send only `mfa_token`, `otp` and the client.",
        from: ['documented', 'clients'],
      },
      { text: 'The report sent the username again and got tokens.', from: ['reported'] },
      { text: 'Whether the service reads them is not known.', from: ['unknown'] },
    ],
  },
  mfa_token_source: {
    question: 'Where do I get the `mfa_token`?',
    answer: [
      {
        text: 'From the response to your `password` request: status 403, `error` is `mfa_required`, and `mfa_token` is in the same object.',
        from: ['reported', 'documented', 'server_source'],
      },
    ],
  },
  mfa_documentation: {
    question: 'Where does Particle document the second request (2FA)?',
    answer: [
      {
        text: 'In an application note, AN032, about calling the API from a web page. The API reference does not mention it.',
        from: ['reported', 'documented'],
      },
    ],
  },
  wrong_code: {
    question: 'The code was wrong. May I send another one?',
    answer: [
      {
        text: "Particle's CLI does: up to three codes with the same `mfa_token`. Wait for the authenticator's next code.",
        from: ['clients'],
      },
      {
        text: 'Whether a wrong code invalidates the `mfa_token`, how long one is valid, and whether a code can be used twice, is not known.',
        from: ['unknown'],
      },
    ],
  },
  recovery_codes: {
    question: 'Where do recovery codes work?',
    answer: [
      {
        text: 'At https://login.particle.io. According to the documentation they work nowhere else, so not in the CLI and not in apps.',
        from: ['documented'],
      },
      {
        text: 'The server library has a grant for them, `urn:custom:recovery-code`. The live service probably refuses it.',
        from: ['server_source'],
      },
    ],
  },
  lost_phone: {
    question: 'I lost my phone with the authenticator. How do I sign in?',
    answer: [
      {
        text: 'Sign in at https://login.particle.io with one of your recovery codes, and set up MFA again.',
        from: ['documented'],
      },
      {
        text: "Without recovery codes, ask Particle's support. According to https://docs.particle.io/getting-started/console/two-step-authentication only they can restore access to the account.",
        from: ['documented'],
      },
    ],
  },
  forbidden: {
    question: 'Why do I get 403 with a valid token?',
    answer: [
      {
        text: 'There are two kinds of 403. From the token endpoint, `mfa_required` or `sso_user` is in the body. From the rest of the API, the token is valid and may not do this.',
        from: ['reported', 'server_source', 'community'],
      },
      {
        text: "Renewing the token does not help. A product's token is restricted to that product, a customer's to that customer's devices, and an API user's to its scopes.",
        from: ['documented'],
      },
    ],
  },
  revoke: {
    question: 'How do I log out, or revoke a token?',
    answer: [
      {
        text: '`DELETE /v1/access_tokens/current` with the token revokes it; `DELETE /v1/access_tokens` revokes every token of the account.',
        from: ['documented', 'clients'],
      },
    ],
  },
  sso: {
    question: 'My account signs in through SSO. How do I get a token?',
    answer: [
      {
        text: 'Run `particle login --sso` (particle-cli 3.49 or later). Use its access token like any other: `access_token` in `~/.particle/<profile>.config.json`.',
        from: ['clients'],
      },
      {
        text: "Your own program does the same with `@particle-grants/sso`. It needs a client id at Particle's identity provider; whether it may use the one of particle-cli is not known.",
        from: ['unknown'],
      },
      {
        text: 'The password grant cannot sign in such an account: the response is 403 `sso_user`.',
        from: ['server_source'],
      },
      {
        text: "In a company with SCIM, accounts have no password at all. An API user's token works without a sign-in.",
        from: ['documented'],
      },
    ],
  },

  // Lifetime, renewal and use of tokens
  refresh_token_rejected: {
    question: 'Why does my refresh token not work?',
    answer: [
      {
        text: "Refreshing is documented only for product tokens. A developer's response has a `refresh_token` too, but it does not work.",
        from: ['reported', 'documented'],
      },
      {
        text: "A refresh also fails when the token was used before, belongs to another client, or has expired. Used tokens and other clients' tokens are answered with `Invalid refresh token`.",
        from: ['server_source'],
      },
    ],
  },
  how_long: {
    question: 'How long does a token last?',
    answer: [
      {
        text: 'An access token is valid for 90 days, unless you request another lifetime.',
        from: ['reported', 'documented', 'observed'],
      },
      {
        text: 'A refresh token is valid for 14 days, as others quote the API reference.',
        from: ['documented_secondhand'],
      },
      {
        text: "The server library's default differs: 14 days after the access token's expiry. Do not decide by its age: send it and see.",
        from: ['server_source'],
      },
      { text: 'How long an `mfa_token` is valid is not known. Use it at once.', from: ['unknown'] },
    ],
  },
  never_expires: {
    question: 'Can I get a token that never expires?',
    answer: [
      { text: 'Yes: send `expires_in=0`.', from: ['clients'] },
      { text: 'The response has no refresh token then.', from: ['server_source'] },
      {
        text: 'With MFA, send `expires_in` in both requests: the server library drops a `0` from the first. Check `expires_in` in the response.',
        from: ['server_source'],
      },
      {
        text: 'For servers the documentation recommends API users: their token never expires and has only the scopes you choose.',
        from: ['documented'],
      },
    ],
  },
  refresh_or_request: {
    question: 'Should a back end refresh its token or request a new one?',
    answer: [
      {
        text: "Request a new one with `client_credentials`. A refresh needs the client's secret too, so it has no advantage.",
        from: ['documented_secondhand', 'server_source'],
      },
    ],
  },
  lost_refresh_response: {
    question: 'The response to a refresh was lost. What now?',
    answer: [
      {
        text: 'Use `client_credentials` if your client can, otherwise sign in again. The old refresh token is probably revoked: the server revokes it before it saves the next one.',
        from: ['server_source'],
      },
    ],
  },
  revoke_refresh_token: {
    question: 'Can I revoke a refresh token?',
    answer: [
      { text: 'No such call is known.', from: ['unknown'] },
      { text: 'The server revokes it when it is used.', from: ['server_source'] },
    ],
  },
  list_tokens: {
    question: 'How do I list my tokens?',
    answer: [
      {
        text: '`GET /v1/access_tokens` with username and password (HTTP Basic) listed them. Whether it still works is doubtful.',
        from: ['documented_secondhand', 'observed'],
      },
      { text: "Particle's CLI has no such command since 3.28.", from: ['clients'] },
    ],
  },
  lockout: {
    question: 'How often may I try?',
    answer: [
      {
        text: 'Ten failed token requests in a row block your IP address for 30 minutes. The limit is 100 requests in 5 minutes.',
        from: ['documented'],
      },
      { text: 'Whether `mfa_required` counts as failed is not known.', from: ['unknown'] },
    ],
  },
  malformed_header: {
    question: 'Why do I get `Malformed auth header` or an error about the encoding?',
    answer: [
      {
        text: 'Send `Authorization: Bearer`, one space and the token to the API. Send token requests form-encoded, not as JSON.',
        from: ['documented', 'server_source'],
      },
      {
        text: 'Send the token in one place only: a token in the header and in the body or URL is refused.',
        from: ['server_source'],
      },
    ],
    asked: threads(43652),
  },

  // Clients, customers and servers
  client_credentials_location: {
    question: 'Where do I put the client id and secret?',
    answer: [
      {
        text: 'Into HTTP Basic (`curl -u id:secret`), or into the form fields `client_id` and `client_secret`.',
        from: ['documented', 'server_source'],
      },
      { text: 'If you send both, Basic is used.', from: ['documented', 'server_source'] },
    ],
    asked: [
      {
        title: 'particle-api-js, issue 74',
        url: 'https://github.com/particle-iot/particle-api-js/issues/74',
      },
    ],
  },
  product_client_source: {
    question: "Where do I get a product client's id and secret?",
    answer: [
      {
        text: 'Create the client in the Console, or with `POST /v1/products/:productIdOrSlug/clients`. The secret is shown once.',
        from: ['documented', 'documented_secondhand'],
      },
    ],
  },
  secret_as_token: {
    question: 'Can I use the client secret as an access token?',
    answer: [
      {
        text: 'No. Send id and secret to the token endpoint with `client_credentials`, and use the access token from the response.',
        from: ['documented'],
      },
    ],
    asked: threads(46697, 63782),
  },
  customer_name: {
    question: 'Must a customer be an email address?',
    answer: [
      {
        text: 'No: `scope=customer=jane@example.com`, or an id of your own such as a UUID.',
        from: ['documented', 'observed'],
      },
      { text: "A customer's email address is stored in lower case.", from: ['community'] },
      { text: "The scope is split at spaces, so a customer's name cannot contain one.", from: ['documented'] },
    ],
    asked: threads(26410),
  },
  customers_in_console: {
    question: "Why can't I see my customers in the Console?",
    answer: [
      {
        text: 'The Console listed only customers with a claimed device, not those that were created through the API without one.',
        from: ['community'],
      },
      { text: 'Whether it still does so is not known.', from: ['unknown'] },
      {
        text: 'To check that a customer exists, request a token with `scope=customer=…`: an unknown customer is answered with `invalid_scope`.',
        from: ['server_source'],
      },
    ],
    asked: threads(30168),
  },
  one_token_or_many: {
    question: 'One token for my server, or one per customer?',
    answer: [
      {
        text: 'For a new product: one token of the product. Particle recommends that your back end makes all API calls, and no longer recommends customer accounts for new products.',
        from: ['documented'],
      },
      {
        text: "With customers: one token per customer, requested with `scope=customer=…`. It is limited to that customer's devices.",
        from: ['documented', 'server_source'],
      },
    ],
    asked: threads(28709, 67208),
  },
  mfa_with_client_credentials: {
    question: 'Does `client_credentials` require MFA?',
    answer: [{ text: 'No. Only `password` does.', from: ['server_source'] }],
  },
  temporary_access: {
    question: 'How do I give a colleague or a contractor access for a while?',
    answer: [
      {
        text: 'Create an API user with the scopes that the work needs, hand over its token, and delete the API user afterwards. Its token never expires.',
        from: ['documented'],
      },
    ],
  },
  rotate_token: {
    question: 'How do I replace the token of an API user without an outage?',
    answer: [
      {
        text: 'Create a second API user with the same scopes, change the server to its token, and then delete the first: setting the scopes of the first one would end its token at once.',
        from: ['documented'],
      },
    ],
  },
  ci: {
    question: 'How do I authenticate in CI or on a server?',
    answer: [
      {
        text: "Use an API user's token from your CI's secret store. The documentation recommends API users for servers.",
        from: ['documented'],
      },
      {
        text: "Particle's examples read the token from the environment variable `PARTICLE_AUTH`.",
        from: ['documented'],
      },
      {
        text: 'Or create a product client or a user client, and request a token with `client_credentials`. MFA is not required.',
        from: ['documented', 'server_source'],
      },
    ],
    asked: [{ title: 'particle-cli, issue 374', url: 'https://github.com/particle-iot/particle-cli/issues/374' }],
  },
  log_in_with_particle: {
    question: 'Can I offer "Log in with Particle"?',
    answer: [
      {
        text: 'With a web client: the browser opens `GET /oauth/authorize`, and your server exchanges the `code` from the redirect.',
        from: ['documented_secondhand', 'server_source', 'community'],
      },
      {
        text: 'The server library has no PKCE, and returns `state` unencoded. This project does not support the grant.',
        from: ['server_source'],
      },
    ],
    asked: threads(21883),
  },
} as const satisfies Readonly<Record<string, Question>>

/** The name of a question, which is also its anchor. */
export type QuestionId = keyof typeof questions
