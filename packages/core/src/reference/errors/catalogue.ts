import { unknownErrorRemedy } from '../../errors/remedies.ts'
import type { TokenEndpointErrorCode } from '../../protocol/token-endpoint-errors.ts'
import type { Fact } from '../provenance.ts'
import type { ErrorReference } from './error-reference.ts'
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
} from './other-refusals.ts'

/** What explains each code of the wire. A code that is missing here does not compile. */
export const errorReferences: { readonly [C in TokenEndpointErrorCode]: ErrorReference<C> } = {
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

/** What explains every other code, and answers without one. */
export const otherError = {
  anchor: 'other_error',
  meaning:
    'An error that this reference does not know, or an answer that did not come from the token endpoint.',
  remedy: unknownErrorRemedy,
  facts: [
    {
      text: 'An error that the library has no status for is answered with 500.',
      from: ['server_source'],
    },
    {
      text: 'Not every answer is JSON: proxies and failing servers answer with HTML pages.',
      from: ['server_source'],
    },
  ],
} as const satisfies {
  readonly anchor: string
  readonly meaning: string
  readonly remedy: string
  readonly facts: readonly Fact[]
}
