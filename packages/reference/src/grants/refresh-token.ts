import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** Explains `refresh_token`. */
export const refreshToken: GrantReference<'refresh_token'> = {
  title: "Renew a customer's token",
  summary:
    'Send the refresh token. You get a new access token and the next refresh token. It works only for tokens of a product client.',
  whenToUse: [
    'A customer of your product signed in with a password, and the access token expires soon.',
    "Do not use it for a developer's token: its refresh token does not work.",
    'Do not use it for `client_credentials`: request a new token instead.',
  ],
  clients: {
    product: { text: 'Tokens that were issued to this client.', from: ['reported', 'documented', 'server_source'] },
  },
  fields: {
    refresh_token: {
      meaning: 'The refresh token from the last response. It can be used once.',
      example: '89abcdef0123456789abcdef0123456789abcdef',
      from: ['reported', 'documented', 'server_source'],
      facts: [
        {
          text: 'The server revokes it before it saves the next one. If the response is lost, both are lost.',
          from: ['server_source'],
        },
      ],
    },
    expires_in: {
      ...lifetimeFields(['server_source']).expires_in,
      facts: [
        {
          text: 'The server does not remember the lifetime of the old token. Request it again.',
          from: ['server_source'],
        },
      ],
    },
  },
  outcomes: {
    tokens: {
      text: 'A new access token, and the next refresh token.',
      from: ['reported', 'documented', 'server_source'],
    },
  },
  lifetimes: [
    {
      text: 'A refresh token is valid for 14 days, as others quote the API reference. Then a refresh on day 90, when the access token expires, is too late: refresh within 14 days, or use `client_credentials`.',
      from: ['documented_secondhand'],
    },
    {
      text: "The server library's default is 14 days after the expiry of the access token. So do not decide by the age of a refresh token: send it and see.",
      from: ['server_source'],
    },
  ],
  questions: [
    'refresh_token_rejected',
    'lost_refresh_response',
    'refresh_or_request',
    'revoke_refresh_token',
    'how_long',
  ],
  pages: ['authentication'],
}
