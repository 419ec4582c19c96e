import type { GrantDefinition } from './grant.ts'

/** A new token for an old one: product tokens only, whatever else an answer carried. */
export const refreshToken = {
  grant_type: 'refresh_token',
  fields: {
    refresh_token: { form: 'secret', required: true },
    expires_in: { form: 'seconds', required: false },
  },
  clients: ['product'],
  outcomes: ['tokens'],
  renewedBy: { developer: null, product: 'refresh_token', user: null },
  singleUse: true,
} as const satisfies GrantDefinition
