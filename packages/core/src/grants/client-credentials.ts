import type { GrantDefinition } from './grant.ts'
import { lifetimeFields } from './lifetime.ts'

/** The client's id and secret alone: the owner's token, or with `scope=customer=…` a customer's. */
export const clientCredentials = {
  grant_type: 'client_credentials',
  fields: {
    scope: { form: 'scope', required: false },
    ...lifetimeFields,
  },
  clients: ['product', 'user'],
  outcomes: ['tokens'],
  renewedBy: { developer: null, product: 'client_credentials', user: 'client_credentials' },
  singleUse: false,
} as const satisfies GrantDefinition
