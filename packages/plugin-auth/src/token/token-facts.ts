import { type Renewal, renewalOf, type SignedIn, type Tokens } from '@particle-grants/core'

/** What is told of a token besides itself. */
export interface TokenFacts {
  /** ms since 1970; `null`: never. */
  readonly expiresAt: number | null
  readonly grant: Tokens['grant']
  readonly renewal: Renewal
}

/** What is told of the token of a sign-in. */
export function factsOf({ identity, tokens }: Pick<SignedIn, 'identity' | 'tokens'>): TokenFacts {
  return { expiresAt: tokens.expiresAt, grant: tokens.grant, renewal: renewalOf(identity.clientKind, tokens) }
}

/** Whether and how it is renewed, for people. `signIn` is the command to sign in again by. */
export function renewalInWords({ renewal, expiresAt }: TokenFacts, signIn: string): string {
  if (renewal.by !== 'nothing') return 'by itself'
  if (expiresAt === null) return 'not needed: it never expires'
  return `not possible (${reasons[renewal.reason]}): sign in again by then, with ${signIn}`
}

const reasons = {
  developer_token: "a developer's token",
  user_token: 'a token of a user client',
  adopted_token: 'it came from elsewhere',
  never_expires: 'it never expires',
  no_refresh_token: 'no refresh token came with it',
  renewal_stopped: 'renewing was refused',
} as const
