import type { GrantType } from '@particle-grants/core'

/** The page of each grant, by its path from `docs/`. */
export const grantPages: Readonly<Record<GrantType, string>> = {
  password: 'grants/password.md',
  'urn:custom:mfa-otp': 'grants/mfa-otp.md',
  'urn:custom:recovery-code': 'grants/recovery-code.md',
  client_credentials: 'grants/client-credentials.md',
  refresh_token: 'grants/refresh-token.md',
}
