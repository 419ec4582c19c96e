import type { Fact, Provenance } from './sources.ts'

/** Explains one field of a response. */
export interface ResponseField {
  readonly meaning: string
  readonly example: string
  /** Whether every response of this kind has it. */
  readonly always: boolean
  readonly from: Provenance
  readonly facts: readonly Fact[]
}

/** The fields of a response with tokens. */
export const successFields = {
  token_type: {
    meaning: 'The type of the access token: a bearer token.',
    example: 'bearer',
    always: true,
    from: ['reported', 'documented', 'server_source', 'observed'],
    facts: [],
  },
  access_token: {
    meaning: 'The token for the rest of the API: send it as `Authorization: Bearer …`.',
    example: '0123456789abcdef0123456789abcdef01234567',
    always: true,
    from: ['reported', 'documented', 'server_source', 'observed'],
    facts: [
      { text: 'It is opaque. It is not a JWT and contains neither owner nor expiry.', from: ['documented'] },
      { text: 'In the report it has 40 hexadecimal digits.', from: ['reported'] },
      {
        text: 'Sending it in the body is deprecated. Sending it in the URL is discontinued, and refused for accounts created after 4 December 2024.',
        from: ['documented'],
      },
    ],
  },
  expires_in: {
    meaning: 'The lifetime of the access token in seconds.',
    example: '7776000',
    always: false,
    from: ['reported', 'server_source', 'observed'],
    facts: [
      { text: '7,776,000 seconds (90 days), unless you requested another lifetime.', from: ['reported', 'observed'] },
      {
        text: '`0`, or no such field: the token never expires. It does not mean that it has expired.',
        from: ['server_source'],
      },
      { text: 'A lifetime requested with `expires_at` is also returned as `expires_in`.', from: ['server_source'] },
    ],
  },
  refresh_token: {
    meaning: 'The token that renews the access token. Only clients of a product can use it.',
    example: '89abcdef0123456789abcdef0123456789abcdef',
    always: false,
    from: ['reported', 'server_source'],
    facts: [
      { text: "A developer's response has one too, but it does not work.", from: ['reported'] },
      { text: 'A token that never expires has no refresh token.', from: ['server_source'] },
      { text: 'It can be used once, and only with the client that it was issued to.', from: ['server_source'] },
    ],
  },
  scope: {
    meaning: 'What the token is limited to, such as one customer.',
    example: 'customer=jane@example.com',
    always: false,
    from: ['server_source'],
    facts: [{ text: 'Some responses include the requested scope, some do not.', from: ['community'] }],
  },
} as const satisfies Readonly<Record<string, ResponseField>>

/** The fields of a response with an error, and of `mfa_required`. */
export const errorFields = {
  error: {
    meaning: 'The error code. Decide by this field.',
    example: 'invalid_grant',
    always: true,
    from: ['documented', 'server_source'],
    facts: [],
  },
  error_description: {
    meaning: 'The reason, for people. The wording changes, so never decide by it.',
    example: 'User credentials are invalid',
    always: true,
    from: ['server_source', 'observed'],
    facts: [{ text: 'It is not always a string. Ignore it then.', from: ['server_source'] }],
  },
  mfa_token: {
    meaning: 'Only with `mfa_required`: send it in the second request.',
    example: '6e16f915-29f5-9b2b-b752-451a73ec6102',
    always: false,
    from: ['reported', 'documented', 'server_source'],
    facts: [],
  },
} as const satisfies Readonly<Record<string, ResponseField>>
