import type { ErrorReference } from './error-reference.ts'

/** What explains `invalid_grant`. */
export const invalidGrant: ErrorReference<'invalid_grant'> = {
  meaning:
    'The request is well formed. What it presents is refused: credentials, a refresh token, or a client without an owner.',
  causes: [
    {
      anchor: 'invalid_grant-credentials',
      when: 'Username or password is wrong. An unknown username is answered in the same way.',
      description: { text: 'User credentials are invalid', from: ['server_source', 'observed'] },
      grants: ['password'],
      from: ['documented', 'server_source', 'observed'],
    },
    {
      anchor: 'invalid_grant-refresh_token',
      when: 'The refresh token is wrong, was used before, or belongs to another client.',
      description: { text: 'Invalid refresh token', from: ['server_source'] },
      grants: ['refresh_token'],
      remedy:
        'Drop it. Ask again with `client_credentials` where the client can, and sign in again where it cannot.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_grant-expired_refresh_token',
      when: 'The refresh token is past its end.',
      description: { text: 'Refresh token has expired', from: ['server_source'] },
      grants: ['refresh_token'],
      remedy:
        'Drop it. Ask again with `client_credentials` where the client can, and sign in again where it cannot.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_grant-client_without_owner',
      when: 'The client belongs to nobody. Developer clients do.',
      description: { text: 'Client credentials are invalid', from: ['server_source'] },
      grants: ['client_credentials'],
      remedy: 'Use a product client, or a client of your own account.',
      from: ['server_source'],
    },
  ],
  facts: [
    {
      text: "A developer's refresh token does not work, and with which error it is refused is not known.",
      from: ['unknown'],
    },
  ],
}
