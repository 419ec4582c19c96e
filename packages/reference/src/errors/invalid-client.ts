import { grantTypes } from '@particle-grants/core/protocol'
import type { TokenEndpointErrorReference } from './token-endpoint-error.ts'

/** Explains `invalid_client`. */
export const invalidClient: TokenEndpointErrorReference<'invalid_client'> = {
  meaning:
    'The OAuth client is wrong: its id, its secret, or the grant it may use. A missing username or password is answered with this code too.',
  advice: "Check the client's id and secret, that it may use this grant, and that username and password are not empty.",
  causes: [
    {
      anchor: 'invalid_client-client_id',
      when: 'The client id is missing or malformed. A `Bearer` header contains no client id.',
      description: { text: 'Invalid or missing client_id parameter', from: ['server_source'] },
      grants: grantTypes,
      advice:
        'Send id and secret with HTTP Basic, or as `client_id` and `client_secret`. An id has 3 to 40 letters, digits, `-` or `_`.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-client_secret',
      when: 'The client secret is missing or empty, as with `curl -u id:`.',
      description: { text: 'Missing client_secret parameter', from: ['server_source'] },
      grants: grantTypes,
      advice: "Send the client's secret as well. The developer client `particle` has the secret `particle`.",
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-unknown_client',
      when: 'The client does not exist, or its secret is wrong. It may have been deleted.',
      description: { text: 'Client credentials are invalid', from: ['server_source'] },
      grants: grantTypes,
      advice: 'Check id and secret. Do not form-encode them for HTTP Basic: that changes them.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-username_password',
      when: '`username` or `password` is missing or empty. The client is correct.',
      description: { text: 'Missing parameters. "username" and "password" are required', from: ['server_source'] },
      grants: ['password'],
      advice: 'Send both. Neither may be empty.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-grant_not_allowed',
      when: 'The client exists, but may not use this grant.',
      description: { text: 'The grant type is unauthorised for this client_id', from: ['server_source'] },
      grants: grantTypes,
      advice: 'Use another grant, or another client.',
      from: ['server_source'],
    },
  ],
  facts: [
    {
      text: 'The first command in the report has no `password`, and is answered this way.',
      from: ['reported', 'server_source'],
    },
    {
      text: 'The response has `WWW-Authenticate: Basic realm="Service"`, although the status is 400.',
      from: ['server_source'],
    },
  ],
}
