import { clientCredentialsGrant } from './client-credentials.ts'
import type { Grant } from './grant.ts'
import { password } from './password.ts'
import { refreshToken } from './refresh-token.ts'
import { mfaOtp, recoveryCode } from './second-factor.ts'

/** The grant types that the sandbox can serve, by their exact names. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ['password', password],
  ['urn:custom:mfa-otp', mfaOtp],
  ['urn:custom:recovery-code', recoveryCode],
  ['client_credentials', clientCredentialsGrant],
  ['refresh_token', refreshToken],
])
