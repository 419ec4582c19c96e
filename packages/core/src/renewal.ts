import type { NotRenewableReason } from './errors/details.ts'
import { grants, mayUse } from './grants/catalogue.ts'
import type { ClientKind } from './grants/grant.ts'
import type { Refusal } from './machine/effect.ts'
import type { PostponedRenewal, Tokens } from './machine/state.ts'
import type { Secret } from './secret.ts'

/** How a token is renewed, or why it is not. */
export type Renewal =
  | { readonly by: 'client_credentials' }
  | { readonly by: 'refresh_token'; readonly refreshToken: Secret }
  | { readonly by: 'nothing'; readonly reason: NotRenewableReason }

/**
 * For these tokens of this kind of client: ask again, refresh, or nothing. The grant that gave them decides. Where
 * the answer to a refresh was lost, the client's own credentials are the way out, as long as they are not refused.
 */
export function renewalOf(kind: ClientKind, tokens: Tokens): Renewal {
  if (tokens.grant === 'adopted') return { by: 'nothing', reason: 'adopted_token' }
  if (tokens.expiresAt === null) return { by: 'nothing', reason: 'never_expires' }
  const by = renewingGrant(kind, tokens.grant)
  if (by === null) return { by: 'nothing', reason: kind === 'user' ? 'user_token' : 'developer_token' }
  if (by === 'client_credentials') return { by }
  if (tokens.refreshToken === undefined) return { by: 'nothing', reason: 'no_refresh_token' }
  return hasWayOut(kind, tokens) ? { by: 'client_credentials' } : { by, refreshToken: tokens.refreshToken }
}

/** Whether a refresh token that came with this grant is worth keeping. Any other is dropped on arrival. */
export function keepsRefreshToken(kind: ClientKind, grant: Tokens['grant']): boolean {
  return grant !== 'adopted' && renewingGrant(kind, grant) === 'refresh_token'
}

/**
 * When a token is renewed before it ends, ms since 1970: five minutes or a tenth of its life before, whichever is
 * less, and spread by up to half of that, so that many tokens of one moment don't come at once. Never for one
 * without an end. The spread follows from the token itself: everyone who holds it agrees.
 */
export function renewalDueAt({ accessToken, issuedAt, expiresAt }: Tokens): number {
  if (expiresAt === null) return Number.POSITIVE_INFINITY
  const window = Math.min(5 * 60_000, (expiresAt - issuedAt) / 10)
  return expiresAt - window * (0.5 + spread(accessToken.reveal()) / 2)
}

/** How long to wait after so many failed renewals in a row, in ms: doubling from a second up to five minutes. */
export function backOff(failures: number): number {
  return Math.min(1000 * 2 ** (failures - 1), 5 * 60_000)
}

/** Why a request failed, as far as it says when the next may go. */
type Refused = Refusal extends infer R ? (R extends Refusal ? Pick<R, 'code' | 'details'> : never) : never

/** When a renewal that failed is tried again, ms since 1970. What the service asked for counts for more. */
export function retryAt({ code, details }: Refused, failures: number, at: number): number {
  const asked = code === 'rate_limited' || code === 'temporarily_unavailable' ? details.retryAfter : undefined
  if (code === 'failure_budget_spent' && details.until !== undefined) return details.until
  return at + Math.max(backOff(failures), (asked ?? 0) * 1000)
}

/** Whether a renewal that failed has to wait yet. What failed in the future did so before the clock went back. */
export function isPostponed(postponed: PostponedRenewal | undefined, at: number): boolean {
  return postponed !== undefined && postponed.since <= at && at < postponed.retryAt
}

function renewingGrant(kind: ClientKind, grant: Exclude<Tokens['grant'], 'adopted'>) {
  return grants[grant].renewedBy[kind]
}

function hasWayOut(kind: ClientKind, { refreshInDoubt }: Tokens): boolean {
  return refreshInDoubt?.askAgainRefused === false && mayUse(kind, 'client_credentials')
}

/** A fraction from 0 to 1 that is the same for the same token. */
function spread(token: string): number {
  let sum = 0
  for (let index = 0; index < token.length; index += 1) sum = (sum * 31 + token.charCodeAt(index)) % 1009
  return sum / 1009
}
