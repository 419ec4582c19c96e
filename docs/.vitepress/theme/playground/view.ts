import type { MfaRequired, SessionState, SignedIn, Tokens } from '@particle-grants/core'
import { type ClientKind, type GrantType, getRenewalGrant } from '@particle-grants/core/protocol'
import type { Names } from './names.ts'

/** What the panels show of a session's tokens. Secrets are replaced by names. */
export interface TokensView {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly isValid: boolean
  /** Milliseconds since 1970; `null`: never. */
  readonly expiresAt: number | null
  readonly renewal: string
}

/** What the panels show of a session. */
export interface BenchView {
  readonly status: SessionState['status']
  /** Milliseconds since 1970. */
  readonly now: number
  readonly tokens: TokensView | undefined
  readonly challenge: MfaRequired['challenge'] | undefined
}

/** Returns what the panels show of a state. */
export function viewSession(
  state: SessionState,
  clientKind: ClientKind,
  { names, now }: { readonly names: Names; readonly now: number },
): BenchView {
  return {
    status: state.status,
    now,
    tokens: 'tokens' in state ? viewTokens(state.tokens, clientKind, { names, now }) : undefined,
    challenge: state.status === 'mfa_required' ? state.challenge : undefined,
  }
}

function viewTokens(
  { accessToken, refreshToken, expiresAt }: SignedIn['tokens'] & Tokens,
  clientKind: ClientKind,
  { names, now }: { readonly names: Names; readonly now: number },
): TokensView {
  const grantType: GrantType = refreshToken === undefined ? 'client_credentials' : 'password'
  return {
    accessToken: names.of(accessToken.reveal(), 'access token'),
    refreshToken: refreshToken && names.of(refreshToken.reveal(), 'refresh token'),
    isValid: expiresAt === null || now < expiresAt,
    expiresAt,
    renewal: getRenewalGrant(grantType, clientKind) ?? 'not possible',
  }
}
