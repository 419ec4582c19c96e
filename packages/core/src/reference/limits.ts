import type { Fact } from './provenance.ts'

/** A limit on requests, per source address. */
export interface Limit {
  readonly title: string
  readonly requests: number
  readonly seconds: number
  readonly facts: readonly Fact[]
}

/** How often one address may ask. */
export const limits = {
  token_requests: {
    title: 'Token requests',
    requests: 100,
    seconds: 300,
    facts: [
      { text: '100 requests to `POST /oauth/token` in 5 minutes from one address.', from: ['documented'] },
    ],
  },
  all_requests: {
    title: 'All calls of the API',
    requests: 10_000,
    seconds: 300,
    facts: [{ text: '10,000 calls in 5 minutes from one address, of whatever kind.', from: ['documented'] }],
  },
} as const satisfies Readonly<Record<string, Limit>>

/** What happens after too many failed token requests in a row. */
export const lockout = {
  failures: 10,
  seconds: 1800,
  facts: [
    {
      text: 'After 10 failed token requests in a row an address is blocked for 30 minutes. Everybody behind that address is.',
      from: ['documented'],
    },
    {
      text: 'What counts as failed is not known: `mfa_required` may, and a refused refresh may. Nor is it known whether a count fades with time.',
      from: ['unknown'],
    },
    { text: 'Whether the answer says with `Retry-After` how long to wait is not known.', from: ['unknown'] },
  ],
} as const satisfies { readonly failures: number; readonly seconds: number; readonly facts: readonly Fact[] }
