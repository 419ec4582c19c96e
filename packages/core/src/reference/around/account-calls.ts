import type { Call } from './call.ts'

/** The account and its MFA, and a product's customers. */
export const accountCalls = {
  user: {
    title: 'Look at the account',
    method: 'GET',
    path: '/v1/user',
    authentication: 'bearer',
    fields: {},
    answer: '{"username":"jane@example.com","mfa":{"enabled":true}}',
    from: ['clients'],
    facts: [{ text: 'The answer has more fields than these.', from: ['clients'] }],
    pages: [],
  },
  start_mfa_enrolment: {
    title: 'Begin to set up MFA',
    method: 'GET',
    path: '/v1/user/mfa-enable',
    authentication: 'bearer',
    fields: {},
    answer: '{"mfa_token":"…","qr_url":"…","secret":"…"}',
    from: ['clients'],
    facts: [
      { text: 'Mostly `secret` is there, too.', from: ['clients'] },
      {
        text: '`qr_url` holds the secret. Draw the code yourself, and never fetch that URL.',
        from: ['clients'],
      },
    ],
    pages: ['two_step_authentication'],
  },
  confirm_mfa_enrolment: {
    title: 'Confirm that MFA is set up',
    method: 'POST',
    path: '/v1/user/mfa-enable',
    authentication: 'bearer',
    fields: { mfa_token: 'required', otp: 'required', invalidate_tokens: 'optional' },
    answer: '{"enrolled":true}',
    from: ['clients'],
    facts: [
      { text: 'The body is JSON. `invalidate_tokens` is optional.', from: ['clients'] },
      {
        text: 'The answer may carry `tokens`, and the current token may be gone afterwards.',
        from: ['clients'],
      },
    ],
    pages: ['two_step_authentication'],
  },
  disable_mfa: {
    title: 'Switch MFA off',
    method: 'PUT',
    path: '/v1/user/mfa-disable',
    authentication: 'bearer',
    fields: { current_password: 'required' },
    answer: '{"ok":true}',
    from: ['clients'],
    facts: [{ text: 'The body is JSON.', from: ['clients'] }],
    pages: ['two_step_authentication'],
  },
  create_customer: {
    title: 'Create a customer of a product',
    method: 'POST',
    path: '/v1/products/:productIdOrSlug/customers',
    authentication: 'client',
    fields: { grant_type: 'required', email: 'required', password: 'optional', no_password: 'optional' },
    answer: '{"token_type":"bearer","access_token":"…","expires_in":7776000,"refresh_token":"…"}',
    from: ['documented', 'clients'],
    facts: [
      {
        text: "It takes the product client's id and secret with `grant_type=client_credentials`, and answers as the token endpoint does.",
        from: ['documented', 'clients'],
      },
      { text: 'Send a `password`, or `no_password=true`.', from: ['documented', 'clients'] },
    ],
    pages: ['authentication', 'cloud_api_tutorial'],
  },
} as const satisfies Readonly<Record<string, Call>>
