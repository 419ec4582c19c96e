import { grantTypes } from '../../grants/catalogue.ts'
import type { ErrorReference } from './error-reference.ts'

/** What explains `invalid_client`. */
export const invalidClient: ErrorReference<'invalid_client'> = {
  meaning:
    'Something about the OAuth client is wrong. Or a username or password is missing, which is answered with this code, too.',
  causes: [
    {
      anchor: 'invalid_client-client_id',
      when: 'The client id is missing or malformed. A `Bearer` header names no client.',
      description: { text: 'Invalid or missing client_id parameter', from: ['server_source'] },
      grants: grantTypes,
      remedy:
        'Send id and secret with HTTP Basic, or as `client_id` and `client_secret`. An id has 3 to 40 letters, digits, `-` or `_`.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-client_secret',
      when: 'There is a client id, but no secret.',
      description: { text: 'Missing client_secret parameter', from: ['server_source'] },
      grants: grantTypes,
      remedy: "Send the client's secret as well. The developer client `particle` has the secret `particle`.",
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-unknown_client',
      when: 'The client is not known, or its secret is wrong. A client that was deleted is not known any more.',
      description: { text: 'Client credentials are invalid', from: ['server_source'] },
      grants: grantTypes,
      remedy:
        'Check id and secret. Send them as they are: form-encoding them before HTTP Basic changes them.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-username_password',
      when: '`username` or `password` is missing or empty. The client is all right.',
      description: {
        text: 'Missing parameters. "username" and "password" are required',
        from: ['server_source'],
      },
      grants: ['password'],
      remedy: 'Send both, and neither of them empty.',
      from: ['server_source'],
    },
    {
      anchor: 'invalid_client-grant_not_allowed',
      when: 'The client is known, and may not use this grant.',
      description: { text: 'The grant type is unauthorised for this client_id', from: ['server_source'] },
      grants: grantTypes,
      remedy: 'Use another grant, or another client.',
      from: ['server_source'],
    },
  ],
  facts: [
    {
      text: 'Answers with this code carry `WWW-Authenticate: Basic realm="Service"`. The status is 400 all the same.',
      from: ['server_source'],
    },
  ],
}
