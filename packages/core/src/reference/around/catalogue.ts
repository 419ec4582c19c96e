import type { Fact } from '../provenance.ts'
import { accountCalls } from './account-calls.ts'
import { tokenCalls } from './token-calls.ts'

/** The calls around the token endpoint: looking at tokens, revoking them, MFA, customers. */
export const calls = { ...tokenCalls, ...accountCalls } as const

/** API users: tokens of another kind, made without the token endpoint. */
export const apiUsers: readonly Fact[] = [
  {
    text: 'An API user belongs to a product or an organisation. Its token never expires, and is replaced when its scopes change.',
    from: ['documented'],
  },
  { text: 'The documentation prefers API users for servers.', from: ['documented'] },
]
