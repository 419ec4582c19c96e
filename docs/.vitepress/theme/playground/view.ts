import { isGood, renewalOf, type State, type Status, tokensOf } from '@particle-grants/core'
import type { Names } from './names.ts'

/** What is to be seen of a session's tokens. Secrets stand under their names. */
export interface TokensView {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly good: boolean
  /** ms since 1970; `null`: never. */
  readonly expiresAt: number | null
  readonly renewedBy: string
}

/** A session as the panels show it. */
export interface BenchView {
  readonly status: Status
  /** ms since 1970. */
  readonly now: number
  readonly tokens: TokensView | undefined
  readonly challenge: { readonly mfaToken: string; readonly triesLeft: number } | undefined
}

const nobody = 'nobody'
const renewers = {
  client_credentials: 'asking again with client_credentials',
  refresh_token: 'its refresh token',
  nothing: nobody,
} as const

/** What of a state can be shown. */
export function viewSession(state: State, names: Names, now: number): BenchView {
  return {
    status: state.status,
    now,
    tokens: viewTokens(state, names, now),
    challenge:
      state.status === 'mfa_required'
        ? {
            mfaToken: names.of(state.challenge.mfaToken.reveal(), 'mfa_token'),
            triesLeft: state.challenge.triesLeft,
          }
        : undefined,
  }
}

function viewTokens(state: State, names: Names, now: number): TokensView | undefined {
  const tokens = tokensOf(state)
  if (tokens === undefined) return undefined
  const { accessToken, refreshToken, expiresAt } = tokens
  return {
    accessToken: names.of(accessToken.reveal(), 'access token'),
    refreshToken: refreshToken && names.of(refreshToken.reveal(), 'refresh token'),
    good: isGood(tokens, now),
    expiresAt,
    renewedBy: renewers[renewalOf(state.identity.clientKind, tokens).by],
  }
}
