import type { Fact } from './sources.ts'

/** An open question about the live service. */
export interface Unknown {
  readonly question: string
  /** What is known so far. Sources that contradict each other are both listed. */
  readonly known: readonly Fact[]
  /** What this project does, so that it works either way. */
  readonly handling: string
}

/** Every open question about the live service. Answers are welcome. */
export const unknowns = {
  server_version: {
    question: 'Which version of the OAuth library does the live service run, and what does its account model add?',
    known: [{ text: 'The library is public up to 3.3.3. The account model is not public.', from: ['server_source'] }],
    handling: 'Decides by code and status, never by text. Reports every other response as unexpected.',
  },
  developer_secret: {
    question: "Does the service check a developer client's secret?",
    known: [{ text: "Particle's tools send one, each its own.", from: ['clients'] }],
    handling: 'Always sends the published secret.',
  },
  developer_client_credentials: {
    question: 'How does the service refuse `client_credentials` with a developer client?',
    known: [
      {
        text: 'The library returns `invalid_grant` for a client without an owner, and `invalid_client` for a client that may not use the grant.',
        from: ['server_source'],
      },
      { text: 'Whether a developer client has an owner is not known.', from: ['unknown'] },
    ],
    handling: 'Refuses it before anything is sent (`grant_not_allowed`).',
  },
  developer_refresh: {
    question: "How does the service refuse a developer's refresh token?",
    known: [
      { text: 'The response includes one, and it does not work.', from: ['reported'] },
      {
        text: "The library refuses another client's token with 400 `invalid_grant` and `Invalid refresh token`. It would refresh a developer's own token.",
        from: ['server_source'],
      },
    ],
    handling: "Never sends one. The sandbox refuses it like another client's token.",
  },
  user_client_refresh: {
    question: "Can a user client's tokens be refreshed?",
    known: [
      { text: 'Refreshing is documented only for product tokens.', from: ['reported', 'documented'] },
      { text: "The library would refresh any client's own token.", from: ['server_source'] },
    ],
    handling: 'Never tries it. Requests a new token with `client_credentials`.',
  },
  credentials_in_second_request: {
    question: 'Does the service read `username` and `password` in the second request of an MFA sign-in?',
    known: [
      { text: "Particle's own clients leave both out.", from: ['documented', 'clients'] },
      { text: 'The report sent the username again and got tokens.', from: ['reported'] },
    ],
    handling: 'The session leaves both out. The protocol functions can send them.',
  },
  remembered_lifetime: {
    question: 'Does the live service remember lifetime and scope of the first request with the `mfa_token`?',
    known: [{ text: 'The library can, but drops a `0`.', from: ['server_source'] }],
    handling: 'Sends `expires_in` in both requests, and reads the lifetime from the response.',
  },
  mfa_token_lifetime: {
    question: 'How long is an `mfa_token` valid?',
    known: [],
    handling:
      'Ends a challenge after 10 minutes (configurable), because an expired one probably looks like a wrong code.',
  },
  mfa_token_unknown: {
    question: 'How does the service answer an unknown or expired `mfa_token`?',
    known: [{ text: 'A wrong code is answered with 401 `invalid_token`.', from: ['server_source'] }],
    handling: 'Treats it as a wrong code, and says to sign in again after 3 of them.',
  },
  wrong_code_effect: {
    question: 'Does a wrong code invalidate the `mfa_token`?',
    known: [{ text: "Particle's CLI accepts three codes for the same one.", from: ['clients'] }],
    handling: 'Keeps the `mfa_token` for 3 attempts (configurable), then says to sign in again.',
  },
  code_twice: {
    question: 'Can a code be used twice?',
    known: [],
    handling: 'Never sends the same code again.',
  },
  recovery_codes: {
    question: 'Does the live token endpoint accept recovery codes?',
    known: [
      { text: 'The library has a grant for them.', from: ['server_source'] },
      { text: 'The documentation says that they work only at login.particle.io.', from: ['documented'] },
    ],
    handling: 'Can send one, and points to login.particle.io.',
  },
  sso_client: {
    question:
      "Which client id may other programs use at the identity provider for a company's SSO, and which audience do its tokens have?",
    known: [
      { text: 'particle-cli uses its own client id, and checks neither issuer nor audience.', from: ['clients'] },
      { text: 'Whether other programs may use that client id is not known.', from: ['unknown'] },
    ],
    handling:
      '`@particle-grants/sso` has no default for either. It names the audience of a token that has another one.',
  },
  refresh_token_lifetime: {
    question: 'How long is a refresh token valid?',
    known: [
      { text: '14 days, as the API reference is quoted.', from: ['documented_secondhand'] },
      { text: "14 days after the access token's expiry, by the library's default.", from: ['server_source'] },
    ],
    handling: 'Never decides by its age. Sends it and reads the response.',
  },
  existing_customer: {
    question: 'What does the service answer when a customer to be created exists already?',
    known: [],
    handling: 'Reports the refusal as `oauth_error` and keeps the stored tokens.',
  },
  api_user_out_of_scope: {
    question: 'How does the service answer a call that the scopes of an API user do not list?',
    known: [
      { text: 'The documentation says: a standard 400 `unauthorized`.', from: ['documented'] },
      { text: 'A user of the service got `invalid_scope` for such a call.', from: ['community'] },
    ],
    handling: 'Takes both, and 403, for a refusal of the token (`api_error`). The sandbox answers 400 `unauthorized`.',
  },
  api_user_own_token: {
    question: 'May an API user call `/v1/access_tokens/current`?',
    known: [],
    handling:
      'A rotation takes a refusal as proof, too: an invalid token would be answered with 401. The sandbox allows the call.',
  },
  api_user_same_scopes: {
    question: 'Does the token of an API user end when its scopes are set to the same ones, or its name is changed?',
    known: [{ text: 'The token changes when the scopes change.', from: ['documented'] }],
    handling: 'A rotation never changes the API user in use, not even its name. The sandbox ends the token.',
  },
  deleted_client: {
    question: 'Do the tokens of an OAuth client end when the client is deleted?',
    known: [],
    handling: 'Relies on neither. The sandbox ends them.',
  },
  retry_after: {
    question: 'Does a response with status 429 have `Retry-After`?',
    known: [],
    handling:
      'Waits that long, at most 30 minutes. Without it: 30 minutes after 9 refusals in a row, and otherwise 5 minutes for automatic requests.',
  },
  what_counts_as_failed: {
    question: 'Which responses count towards the lockout: `mfa_required`? A refused refresh?',
    known: [{ text: 'Ten failed token requests in a row block the IP address.', from: ['documented'] }],
    handling: 'Counts every refusal, but not `mfa_required`, and stops automatic requests at 9 in a row.',
  },
  count_fades: {
    question: 'Does the count of failed requests decrease with time?',
    known: [],
    handling: 'Assumes that only a success sets it to zero.',
  },
} as const satisfies Readonly<Record<string, Unknown>>

/** The name of an open question, which is also its anchor. */
export type UnknownId = keyof typeof unknowns
