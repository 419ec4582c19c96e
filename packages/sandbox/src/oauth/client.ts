import type { ParsedRequest } from '../http/request.ts'
import type { ClientOptions } from '../state/clients.ts'
import type { SandboxState } from '../state/state.ts'
import { OAuthError } from './errors.ts'

/** Returns id and secret, both from HTTP Basic or both from the form. */
export function getClientCredentials({ basic, form }: ParsedRequest) {
  if (basic) return { id: basic.username, secret: basic.password }
  return { id: form.get('client_id'), secret: form.get('client_secret') }
}

/** Returns the client. Throws if the id is malformed, the secret missing, or the two wrong: checked in this order. */
export function authenticateClient(state: SandboxState, request: ParsedRequest): ClientOptions {
  const { id, secret } = getClientCredentials(request)
  if (!id || !/^[a-z0-9-_]{3,40}$/i.test(id)) {
    throw new OAuthError('invalid_client', 'Invalid or missing client_id parameter')
  }
  if (!secret) throw new OAuthError('invalid_client', 'Missing client_secret parameter')

  const client = state.clients.get(id)
  // The secret of a developer client is public. Whether the service checks it is unknown.
  if (!client || client.secret !== secret) {
    throw new OAuthError('invalid_client', 'Client credentials are invalid')
  }
  return client
}

/** Throws if the client may not use this grant type. */
export function checkGrantAllowed(client: ClientOptions, grantType: string): void {
  if (client.disallowedGrants?.includes(grantType)) {
    throw new OAuthError('invalid_client', 'The grant type is unauthorised for this client_id')
  }
}
