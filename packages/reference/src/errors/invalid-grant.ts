import type { TokenEndpointErrorReference } from './token-endpoint-error.ts'

const replaceRefreshToken =
  'Drop the refresh token. Use `client_credentials` if the client can, otherwise sign in again.'

/** Explains `invalid_grant`. */
export const invalidGrant: TokenEndpointErrorReference<'invalid_grant'> = {
  meaning:
    'The request is well-formed, but the credentials in it are refused: username and password, a refresh token, or a client without an owner.',
  advice:
    'Enter the credentials again. You can reset a forgotten password at https://login.particle.io. Never send the same ones automatically: ten failures in a row block your IP address for 30 minutes.',
  causes: [
    {
      anchor: 'invalid_grant-credentials',
      when: 'Username or password is wrong. An unknown username is answered the same way.',
      description: { text: 'User credentials are invalid', from: ['server_source', 'observed'] },
      grants: ['password'],
      from: ['documented', 'server_source', 'observed'],
    },
    {
      anchor: 'invalid_grant-refresh_token',
      when: 'The refresh token is wrong, was used before, or belongs to another client.',
      description: { text: 'Invalid refresh token', from: ['server_source'] },
      grants: ['refresh_token'],
      advice: replaceRefreshToken,
      from: ['server_source'],
    },
    {
      anchor: 'invalid_grant-expired_refresh_token',
      when: 'The refresh token has expired.',
      description: { text: 'Refresh token has expired', from: ['server_source'] },
      grants: ['refresh_token'],
      advice: replaceRefreshToken,
      from: ['server_source'],
    },
    {
      anchor: 'invalid_grant-client_without_owner',
      when: 'The client has no owner. An unknown customer is answered with `invalid_scope` instead.',
      description: { text: 'Client credentials are invalid', from: ['server_source'] },
      grants: ['client_credentials'],
      advice: 'Use a product client or a user client.',
      from: ['server_source'],
    },
  ],
  facts: [
    { text: "How a developer's refresh token is refused is not known.", from: ['unknown'] },
    { text: 'Whether a developer client has an owner is not known.', from: ['unknown'] },
  ],
}
