import { OAuthError } from '../errors.ts'
import type { Grant } from './grant.ts'
import { askedLifetime } from './grant.ts'

/** `client_credentials`: the account of the client's owner, without a second factor. */
export const clientCredentialsGrant: Grant = ({ world, client, form }) => {
  const account = client.owner === undefined ? undefined : world.accounts.developer(client.owner)
  if (!account) throw new OAuthError('invalid_grant', 'Client credentials are invalid')
  return { account, scope: form.get('scope'), ...askedLifetime(form) }
}
