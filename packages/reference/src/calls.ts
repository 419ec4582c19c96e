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
  /** The scope that an API user needs for it, if API users may make it. */
  readonly scope?: string
  /** The status of a success. @default 200 */
  readonly status?: 204
  /** The JSON of a response, with the known fields. `null` with the status 204. */
  readonly response: string
  /** How the call is refused, as far as that differs from call to call. */
  readonly errors?: readonly Fact[]
  readonly from: Provenance
  readonly facts: readonly Fact[]
  readonly pages: readonly PageId[]
}

const refusedToken: Fact = {
  text: 'A valid token that may not do this is answered with 403.',
  from: ['documented', 'community'],
}
const administratorsOnly: Fact = {
  text: "It takes an administrator's token. An API user's is answered with 400 `unauthorized`.",
  from: ['documented'],
}
const organizations: Fact = {
  text: 'For an organisation the path starts with `/v1/orgs/:orgIdOrSlug/team`.',
  from: ['documented'],
}
const deletedClientTokens: Fact = {
  text: 'Whether the tokens of the client end with it is not known.',
  from: ['unknown'],
}

/** The calls next to the token endpoint: tokens, accounts, MFA, customers, clients, API users. */
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
  list_customers: {
    title: 'List the customers of a product',
    method: 'GET',
    path: '/v1/products/:productIdOrSlug/customers',
    authentication: 'bearer',
    fieldsIn: 'query',
    fields: { page: 'optional', perPage: 'optional' },
    scope: 'customers:list',
    response: '{"customers":[{"username":"jane@example.com"}],"meta":{"total_pages":1}}',
    from: ['documented_secondhand'],
    facts: [
      {
        text: 'The names of the fields and the form of the response are not known. The example is made up, like the list of devices of a product.',
        from: ['unknown'],
      },
    ],
    errors: [refusedToken],
    pages: ['api_reference'],
  },
  delete_customer: {
    title: 'Delete a customer of a product',
    method: 'DELETE',
    path: '/v1/products/:productIdOrSlug/customers/:email',
    authentication: 'bearer',
    fields: {},
    scope: 'customers:remove',
    response: '{"ok":true}',
    from: ['documented_secondhand'],
    facts: [
      { text: "The customer's tokens become invalid.", from: ['community'] },
      { text: 'The form of the response is not known. The example is made up.', from: ['unknown'] },
    ],
    errors: [refusedToken],
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
  list_user_clients: {
    title: 'List the clients of your own account',
    method: 'GET',
    path: '/v1/clients',
    authentication: 'bearer',
    fields: {},
    response: '{"ok":true,"clients":[{"name":"my-scripts","type":"installed","id":"my-scripts-5678"}]}',
    from: ['documented_secondhand', 'clients'],
    facts: [{ text: 'The list has no secrets.', from: ['documented_secondhand'] }],
    pages: ['api_reference'],
  },
  delete_user_client: {
    title: 'Delete a client of your own account',
    method: 'DELETE',
    path: '/v1/clients/:clientId',
    authentication: 'bearer',
    fields: {},
    status: 204,
    response: 'null',
    from: ['documented_secondhand', 'clients'],
    facts: [deletedClientTokens],
    pages: ['api_reference'],
  },
  create_product_client: {
    title: 'Create a client of a product',
    method: 'POST',
    path: '/v1/products/:productIdOrSlug/clients',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { name: 'required', type: 'required', redirect_uri: 'optional', scope: 'optional' },
    scope: 'clients:create',
    response: '{"ok":true,"client":{"name":"my-product","type":"installed","id":"my-product-1234","secret":"…"}}',
    from: ['documented', 'documented_secondhand', 'clients'],
    facts: [{ text: 'The secret is shown only in this response.', from: ['documented_secondhand', 'clients'] }],
    errors: [refusedToken],
    pages: ['api_reference', 'authentication'],
  },
  list_product_clients: {
    title: 'List the clients of a product',
    method: 'GET',
    path: '/v1/products/:productIdOrSlug/clients',
    authentication: 'bearer',
    fields: {},
    scope: 'clients:list',
    response: '{"ok":true,"clients":[{"name":"my-product","type":"installed","id":"my-product-1234"}]}',
    from: ['documented_secondhand', 'clients'],
    facts: [{ text: 'The list has no secrets.', from: ['documented_secondhand'] }],
    errors: [refusedToken],
    pages: ['api_reference'],
  },
  delete_product_client: {
    title: 'Delete a client of a product',
    method: 'DELETE',
    path: '/v1/products/:productIdOrSlug/clients/:clientId',
    authentication: 'bearer',
    fields: {},
    scope: 'clients:remove',
    status: 204,
    response: 'null',
    from: ['documented_secondhand', 'clients'],
    facts: [deletedClientTokens],
    errors: [refusedToken],
    pages: ['api_reference'],
  },
  create_api_user: {
    title: 'Create an API user of a product',
    method: 'POST',
    path: '/v1/products/:productIdOrSlug/team',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { friendly_name: 'required', scopes: 'required' },
    response:
      '{"ok":true,"created":{"username":"ci+g7lvvcczos@api.particle.io","is_programmatic":true,"tokens":[{"token":"…"}]}}',
    from: ['documented'],
    facts: [
      organizations,
      { text: 'The token is shown only in this response.', from: ['inferred'] },
      { text: 'The username starts with the name, in lower case, with hyphens for its spaces.', from: ['clients'] },
    ],
    errors: [administratorsOnly],
    pages: ['api_reference'],
  },
  list_api_users: {
    title: 'List the team of a product, with its API users',
    method: 'GET',
    path: '/v1/products/:productIdOrSlug/team',
    authentication: 'bearer',
    fields: {},
    response:
      '{"ok":true,"team":[{"username":"jane@example.com","role":{"id":"000000000000000000000002","name":"Administrator"}},{"username":"ci+g7lvvcczos@api.particle.io","is_programmatic":true}]}',
    from: ['documented', 'clients'],
    facts: [
      organizations,
      { text: 'API users are those with `is_programmatic`.', from: ['documented'] },
      {
        text: "The types of particle-api-js 12 also have `friendly_name`, `scopes` and `product_id`, each optional. The documentation's example has none of them.",
        from: ['documented', 'clients'],
      },
      {
        text: 'The list of a product also has the API users of the other products of its organisation.',
        from: ['documented_secondhand'],
      },
    ],
    errors: [administratorsOnly],
    pages: ['api_reference'],
  },
  update_api_user: {
    title: 'Change the scopes of an API user',
    method: 'PUT',
    path: '/v1/products/:productIdOrSlug/team/:username',
    authentication: 'bearer',
    fieldsIn: 'json',
    fields: { friendly_name: 'required', scopes: 'required' },
    response:
      '{"ok":true,"created":{"username":"ci+g7lvvcczos@api.particle.io","is_programmatic":true,"tokens":[{"token":"…"}]}}',
    from: ['documented'],
    facts: [
      organizations,
      { text: 'The old token ends, and the response has the next one.', from: ['documented'] },
      {
        text: 'The form of the response is not known. The example is that of a creation.',
        from: ['unknown'],
      },
      {
        text: 'The documentation advises to create a second API user first, to use its token, and then to delete the first, where the old token must not end too early.',
        from: ['documented'],
      },
      {
        text: 'Whether the token also ends with the same scopes, or with another name only, is not known. Nor is it known whether `friendly_name` may be left out.',
        from: ['unknown'],
      },
    ],
    errors: [administratorsOnly],
    pages: ['api_reference'],
  },
  delete_api_user: {
    title: 'Delete an API user',
    method: 'DELETE',
    path: '/v1/products/:productIdOrSlug/team/:username',
    authentication: 'bearer',
    fields: {},
    response: '{"ok":true}',
    from: ['documented', 'clients'],
    facts: [
      organizations,
      { text: 'The token of the API user ends.', from: ['documented'] },
      { text: 'With the username of a person, the same call removes the person from the team.', from: ['clients'] },
      { text: 'The form of the response is not known. The example is made up.', from: ['unknown'] },
    ],
    errors: [administratorsOnly],
    pages: ['api_reference'],
  },
} as const satisfies Readonly<Record<string, Call>>

/** The name of a call, which is also its anchor. */
export type CallId = keyof typeof calls

/** API users: their tokens do not come from the token endpoint. */
export const apiUsers: readonly Fact[] = [
  {
    text: 'An API user belongs to a product or an organisation, and has the scopes that you list, such as `devices:list`.',
    from: ['documented'],
  },
  {
    text: 'Its token is in the response that creates it, and never expires.',
    from: ['documented', 'documented_secondhand'],
  },
  {
    text: 'It has one valid token at a time. Other scopes mean a new token, and the old one ends.',
    from: ['documented', 'community'],
  },
  {
    text: 'It has no password: it cannot sign in to the Console, administer users, or receive emails. Calls for people are answered with 400 `unauthorized`.',
    from: ['documented'],
  },
  { text: 'The documentation recommends API users for servers.', from: ['documented'] },
]
