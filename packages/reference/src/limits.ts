import type { Fact } from './sources.ts'

/** A limit on requests, per source address. */
export interface Limit {
  readonly title: string
  readonly requests: number
  readonly seconds: number
  readonly facts: readonly Fact[]
}

/** How many requests one IP address may send. */
export const limits = {
  token_requests: {
    title: 'Token requests',
    requests: 100,
    seconds: 300,
    facts: [
      {
        text: '100 requests to `POST /oauth/token` in 5 minutes from one IP address. Further ones are answered with 429.',
        from: ['documented'],
      },
      {
        text: 'The same number again for each of: listing or deleting tokens, creating users, resetting passwords.',
        from: ['documented'],
      },
      { text: 'Enterprise plans can have it raised.', from: ['documented'] },
    ],
  },
  all_requests: {
    title: 'All API calls',
    requests: 10_000,
    seconds: 300,
    facts: [{ text: '10,000 calls of any kind in 5 minutes from one IP address.', from: ['documented'] }],
  },
} as const satisfies Readonly<Record<string, Limit>>

/** What happens after too many failed token requests in a row. */
export const lockout = {
  failures: 10,
  seconds: 1800,
  facts: [
    {
      text: 'After 10 failed token requests in a row the IP address is blocked for 30 minutes, for every program behind it.',
      from: ['documented'],
    },
    {
      text: 'What counts as failed is not known: perhaps `mfa_required`, perhaps a refused refresh. Whether the count decreases with time is not known either.',
      from: ['unknown'],
    },
    {
      text: 'How a blocked address is answered is not known: perhaps 429 `rate_limit_exceeded`, perhaps with `Retry-After`.',
      from: ['unknown'],
    },
    { text: 'If you may be blocked, wait 30 minutes without a request, then send one.', from: ['inferred'] },
  ],
} as const satisfies { readonly failures: number; readonly seconds: number; readonly facts: readonly Fact[] }
