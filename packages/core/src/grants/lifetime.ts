/** The two ways of asking for a lifetime; at most one of them is sent. */
export const lifetimeFields = {
  expires_in: { form: 'seconds', required: false },
  expires_at: { form: 'date', required: false },
} as const
