import type { NotRenewableReason } from './errors.ts'
import { type GrantType, getRenewalGrant } from './grants/catalogue.ts'
import {
  canRequestClientToken,
  type Identity,
  type MachineState,
  type MachineTokens,
  type RenewalBackoff,
} from './machine/state.ts'
import type { Secret } from './secret.ts'
import type { TokenSubject } from './subject.ts'

/** The grant that renews a token, or why there is none. */
export type Renewal =
  | { readonly grantType: 'client_credentials' }
  | { readonly grantType: 'refresh_token'; readonly refreshToken: Secret }
  | { readonly grantType: undefined; readonly reason: NotRenewableReason }

/**
 * Chooses the grant that renews these tokens.
 *
 * Rules:
 * - Only a product client refreshes, and only a token that came with a refresh token.
 * - Otherwise the client's own credentials get a new token, if the token's subject is theirs to request.
 * - After a refresh whose response was lost, the client's credentials come first: the refresh token may have been used.
 */
export function getRenewal(
  identity: Identity,
  subject: TokenSubject | undefined,
  { refreshToken, pendingRefresh, grantType }: MachineTokens,
): Renewal {
  const { clientKind } = identity
  const canRequest = canRequestClientToken(identity, subject)
  const isInDoubt = pendingRefresh !== undefined && !pendingRefresh.isClientRefused
  if (clientKind === 'product' && refreshToken !== undefined && !(isInDoubt && canRequest)) {
    return { grantType: 'refresh_token', refreshToken }
  }
  if (canRequest) return { grantType: 'client_credentials' }
  return { grantType: undefined, reason: getNotRenewableReason(identity, grantType) }
}

function getNotRenewableReason(
  { clientKind, clientToken }: Identity,
  grantType: MachineTokens['grantType'],
): NotRenewableReason {
  // Any other token of a product can be requested again, unless the session may not use the client's credentials.
  if (clientKind === 'product') return clientToken === false ? 'no_refresh_token' : 'external_token'
  if (grantType === 'external') return 'external_token'
  return clientKind === 'user' ? 'account_token' : 'developer_token'
}

export function canRenew(state: MachineState): boolean {
  if (state.status !== 'signed_in') return false
  return getRenewal(state.identity, state.subject, state.tokens).grantType !== undefined
}

/** Whether a refresh token that a grant returned is kept: other clients cannot use theirs. */
export function isRefreshable({ clientKind }: Identity, grantType: GrantType | 'external'): boolean {
  if (grantType === 'external') return clientKind === 'product'
  return getRenewalGrant(grantType, clientKind) === 'refresh_token'
}

const fiveMinutesMs = 300_000

/**
 * Returns when a token should be renewed, in milliseconds since 1970: a tenth of its lifetime before expiry, at most
 * five minutes, and up to half of that later, so that tokens of the same moment are not all renewed at once. The
 * delay depends on the token only: every process that holds it agrees.
 */
export function getRenewalTime({ accessToken, requestedAt, expiresAt }: MachineTokens): number {
  if (expiresAt === null) return Number.POSITIVE_INFINITY
  let hash = 0
  for (const character of accessToken.reveal()) hash = (hash * 31 + character.charCodeAt(0)) % 1009
  const windowMs = Math.min(fiveMinutesMs, (expiresAt - requestedAt) / 10)
  return expiresAt - windowMs * (0.5 + hash / 1009 / 2)
}

/** The longest back-off: no `Retry-After` is believed beyond Particle's lockout of 30 minutes. */
export const maxBackoffMs = 1_800_000

/** Returns the back-off after this failure: it doubles from one second to five minutes, or lasts as long as Particle asks. */
export function startBackoff({
  notBefore = 0,
  ...failure
}: Omit<RenewalBackoff, 'retryAt'> & { readonly notBefore?: number | undefined }): RenewalBackoff {
  const delayMs = Math.min(1000 * 2 ** (failure.failures - 1), fiveMinutesMs)
  return { ...failure, retryAt: Math.max(failure.failedAt + delayMs, notBefore) }
}

/** Whether a renewal must wait. A failure in the future was recorded before the clock was set back. */
export function isBackingOff(backoff: RenewalBackoff | undefined, at: number): backoff is RenewalBackoff {
  return backoff !== undefined && backoff.failedAt <= at && at < backoff.retryAt
}
