import { frozen } from '../frozen.ts'

/**
 * What runs of each error that Particle's token endpoint is known to answer: its status, and whether
 * the same request may be repeated later. What explains them is in `reference/`, keyed by this table.
 */
export const tokenEndpointErrors = frozen({
  mfa_required: { status: 403, transient: false },
  invalid_grant: { status: 400, transient: false },
  invalid_client: { status: 400, transient: false },
  invalid_request: { status: 400, transient: false },
  invalid_scope: { status: 400, transient: false },
  invalid_token: { status: 401, transient: false },
  expired_token: { status: 401, transient: false },
  sso_user: { status: 403, transient: false },
  rate_limit_exceeded: { status: 429, transient: true },
  server_error: { status: 503, transient: true },
})

/** An error code of Particle's that this project knows. */
export type TokenEndpointErrorCode = keyof typeof tokenEndpointErrors

/** Whether a code is one that this project knows. */
export function isTokenEndpointErrorCode(code: string): code is TokenEndpointErrorCode {
  return Object.hasOwn(tokenEndpointErrors, code)
}
