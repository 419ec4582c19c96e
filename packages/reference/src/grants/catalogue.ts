import type { GrantType } from '@particle-grants/core/protocol'
import { clientCredentials } from './client-credentials.ts'
import type { GrantReference } from './grant-reference.ts'
import { mfaOtp } from './mfa-otp.ts'
import { password } from './password.ts'
import { recoveryCode } from './recovery-code.ts'
import { refreshToken } from './refresh-token.ts'

/** Explains every grant of core's catalogue. A missing grant does not compile. */
export const grantReferences: { readonly [G in GrantType]: GrantReference<G> } = {
  password,
  'urn:custom:mfa-otp': mfaOtp,
  'urn:custom:recovery-code': recoveryCode,
  client_credentials: clientCredentials,
  refresh_token: refreshToken,
}
