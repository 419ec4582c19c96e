import type { Account } from '../../model/accounts.ts'
import { OAuthError } from '../errors.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { askedLifetime } from './grant.ts'

/** `password`: one's own account with a developer or user client, a product's customer with its client. */
export const password: Grant = (request) => {
  const username = request.form.get('username')
  const given = request.form.get('password')
  if (!username || !given) {
    throw new OAuthError('invalid_client', 'Missing parameters. "username" and "password" are required')
  }
  // Looked up by the name alone, before the password and whichever the client is, as in the library.
  if (request.world.accounts.named(username)?.sso) {
    throw new OAuthError('sso_user', 'This account must sign in with SSO')
  }
  const account = accountBehind(request, username)
  if (!account || account.password !== given) {
    throw new OAuthError('invalid_grant', 'User credentials are invalid')
  }
  return { account, scope: request.form.get('scope'), ...askedLifetime(request.form) }
}

/** The account that a client can sign in under a name. */
export function accountBehind(
  { world, client }: Pick<GrantRequest, 'world' | 'client'>,
  username: string,
): Account | undefined {
  if (client.product) return world.accounts.customer(client.product.id, username)
  const isOthers = client.kind === 'user' && client.owner !== username
  return isOthers ? undefined : world.accounts.developer(username)
}
