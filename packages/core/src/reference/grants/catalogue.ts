import type { GrantType } from '../../grants/catalogue.ts'
import { clientCredentials } from './client-credentials.ts'
import type { GrantReference } from './grant-reference.ts'
import { mfaOtp } from './mfa-otp.ts'
import { password } from './password.ts'
import { recoveryCode } from './recovery-code.ts'
import { refreshToken } from './refresh-token.ts'

/** What explains each grant of the catalogue. A grant that is missing here does not compile. */
export const grantReferences: { readonly [G in GrantType]: GrantReference<G> } = {
  password,
  'urn:custom:mfa-otp': mfaOtp,
  'urn:custom:recovery-code': recoveryCode,
  client_credentials: clientCredentials,
  refresh_token: refreshToken,
}
