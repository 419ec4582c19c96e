import type { Call } from './call.ts'

/** Looking at tokens, revoking them, using them. */
export const tokenCalls = {
  token_info: {
    title: 'Look at the current access token',
    method: 'GET',
    path: '/v1/access_tokens/current',
    authentication: 'bearer',
    fields: {},
    answer: '{"expires_at":"2027-02-21T12:00:00.000Z","client_id":"particle","scopes":[],"orgs":[]}',
    from: ['documented_secondhand', 'clients', 'observed'],
    facts: [
      { text: 'The client stands in `client_id` or in `client`.', from: ['clients', 'observed'] },
      {
        text: '`expires_at` is `null` or absent for a token that never expires.',
        from: ['clients', 'observed'],
      },
    ],
    pages: ['api_reference'],
  },
  revoke_current: {
    title: 'Revoke the current access token',
    method: 'DELETE',
    path: '/v1/access_tokens/current',
    authentication: 'bearer',
    fields: {},
    answer: '{"ok":true}',
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
    answer: '{"ok":true}',
    from: ['documented', 'clients'],
    facts: [],
    pages: [],
  },
  revoke_named: {
    title: 'Revoke an access token by naming it',
    method: 'DELETE',
    path: '/v1/access_tokens/:token',
    authentication: 'none',
    deprecated: true,
    fields: {},
    answer: '{"ok":true}',
    from: ['clients', 'documented_secondhand'],
    facts: [
      { text: 'particle-api-js sends it without any authentication.', from: ['clients'] },
      { text: 'It is deprecated in favour of `/v1/access_tokens/current`.', from: ['documented_secondhand'] },
    ],
    pages: [],
  },
  list_tokens: {
    title: 'List access tokens',
    method: 'GET',
    path: '/v1/access_tokens',
    authentication: 'basic',
    fields: { otp: 'optional' },
    answer: '[{"token":"…"}]',
    from: ['documented_secondhand', 'observed'],
    facts: [
      {
        text: 'It takes username and password with HTTP Basic, and lists tokens in the clear.',
        from: ['documented_secondhand', 'observed'],
      },
      {
        text: 'An account with MFA sends `otp`, too.',
        from: ['documented_secondhand'],
      },
      {
        text: 'In which place `otp` stands is not known. A GET has no body, so the query is what is left.',
        from: ['unknown'],
      },
      { text: 'How it is refused is not known.', from: ['unknown'] },
      { text: "Particle's CLI has had no such command since 3.28.", from: ['clients'] },
    ],
    pages: [],
  },
  devices: {
    title: 'Use a token: list devices',
    method: 'GET',
    path: '/v1/devices',
    authentication: 'bearer',
    fields: {},
    answer: '[]',
    from: ['server_source', 'observed'],
    facts: [
      {
        text: 'As everywhere in the API, a bad access token is answered with 401 and `invalid_token`.',
        from: ['server_source', 'observed'],
      },
    ],
    pages: ['cloud_api_tutorial'],
  },
} as const satisfies Readonly<Record<string, Call>>
