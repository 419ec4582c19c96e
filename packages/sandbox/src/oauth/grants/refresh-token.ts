import { OAuthError } from '../errors.ts'
import type { Grant } from './grant.ts'
import { askedLifetime } from './grant.ts'

/** `refresh_token`: good once, for its own client, if that is of a kind that may refresh. Keeps the scope. */
export const refreshToken: Grant = ({ world, client, form }) => {
  const given = form.get('refresh_token')
  if (!given) throw new OAuthError('invalid_request', 'No "refresh_token" parameter')

  const found = world.tokens.refresh(given)
  if (!found?.usable || found.clientId !== client.id) {
    throw new OAuthError('invalid_grant', 'Invalid refresh token')
  }
  if (world.tokens.isExpired(found)) throw new OAuthError('invalid_grant', 'Refresh token has expired')
  // Spent before the next one exists, as in the library: an answer lost on the way loses the session.
  world.tokens.spend(given)
  return { account: found.account, scope: found.scope, ...askedLifetime(form) }
}
