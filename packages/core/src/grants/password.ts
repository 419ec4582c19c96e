import type { GrantDefinition } from './grant.ts'
import { lifetimeFields } from './lifetime.ts'

/** Username and password: one's own account, or a customer of the product whose client is used. */
export const password = {
  grant_type: 'password',
  fields: {
    username: { form: 'text', required: true },
    password: { form: 'secret', required: true },
    ...lifetimeFields,
    scope: { form: 'scope', required: false },
  },
  clients: ['developer', 'product', 'user'],
  outcomes: ['tokens', 'mfa_required'],
  renewedBy: { developer: null, product: 'refresh_token', user: null },
  singleUse: false,
} as const satisfies GrantDefinition
