import type { GrantDefinition } from './grant.ts'
import { lifetimeFields } from './lifetime.ts'

/** The second step after `mfa_required`: the code that the authenticator shows. */
export const mfaOtp = {
  grant_type: 'urn:custom:mfa-otp',
  fields: {
    mfa_token: { form: 'secret', required: true },
    otp: { form: 'otp', required: true },
    username: { form: 'text', required: false },
    password: { form: 'secret', required: false },
    ...lifetimeFields,
  },
  clients: ['developer', 'product', 'user'],
  outcomes: ['tokens'],
  renewedBy: { developer: null, product: 'refresh_token', user: null },
  singleUse: true,
} as const satisfies GrantDefinition
