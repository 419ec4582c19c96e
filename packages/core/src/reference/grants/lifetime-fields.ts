import type { Provenance } from '../provenance.ts'

/** The two ways of asking for a lifetime, explained for a grant whose taking them is known from somewhere. */
export function lifetimeFields(from: Provenance) {
  return {
    expires_in: {
      meaning: 'How many seconds the access token should live. `0` asks for one that never expires.',
      example: '3600',
      from,
    },
    expires_at: {
      meaning: 'When the access token should end. Send this or `expires_in`, never both.',
      example: '2027-01-31T12:00:00.000Z',
      from,
    },
  } as const
}
