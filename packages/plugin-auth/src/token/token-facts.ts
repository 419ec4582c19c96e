import {
  getRenewal,
  getRenewalTime,
  isTokenValid,
  type MachineState,
  type MachineTokens,
  type Renewal,
  type SignedInState,
} from '@particle-grants/core/machine'

/** What is known about a token. */
export interface TokenFacts {
  readonly tokens: MachineTokens
  readonly renewal: Renewal
}

/** Returns the facts about the token that a state holds, also the one beside a challenge. */
export function getTokenFacts(state: MachineState): TokenFacts | undefined {
  const signedIn = getSignedIn(state)
  if (signedIn === undefined) return undefined
  const { identity, subject, tokens } = signedIn
  return { tokens, renewal: getRenewal(identity, subject, tokens) }
}

function getSignedIn(state: MachineState): SignedInState | undefined {
  if (state.status === 'mfa_required') return state.earlier
  return state.status === 'signed_in' ? state : undefined
}

/** Whether the token can be used now, or renewed. `at`: milliseconds since 1970 */
export function isUsable({ tokens, renewal }: TokenFacts, at: number): boolean {
  return renewal.grantType !== undefined || isTokenValid(tokens, at)
}

/** Returns the token of a state if it is valid and need not be renewed yet. Nothing is sent. */
export function findFreshToken(state: MachineState, at: number = Date.now()): string | undefined {
  const facts = getTokenFacts(state)
  if (facts === undefined || !isTokenValid(facts.tokens, at)) return undefined
  const { tokens, renewal } = facts
  const isDue = renewal.grantType !== undefined && at >= getRenewalTime(tokens)
  return isDue ? undefined : tokens.accessToken.reveal()
}

/** Whether the server granted the lifetime that was requested. */
export function hasRequestedLifetime({ expiresAt, requestedAt, requested }: MachineTokens): boolean {
  const { expires_in: expiresInSeconds } = requested
  if (expiresInSeconds === undefined) return true
  return expiresAt === (expiresInSeconds === 0 ? null : requestedAt + expiresInSeconds * 1000)
}

/** Says whether and how a token is renewed. `signIn` is the command that signs in again. */
export function formatRenewal({ renewal, tokens }: TokenFacts, signIn: string): string {
  if (renewal.grantType !== undefined) return 'automatic'
  if (tokens.expiresAt === null) return 'not needed: it never expires'
  return `not possible (${reasons[renewal.reason]}): before it expires, run ${signIn}`
}

const reasons = {
  developer_token: 'developer token',
  account_token: 'token of an account',
  external_token: 'external token',
} as const
