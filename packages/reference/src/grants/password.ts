import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** Explains `password`. */
export const password: GrantReference<'password'> = {
  title: 'Sign in with username and password',
  summary:
    'Send a username and a password. An account without MFA gets tokens; an account with MFA gets `403 mfa_required` and needs a second request.',
  whenToUse: [
    'You want a token for your own account and can type the password, or a script can read it from a secret store.',
    'A customer of your product signs in with a password.',
    'Do not use it for accounts that sign in through SSO.',
    'Do not use it in a back end that has its own client: `client_credentials` needs no password.',
  ],
  clients: {
    developer: { text: 'Your own account.', from: ['reported', 'documented', 'server_source'] },
    product: { text: 'A customer of that product.', from: ['documented'] },
    user: { text: 'Your own account.', from: ['documented'] },
  },
  fields: {
    username: {
      meaning: 'The email address of the account or the customer.',
      example: 'dev@example.com',
      from: ['reported', 'documented', 'server_source', 'observed'],
      facts: [{ text: 'Email addresses are case-insensitive.', from: ['documented'] }],
    },
    password: {
      meaning: 'The password of that account. An empty password is answered with `invalid_client`.',
      example: 'correct horse',
      from: ['reported', 'documented', 'server_source', 'observed'],
    },
    ...lifetimeFields(['documented_secondhand', 'server_source', 'observed']),
    scope: {
      meaning: 'Limits the token to this scope.',
      example: 'devices:list',
      from: ['server_source'],
    },
  },
  outcomes: {
    tokens: { text: 'An access token.', from: ['reported', 'documented', 'server_source', 'observed'] },
    mfa_required: {
      text: 'The password is correct and the account has MFA. Keep the `mfa_token` and send `urn:custom:mfa-otp`.',
      from: ['reported', 'documented', 'server_source'],
    },
  },
  lifetimes: [
    {
      text: 'The access token is valid for 90 days, unless you request another lifetime.',
      from: ['reported', 'documented', 'observed'],
    },
    {
      text: "A developer's token cannot be renewed: sign in again. A customer's token is renewed with `refresh_token`.",
      from: ['reported', 'documented'],
    },
    { text: 'RFC 9700, section 2.4, says that new designs must not use the password grant.', from: ['standard'] },
    { text: 'Particle offers developers no other sign-in for programs without a browser.', from: ['inferred'] },
  ],
  questions: [
    'mfa_grant_name',
    'refresh_token_rejected',
    'how_long',
    'never_expires',
    'sso',
    'ci',
    'lockout',
    'customer_name',
    'forbidden',
    'revoke',
  ],
  pages: ['access_tokens', 'web_page', 'authentication'],
}
