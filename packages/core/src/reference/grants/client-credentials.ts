import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** What explains `client_credentials`. */
export const clientCredentials: GrantReference<'client_credentials'> = {
  title: "The client's own credentials",
  summary:
    "Asks with the client's id and secret alone: for its owner, or for a customer of its product. MFA is never asked.",
  whenToUse: [
    'A back end works with its product, or for many customers of it.',
    'A script works with your own account and should not know your password.',
    'A token of such a client is about to end: ask again in the same way.',
  ],
  clients: {
    product: {
      text: "The client's owner, and with `scope=customer=…` a customer of the product.",
      from: ['reported', 'documented', 'server_source'],
    },
    user: { text: 'Your own account.', from: ['documented', 'server_source'] },
  },
  fields: {
    scope: {
      meaning: 'Whom the token is for: `customer=` and the name of a customer. Without it, the owner.',
      example: 'customer=jane@example.com',
      from: ['documented', 'server_source'],
      facts: [
        {
          text: 'An answer that carries another scope than was asked for must not be used.',
          from: ['documented', 'observed'],
        },
      ],
    },
    ...lifetimeFields(['documented_secondhand']),
  },
  outcomes: {
    tokens: {
      text: 'An access token. MFA is never asked.',
      from: ['reported', 'documented', 'server_source'],
    },
  },
  lifetimes: [
    {
      text: 'The access token lives 90 days, unless asked otherwise.',
      from: ['reported', 'server_source', 'observed'],
    },
    {
      text: 'Ask again when it ends. The refresh token that comes along is not needed.',
      from: ['documented_secondhand', 'server_source'],
    },
  ],
  questions: [
    'product_client_where',
    'customer_name',
    'refresh_or_ask_again',
    'mfa_with_client_credentials',
    'how_long',
    'never_expires',
    'lockout',
  ],
  pages: ['authentication', 'cloud_api_tutorial', 'api_reference'],
}
