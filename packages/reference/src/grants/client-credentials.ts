import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** Explains `client_credentials`. */
export const clientCredentials: GrantReference<'client_credentials'> = {
  title: 'Get a token for a product, a customer or a script',
  summary:
    "Send the client's id and secret. You get a token for the product, with `scope=customer=…` for one of its customers, or for your own account. MFA is never required.",
  whenToUse: [
    "Your back end works with its product's devices.",
    'Your back end works for customers of its product.',
    'A script works with your own account and should not know your password.',
    'A token that was requested this way expires soon: request a new one the same way.',
  ],
  clients: {
    product: {
      text: 'The product, or with `scope=customer=…` one of its customers.',
      from: ['reported', 'documented', 'server_source'],
    },
    user: { text: 'Your own account.', from: ['documented', 'server_source'] },
  },
  fields: {
    scope: {
      meaning: 'Whose token you want: `customer=` and the name of the customer. Leave it out for the product.',
      example: 'customer=jane@example.com',
      from: ['documented', 'server_source'],
      facts: [
        { text: 'Some responses include the requested scope, some do not.', from: ['community'] },
        {
          text: 'Never use a token whose response names another scope than you requested. This is a rule of this project.',
          from: ['inferred'],
        },
      ],
    },
    ...lifetimeFields(['documented_secondhand', 'observed']),
  },
  outcomes: {
    tokens: { text: 'An access token. MFA is never required.', from: ['reported', 'documented', 'server_source'] },
  },
  lifetimes: [
    { text: 'The access token is valid for 90 days, unless you request another lifetime.', from: ['documented'] },
    {
      text: 'When it expires, request a new one the same way. You do not need the refresh token in the response.',
      from: ['documented_secondhand', 'server_source'],
    },
  ],
  questions: [
    'client_credentials_location',
    'product_client_source',
    'customer_name',
    'customers_in_console',
    'one_token_or_many',
    'refresh_or_request',
    'mfa_with_client_credentials',
    'secret_as_token',
    'forbidden',
    'ci',
    'how_long',
    'never_expires',
    'lockout',
  ],
  pages: ['authentication', 'cloud_api_tutorial', 'api_reference'],
}
