import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** What explains `password`. */
export const password: GrantReference<'password'> = {
  title: 'Username and password',
  summary: 'Signs in with a username and a password. An account with MFA is asked for a second step.',
  whenToUse: [
    'You want a token for your own account and can type the password, or a script can read it from a safe place.',
    'A customer of your product signs in with a password of their own.',
    'Not for accounts that sign in through SSO, and not for a back end that has a client of its own: `client_credentials` needs no password.',
  ],
  clients: {
    developer: { text: 'Your own account.', from: ['reported', 'documented', 'server_source'] },
    product: { text: 'A customer of that product.', from: ['documented'] },
    user: { text: 'Your own account.', from: ['documented'] },
  },
  fields: {
    username: {
      meaning: "The account's email, or the customer's.",
      example: 'dev@example.com',
      from: ['reported', 'documented', 'server_source', 'observed'],
    },
    password: {
      meaning: 'The password that goes with it. An empty one is answered with `invalid_client`.',
      example: 'correct horse',
      from: ['reported', 'documented', 'server_source', 'observed'],
    },
    ...lifetimeFields(['documented', 'server_source']),
    scope: {
      meaning: 'What to limit the token to.',
      example: 'devices:list',
      from: ['server_source'],
    },
  },
  outcomes: {
    tokens: { text: 'An access token.', from: ['reported', 'documented', 'server_source', 'observed'] },
    mfa_required: {
      text: 'The password was right and the account has MFA. Keep the `mfa_token` and send the second step, `urn:custom:mfa-otp`.',
      from: ['reported', 'documented', 'server_source'],
    },
  },
  lifetimes: [
    {
      text: 'The access token lives 90 days, unless asked otherwise.',
      from: ['reported', 'documented', 'observed'],
    },
    {
      text: "A developer's token cannot be renewed: sign in again. A customer's can, with `refresh_token`.",
      from: ['reported', 'documented'],
    },
  ],
  questions: [
    'mfa_token_or_mfa_otp',
    'refresh_token_useless',
    'how_long',
    'never_expires',
    'sso',
    'lockout',
    'customer_name',
  ],
  pages: ['access_tokens', 'web_page', 'authentication'],
}
