import { decodePercent, type ParsedRequest } from '../http/request.ts'
import { getClientCredentials } from '../oauth/client.ts'
import { findLoginAccount } from '../oauth/grants.ts'
import type { SandboxState } from '../state/state.ts'

/** A request with the status and the error code of its response. */
interface HandledRequest {
  readonly state: SandboxState
  readonly request: ParsedRequest
  readonly status: number
  readonly error: string | undefined
}

/** Returns a sentence on what is probably wrong with a request, for the journal and the terminal. */
export function findHint(handled: HandledRequest): string | undefined {
  if (handled.request.path.startsWith('/oauth2/')) return identityProviderHints[handled.error ?? `${handled.status}`]
  if (!/^\/oauth\/token\/?$/.test(handled.request.path)) return findApiHint(handled)
  return tokenHints[handled.error ?? 'success']?.(handled)
}

/** The hints at the identity provider, by the error or the status of the response. */
const identityProviderHints: Readonly<Record<string, string>> = {
  404: 'The identity provider has POST device/authorize, POST token and GET keys, under /oauth2/default/v1.',
  authorization_pending: 'Open /activate in a browser to sign in, or POST /__sandbox/sso/approve.',
  slow_down: 'The poll came before the interval had passed. It is 5 seconds longer after each slow_down.',
  invalid_client: 'The client id is sandbox-sso-client, or the one of particle-cli.',
  unsupported_grant_type: 'The grant type is urn:ietf:params:oauth:grant-type:device_code, in a form.',
}

/** The hints at the token endpoint, by the error of the response. */
const tokenHints: Readonly<Record<string, (handled: HandledRequest) => string | undefined>> = {
  success: ({ request }) =>
    /^\d*$/.test(request.form.get('expires_in') ?? '')
      ? undefined
      : 'expires_in was not an integer ≥ 0, so the token never expires.',
  invalid_request: findInvalidRequestHint,
  invalid_client: findInvalidClientHint,
  invalid_grant: findInvalidGrantHint,
  invalid_token: findInvalidTokenHint,
  invalid_scope: () =>
    'A scope is such as devices:list. customer=NAME needs a product client and an existing customer of that product.',
  mfa_required: () =>
    'The password is correct. Now send grant_type=urn:custom:mfa-otp with this mfa_token and the otp.',
  rate_limit_exceeded: () =>
    '10 failures in a row block the address for 30 minutes, for correct requests too. 100 requests in 5 minutes block it until they are older. You can advance the clock.',
}

/** A path after a base URL with a path or a slash at its end: //v1/user, /oauth/token/oauth/token, /v1/v1/user. */
const wrongBaseUrl = /\/\/|.\/oauth\/token|^\/oauth\/token\/.|.\/v1\//

function findApiHint({ request, status, error }: HandledRequest): string | undefined {
  const { path, query, headers } = request
  if (query.has('access_token')) {
    return 'A token in the URL is written to logs, and the service rejects it for accounts created after December 2024: use the Authorization header.'
  }
  if (error === 'invalid_request' && headers.authorization === undefined) {
    return 'Send the token as Authorization: Bearer …'
  }
  if (error === 'unauthorized') {
    return "API users may make the calls that their scopes list, under their own product or organization. A person's token may do the rest."
  }
  if (status === 400 && path === '/v1/access_tokens' && !request.basic) {
    return 'To list tokens, send the username and password by HTTP Basic: curl -u username:password.'
  }
  return status === 404 ? findPathHint(path) : undefined
}

function findPathHint(path: string): string | undefined {
  if (wrongBaseUrl.test(path)) {
    return 'The base URL contains a path, or a slash at its end: remove it. It is the address only, such as http://127.0.0.1:8765.'
  }
  if (path.startsWith('/oauth')) return 'The token endpoint is /oauth/token. There is nothing else under /oauth.'
  if (/^\/v1\/(products|orgs|clients)\//.test(path)) return undefined
  return 'The sandbox has the token endpoint, /v1/access_tokens, /v1/user, /v1/devices with their events, /v1/clients, and under /v1/products/PRODUCT customers, clients and team.'
}

function findInvalidRequestHint({ request }: HandledRequest): string | undefined {
  const { method, contentType, form } = request
  const grantType = form.get('grant_type') ?? ''
  if (contentType === 'application/json') return 'The token endpoint accepts forms only, not JSON.'
  if (method !== 'POST') return 'Request tokens with POST, with the fields in the body and not in the URL.'
  if (form.size === 0) return 'The body is empty, or not form-encoded although its Content-Type says so.'
  if (grantType === 'urn:custom:mfa-token') return 'The second step is grant_type=urn:custom:mfa-otp.'
  if (grantType === 'authorization_code') {
    return 'authorization_code is for web clients that sign in in the browser, and is not supported here. Programs use password or client_credentials.'
  }
  return grantType === grantType.toLowerCase() ? undefined : 'Write grant_type in lower case.'
}

function findInvalidClientHint({ state, request }: HandledRequest): string {
  const { id, secret } = getClientCredentials(request)
  if (!id) {
    return /^bearer /i.test(request.headers.authorization ?? '')
      ? 'A bearer token is not a client: send the client by HTTP Basic (curl -u id:secret) or as client_id and client_secret.'
      : 'The request has no client: add curl -u particle:particle, or client_id and client_secret.'
  }
  if (!secret) return "The client's secret is missing or empty: was a shell variable not set?"

  const client = state.clients.get(id)
  if (!client) {
    return 'This client does not exist here. GET /__sandbox/ lists the clients. (Basic has id and secret unchanged, without percent-encoding.)'
  }
  if (client.secret !== secret) {
    return decodePercent(secret.replaceAll('+', ' ')) === client.secret
      ? "The client's secret was percent-encoded: send it unchanged. Basic decodes nothing, and a form decodes it once."
      : 'The client exists, and its secret is wrong. GET /__sandbox/ lists the clients.'
  }
  if (client.disallowedGrants?.includes(request.form.get('grant_type') ?? '')) {
    return 'Client and secret are correct, but this client may not use this grant type: use another client or another grant type.'
  }
  const field = request.form.get('username') ? 'password' : 'username'
  return `The ${field} is missing or empty: was a shell variable not set? The client is correct, although the error says invalid_client.`
}

function findInvalidGrantHint({ state, request }: HandledRequest): string | undefined {
  const client = state.clients.get(getClientCredentials(request).id ?? '')
  const grantType = request.form.get('grant_type')
  if (grantType === 'refresh_token') {
    return client?.kind === 'developer'
      ? 'Refresh tokens of developer clients never work: sign in again. Only product clients can refresh.'
      : 'A refresh token can be used once, by the client that it was issued to.'
  }
  if (grantType === 'client_credentials') {
    return 'client_credentials needs a client with an owner: a product client or a user client.'
  }
  const username = request.form.get('username') ?? ''
  const account = state.accounts.find(username)
  if (!account || !client) return 'This account does not exist here. GET /__sandbox/ lists the accounts.'
  if (findLoginAccount({ state, client }, username)) {
    return 'Client and account are correct, the password is wrong. GET /__sandbox/ lists the passwords.'
  }
  if (client.kind === 'product') {
    return 'Only customers of the product can sign in with a product client. Developers use particle:particle.'
  }
  return account.customerOf === undefined
    ? 'Only its owner can sign in with a user client.'
    : 'This is a customer: customers sign in with a client of their product.'
}

function findInvalidTokenHint({ state, request }: HandledRequest): string | undefined {
  const { form } = request
  if (!/^\d{6}$/.test(form.get('otp') ?? '000000')) return 'A code is six digits without spaces.'
  if (!state.challenges.find(form.get('mfa_token') ?? '')) {
    return 'The mfa_token is unknown, used or expired: start again with the password.'
  }
  if (form.get('grant_type') !== 'urn:custom:mfa-otp') return undefined
  return 'The code is wrong or used. GET /__sandbox/otp/USERNAME returns the current one. You can retry with the same mfa_token.'
}
