import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** What explains `refresh_token`. */
export const refreshToken: GrantReference<'refresh_token'> = {
  title: 'A new token for an old one',
  summary: 'Trades a refresh token for a new pair of tokens. It works for tokens of a product client only.',
  whenToUse: [
    'A customer of your product signed in with a password, and the token nears its end.',
    "Not for a developer's token: its refresh token does not work. Not for `client_credentials`: ask again instead.",
  ],
  clients: {
    product: {
      text: 'Tokens that were issued to this very client.',
      from: ['reported', 'documented', 'server_source'],
    },
  },
  fields: {
    refresh_token: {
      meaning: 'The refresh token of the last answer. It is good once.',
      example: '89abcdef0123456789abcdef0123456789abcdef',
      from: ['reported', 'documented', 'server_source'],
      facts: [
        {
          text: 'The server revokes it before it saves the next one, so an answer that is lost on the way loses it.',
          from: ['server_source'],
        },
      ],
    },
    expires_in: {
      ...lifetimeFields(['server_source']).expires_in,
      facts: [
        {
          text: 'The lifetime of the old token is not remembered. Ask for it again.',
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
      text: 'If the 14 days hold, a refresh when the access token ends on day 90 comes too late. Refresh within them, or ask with `client_credentials`.',
      from: ['documented_secondhand'],
    },
    {
      text: 'A refresh token lives 14 days, according to the API reference as others quote it.',
      from: ['documented_secondhand'],
    },
    {
      text: "The library's default is 14 days beyond the access token's end. So never judge a refresh token by its age alone: ask.",
      from: ['server_source'],
    },
  ],
  questions: [
    'refresh_token_useless',
    'lost_refresh_answer',
    'refresh_or_ask_again',
    'revoke_refresh_token',
    'how_long',
  ],
  pages: ['authentication'],
}
