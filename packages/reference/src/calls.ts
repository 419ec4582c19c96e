import type { PageId } from './pages.ts'
import type { Fact, Provenance } from './sources.ts'

/** An API call about tokens, accounts, customers or clients. */
export interface Call {
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** `bearer`: an access token; `basic`: username and password; `client`: the client's id and secret. */
  readonly authentication: 'bearer' | 'basic' | 'client' | 'none'
  /** Where its fields are sent. Absent where it has none. */
  readonly fieldsIn?: 'form' | 'json' | 'query'
  /** Its fields, and whether they are required. */
  readonly fields: Readonly<Record<string, 'required' | 'optional'>>
  readonly deprecated?: true
  /** The JSON of a response, with the known fields. */
  readonly response: string
  readonly from: Provenance
  readonly facts: readonly Fact[]
  readonly pages: readonly PageId[]
}

/** The calls next to the token endpoint: tokens, accounts, MFA, customers, clients. */
export const calls = {
  // Access tokens
  token_info: {
    title: 'Get the expiry and client of the current access token',
    method: 'GET',
    path: '/v1/access_tokens/current',
    authentication: 'bearer',
    fields: {},
    response: '{"expires_at":"2027-02-21T12:00:00.000Z","client_id":"particle","scopes":[],"orgs":[]}',
    from: ['documented_secondhand', 'clients', 'observed'],
    facts: [
      { text: 'The client is in `client_id` or in `client`.', from: ['clients', 'observed'] },
      { text: '`expires_at` is `null` or absent for a token that never expires.', from: ['clients', 'observed'] },
    ],
    pages: ['api_reference'],
  },
  revoke_current: {
    title: 'Revoke the current access token',
    method: 'DELETE',
    path: '/v1/access_tokens/current',
    authentication: 'bearer',
    fields: {},
    response: '{"ok":true}',
    from: ['documented', 'clients'],
    facts: [],
    pages: ['web_page'],
  },
  revoke_all: {
    title: 'Revoke all access tokens of the account',
    method: 'DELETE',
    path: '/v1/access_tokens',
    authentication: 'bearer',
    fields: {},
    response: '{"ok":true}',
    from: ['documented', 'clients'],
    facts: [],
    pages: [],
  },
  revoke_named: {
    title: 'Revoke an access token that is named in the URL',
    method: 'DELETE',
    path: '/v1/access_tokens/:token',
    authentication: 'none',
    deprecated: true,
    fields: {},
    response: '{"ok":true}',
    from: ['clients', 'documented_secondhand'],
    facts: [
      { text: 'particle-api-js sends it without authentication.', from: ['clients'] },
      { text: 'Use `/v1/access_tokens/current` instead.', from: ['documented_secondhand'] },
    ],
    pages: [],
  },
  list_tokens: {
    title: 'List access tokens',
    method: 'GET',
    path: '/v1/access_tokens',
    authentication: 'basic',
    fieldsIn: 'query',
    fields: { otp: 'optional' },
    response: '[{"token":"…"}]',
    from: ['documented_secondhand', 'observed'],
    facts: [
      { text: 'The response contains the tokens in plain text.', from: ['documented_secondhand', 'observed'] },
      { text: 'An account with MFA sends `otp` in the query, and gets 403 without it.', from: ['community'] },
      {
        text: 'A wrong password is answered with 401 `{"ok":false,"errors":["Bad password"]}`, an unknown username with 400 and `Unknown user`.',
        from: ['observed'],
      },
      { text: "Particle's CLI has no such command since 3.28.", from: ['clients'] },
      { text: 'Whether it still works is not known.', from: ['unknown'] },
    ],
    pages: [],
  },
  devices: {
    title: 'Use a token: list devices',
    method: 'GET',
    path: '/v1/devices',
    authentication: 'bearer',
    fields: {},
    response: '[]',
    from: ['server_source', 'observed'],
    facts: [
      {
        text: 'An invalid access token is answered with 401 `invalid_token`, as everywhere in the API.',
        from: ['server_source', 'observed'],
      },
    ],
    pages: ['cloud_api_tutorial'],
  },

  // The account, MFA, customers and clients
  user: {
    title: 'Get the account',
    method: 'GET',
    path: '/v1/user',
    authentication: 'bearer',
    fields: {},
    response: '{"username":"jane@example.com","mfa":{"enabled":true}}',
    from: ['clients'],
    facts: [
      { text: 'The response has more fields.', from: ['clients'] },
      { text: "An API user's token is answered with 400 `unauthorized`.", from: ['documented_secondhand', 'clients'] },
    ],
    pages: [],
  },
  start_mfa_enrolment: {
    title: 'Start MFA set-up',
    method: 'GET',
    path: '/v1/user/mfa-enable',
    authentication: 'bearer',
    fields: {},
    response: '{"mfa_token":"…","qr_url":"…","secret":"…"}',
    from: ['clients'],
    facts: [
      { text: '`secret` is usually included.', from: ['clients'] },
      {
        text: '`qr_url` contains the secret. Create the QR code locally, and never fetch that URL.',
        from: ['clients'],
      },
    ],
    pages: ['two_step_authentication'],
  },
  confirm_mfa_enrolment: {
    title: 'Finish MFA set-up',
    method: 'POST',
    path: '/v1/user/mfa-enable',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { mfa_token: 'required', otp: 'required', invalidate_tokens: 'optional' },
    response: '{"enrolled":true}',
    from: ['clients'],
    facts: [
      { text: 'The response may have `tokens`, and the current token may be invalid afterwards.', from: ['clients'] },
      { text: 'How a wrong code is answered is not known.', from: ['unknown'] },
    ],
    pages: ['two_step_authentication'],
  },
  disable_mfa: {
    title: 'Switch MFA off',
    method: 'PUT',
    path: '/v1/user/mfa-disable',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { current_password: 'required' },
    response: '{"ok":true}',
    from: ['clients'],
    facts: [{ text: 'How a wrong password is answered is not known.', from: ['unknown'] }],
    pages: ['two_step_authentication'],
  },
  create_customer: {
    title: 'Create a customer of a product',
    method: 'POST',
    path: '/v1/products/:productIdOrSlug/customers',
    authentication: 'client',
    fieldsIn: 'form',
    fields: { grant_type: 'optional', email: 'required', password: 'optional', no_password: 'optional' },
    response: '{"token_type":"bearer","access_token":"…","expires_in":7776000,"refresh_token":"…"}',
    from: ['documented', 'clients'],
    facts: [
      {
        text: "It takes the product client's id and secret, and responds like the token endpoint.",
        from: ['documented', 'clients'],
      },
      { text: 'Send `password` or `no_password=true`.', from: ['documented', 'clients'] },
      {
        text: "The documented curl command sends no `grant_type`. Particle's clients send `grant_type=client_credentials`.",
        from: ['documented', 'clients'],
      },
      { text: 'How an existing customer is answered is not known.', from: ['unknown'] },
    ],
    pages: ['authentication', 'cloud_api_tutorial'],
  },
  delete_customer: {
    title: 'Delete a customer of a product',
    method: 'DELETE',
    path: '/v1/products/:productIdOrSlug/customers/:email',
    authentication: 'bearer',
    fields: {},
    response: '{"ok":true}',
    from: ['documented_secondhand'],
    facts: [
      { text: "The customer's tokens become invalid.", from: ['community'] },
      { text: 'The form of the response is not known. The example is made up.', from: ['unknown'] },
    ],
    pages: ['api_reference'],
  },
  create_user_client: {
    title: 'Create a client of your own account',
    method: 'POST',
    path: '/v1/clients',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { name: 'required', type: 'required', redirect_uri: 'optional', scope: 'optional' },
    response: '{"ok":true,"client":{"id":"my-scripts-5678","secret":"…"}}',
    from: ['documented_secondhand', 'clients'],
    facts: [
      { text: 'The secret is shown only in this response.', from: ['documented_secondhand', 'clients'] },
      { text: '`type` is `installed`, or `web` with a `redirect_uri`.', from: ['documented_secondhand', 'clients'] },
    ],
    pages: ['api_reference'],
  },
  create_product_client: {
    title: 'Create a client of a product',
    method: 'POST',
    path: '/v1/products/:productIdOrSlug/clients',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { name: 'required', type: 'required', redirect_uri: 'optional', scope: 'optional' },
    response: '{"ok":true,"client":{"id":"my-product-1234","secret":"…"}}',
    from: ['documented', 'documented_secondhand', 'clients'],
    facts: [{ text: 'The secret is shown only in this response.', from: ['documented_secondhand', 'clients'] }],
    pages: ['api_reference', 'authentication'],
  },
  create_api_user: {
    title: 'Create an API user of a product',
    method: 'POST',
    path: '/v1/products/:productIdOrSlug/team',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { friendly_name: 'required', scopes: 'required' },
    response: '{"ok":true,"created":{"username":"…@api.particle.io","tokens":[{"token":"…"}]}}',
    from: ['documented', 'documented_secondhand'],
    facts: [
      { text: 'For an organisation: `POST /v1/orgs/:org/team`.', from: ['documented', 'documented_secondhand'] },
      {
        text: '`PUT …/team/:username` with other scopes issues a new token and invalidates the old one. `DELETE` removes the user and its token.',
        from: ['documented', 'documented_secondhand'],
      },
    ],
    pages: ['api_reference'],
  },
} as const satisfies Readonly<Record<string, Call>>

/** The name of a call, which is also its anchor. */
export type CallId = keyof typeof calls

/** API users: their tokens do not come from the token endpoint. */
export const apiUsers: readonly Fact[] = [
  {
    text: 'An API user belongs to a product or an organisation, and has the scopes that you list, such as `devices:list`.',
    from: ['documented', 'documented_secondhand'],
  },
  {
    text: 'Its token is in the response that creates it, and never expires. Other scopes mean a new token, and the old one ends.',
    from: ['documented', 'documented_secondhand'],
  },
  {
    text: 'It has no password: it cannot sign in, and calls for people are answered with 400 `unauthorized`.',
    from: ['documented_secondhand', 'clients'],
  },
  { text: 'The documentation recommends API users for servers.', from: ['documented'] },
]
