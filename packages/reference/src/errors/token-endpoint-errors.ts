import type { TokenEndpointError } from '@particle-grants/core/protocol'
import type { Fact } from '../sources.ts'
import { invalidClient } from './invalid-client.ts'
import { invalidGrant } from './invalid-grant.ts'
import { invalidRequest } from './invalid-request.ts'
import { invalidToken } from './invalid-token.ts'
import {
  expiredToken,
  invalidScope,
  mfaRequired,
  rateLimitExceeded,
  serverError,
  ssoUser,
} from './other-token-endpoint-errors.ts'
import type { TokenEndpointErrorReference } from './token-endpoint-error.ts'

/** Explains each error code of the token endpoint. A missing code does not compile. */
export const tokenEndpointErrorReferences: {
  readonly [C in TokenEndpointError]: TokenEndpointErrorReference<C>
} = {
  mfa_required: mfaRequired,
  invalid_grant: invalidGrant,
  invalid_client: invalidClient,
  invalid_request: invalidRequest,
  invalid_scope: invalidScope,
  invalid_token: invalidToken,
  expired_token: expiredToken,
  sso_user: ssoUser,
  rate_limit_exceeded: rateLimitExceeded,
  server_error: serverError,
}

/** Explains every other code, and responses without a code. */
export const otherError = {
  anchor: 'other_error',
  meaning: 'This reference does not know the error, or the response does not come from the token endpoint.',
  advice: 'Do not send the request again unchanged.',
  facts: [
    { text: 'The library returns status 500 for an error that has no status.', from: ['server_source'] },
    { text: 'Proxies and failing servers return HTML pages instead of JSON.', from: ['server_source'] },
    {
      text: "`unauthorized` (400) in the rest of the API: an API user's token was used for a call that only people may make.",
      from: ['documented_secondhand', 'clients'],
    },
    {
      text: '403 without a code, or `forbidden`: the token is valid, but may not do this. Renewing it does not help. Use a token with other permissions.',
      from: ['documented_secondhand', 'community'],
    },
  ],
} as const satisfies {
  readonly anchor: string
  readonly meaning: string
  readonly advice: string
  readonly facts: readonly Fact[]
}
