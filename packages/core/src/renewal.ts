import type { NotRenewableReason } from './errors/details.ts'
import { grants } from './grants/catalogue.ts'
import type { ClientKind } from './grants/grant.ts'
import type { Tokens } from './machine/state.ts'
import type { Secret } from './secret.ts'

/** How a token is renewed, or why it is not. */
export type Renewal =
  | { readonly by: 'client_credentials' }
  | { readonly by: 'refresh_token'; readonly refreshToken: Secret }
  | { readonly by: 'nothing'; readonly reason: NotRenewableReason }

/** For these tokens of this kind of client: ask again, refresh, or nothing. The grant that gave them decides. */
export function renewalOf(kind: ClientKind, tokens: Tokens): Renewal {
  if (tokens.grant === 'adopted') return { by: 'nothing', reason: 'adopted_token' }
  if (tokens.expiresAt === null) return { by: 'nothing', reason: 'never_expires' }
  const by = renewingGrant(kind, tokens.grant)
  if (by === null) return { by: 'nothing', reason: kind === 'user' ? 'user_token' : 'developer_token' }
  if (by === 'client_credentials') return { by }
  return tokens.refreshToken === undefined
    ? { by: 'nothing', reason: 'no_refresh_token' }
    : { by, refreshToken: tokens.refreshToken }
}

/** Whether a refresh token that came with this grant is worth keeping. Any other is dropped on arrival. */
export function keepsRefreshToken(kind: ClientKind, grant: Tokens['grant']): boolean {
  return grant !== 'adopted' && renewingGrant(kind, grant) === 'refresh_token'
}

function renewingGrant(kind: ClientKind, grant: Exclude<Tokens['grant'], 'adopted'>) {
  return grants[grant].renewedBy[kind]
}
