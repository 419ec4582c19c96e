import type { LibraryErrorReferences } from './library-error.ts'

const soon = Date.UTC(2026, 10, 23, 12, 10)

/** What is held back for a while, so that no address is locked out and nobody waits for ever. */
export const heldBack: LibraryErrorReferences<
  'aborted' | 'failure_budget_spent' | 'refused_before' | 'renewal_postponed' | 'wait_timeout'
> = {
  aborted: {
    title: 'A call that was given up',
    when: "The caller's signal was aborted while the request waited for its turn.",
    afterwards: 'Nothing was sent. The session is as before.',
    examples: [{}],
    wire: [],
  },
  failure_budget_spent: {
    title: 'Close to the lockout',
    when: 'So many token requests failed since the last success that one more might lock the address out.',
    afterwards: 'Nothing was sent. Tokens in hand were kept.',
    examples: [
      { failures: 5, until: soon },
      { failures: 9, until: undefined },
    ],
    wire: [],
  },
  refused_before: {
    title: 'A request that was refused already',
    when: "The same client, secret and scope were refused before, and this request was the program's own idea.",
    afterwards: 'Nothing was sent. Tokens in hand were kept.',
    examples: [
      { clientId: 'my-product-1234', scope: undefined },
      { clientId: 'my-product-1234', scope: 'customer=jane@example.com' },
    ],
    wire: [],
  },
  renewal_postponed: {
    title: 'A renewal that has to wait',
    when: 'The token has run out, and renewing it failed a moment ago.',
    afterwards: 'Nothing was sent. The session is as before, and tries again when its time has come.',
    examples: [{ retryAt: soon, failures: 2, because: 'no_answer' }],
    wire: [],
  },
  wait_timeout: {
    title: 'A wait that took too long',
    when: 'What one waited for took longer than one waits.',
    afterwards: 'It goes on without this caller.',
    examples: [{ waited: 30_000 }],
    wire: [],
  },
}
