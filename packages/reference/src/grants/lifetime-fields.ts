import type { Provenance } from '../sources.ts'

/** Explains the two fields that request a lifetime. `from`: where it is known from that the grant accepts them. */
export function lifetimeFields(from: Provenance) {
  return {
    expires_in: {
      meaning: 'The requested lifetime of the access token in seconds. `0` requests a token that never expires.',
      example: '3600',
      from,
    },
    expires_at: {
      meaning: 'The requested expiry of the access token. Send this or `expires_in`, not both.',
      example: '2027-01-31T12:00:00.000Z',
      from,
    },
  } as const
}
