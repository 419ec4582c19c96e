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
  ],
} as const satisfies {
  readonly anchor: string
  readonly meaning: string
  readonly advice: string
  readonly facts: readonly Fact[]
}

/** Errors of the rest of the API that are often taken for token problems. Their names are their anchors. */
export const apiErrors = {
  forbidden: {
    status: 403,
    meaning: {
      text: 'The token is valid, but may not do this: a product token on a device of another product, or an API user without the scope. The body has no code, or `forbidden`.',
      from: ['documented_secondhand', 'community'],
    },
    advice: 'Renewing the token does not help. Use a token with other permissions.',
  },
  unauthorized: {
    status: 400,
    meaning: {
      text: "An API user's token was used for a call that its scopes do not list, or that only people may make: `API users are not allowed to call this endpoint`.",
      from: ['documented'],
    },
    advice: "Give the API user the scope of the call, or use a person's token.",
  },
} as const satisfies Readonly<
  Record<string, { readonly status: number; readonly meaning: Fact; readonly advice: string }>
>
