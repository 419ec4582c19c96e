import type { GrantDefinition } from './grant.ts'
import { lifetimeFields } from './lifetime.ts'

/** The second step after `mfa_required` without the authenticator: a recovery code. */
export const recoveryCode = {
  grant_type: 'urn:custom:recovery-code',
  fields: {
    mfa_token: { form: 'secret', required: true },
    recovery_code: { form: 'secret', required: true },
    ...lifetimeFields,
  },
  clients: ['developer', 'product', 'user'],
  outcomes: ['tokens'],
  renewedBy: { developer: null, product: 'refresh_token', user: null },
  singleUse: true,
} as const satisfies GrantDefinition
