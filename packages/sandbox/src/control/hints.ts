import type { ParsedRequest } from '../http/request.ts'
import { getClientCredentials, isSecretChecked } from '../oauth/client.ts'
import type { OAuthErrorCode } from '../oauth/errors.ts'
import { findLoginAccount } from '../oauth/grants.ts'
import type { Account } from '../state/accounts.ts'
import type { ClientOptions } from '../state/clients.ts'
import type { SandboxState } from '../state/state.ts'

/** A request with the status and the error code of its response. */
interface HandledRequest {
  readonly state: SandboxState
  readonly request: ParsedRequest
  readonly status: number
  readonly error: string | undefined
}

/** A handled token request. */
interface TokenRequestDetails extends HandledRequest {
  readonly grantType: string
  /** The client that the request names, whether or not its secret is correct. */
  readonly client: ClientOptions | undefined
  readonly secret: string | undefined
}

/** A mistake, and what to say about it. */
interface Hint<Details> {
  readonly when: (details: Details) => boolean
  readonly text: string
}

/** Returns a sentence on what is probably wrong with a request, for the journal and the terminal. */
export function findHint(handled: HandledRequest): string | undefined {
  const { state, request, error } = handled
  if (!/^\/oauth\/token\/?$/.test(request.path)) {
    return apiHints.find(({ when }) => when(handled))?.text
  }
  if (error === undefined && !request.form.has('expires_in')) return undefined
  const { id, secret } = getClientCredentials(request)
  const grantType = request.form.get('grant_type') ?? ''
  const details = { ...handled, grantType, client: state.clients.get(id ?? ''), secret }
  const hints = tokenHints[(error ?? 'none') as OAuthErrorCode | 'none'] ?? []
  return hints.find(({ when }) => when(details))?.text
}

const always = () => true

/** Mistakes outside the token endpoint. */
const apiHints: readonly Hint<HandledRequest>[] = [
  {
    when: ({ status, request }) => status === 404 && request.path.includes('//'),
    text: 'The path has two slashes: remove the slash at the end of the base URL. It is the address only, such as http://127.0.0.1:8765.',
  },
  {
    // Such as /oauth/token/oauth/token, /v1/oauth/token, /oauth/token/v1/devices and /v1/v1/user.
    when: ({ status, request }) =>
      status === 404 && /.\/oauth\/token|^\/oauth\/token\/.|.\/v1\//.test(request.path),
    text: 'The base URL contains a path: remove it. It is the address only, such as http://127.0.0.1:8765.',
  },
  {
    when: ({ status, request }) => status === 404 && request.path.startsWith('/oauth'),
    text: 'The token endpoint is /oauth/token. There is nothing else under /oauth.',
  },
  {
    when: ({ request }) => request.query.has('access_token'),
    text: 'A token in the URL is written to logs, and the service rejects it for accounts created after December 2024: use the Authorization header.',
  },
  {
    when: ({ error, request }) => error === 'invalid_request' && request.headers.authorization === undefined,
    text: 'Send the token as Authorization: Bearer …',
  },
  {
    when: ({ status, request }) => status === 400 && request.path === '/v1/access_tokens' && !request.basic,
    text: 'To list tokens, send the username and password by HTTP Basic: curl -u username:password.',
  },
  {
    when: ({ status, request }) => status === 404 && !request.path.startsWith('/v1/products/'),
    text: 'The sandbox has the token endpoint, /v1/access_tokens, /v1/user, /v1/devices and /v1/products/PRODUCT/customers.',
  },
]

type TokenHint = Hint<TokenRequestDetails>

/** Mistakes at the token endpoint by the error of the response. The first hint that applies is shown. */
const tokenHints: { readonly [error in OAuthErrorCode | 'none']?: readonly TokenHint[] } = {
  rate_limit_exceeded: [
    {
      when: always,
      text: '10 failures in a row block the address for 30 minutes, for correct requests too. 100 requests in 5 minutes block it until they are older. You can advance the clock.',
    },
  ],
  invalid_request: [
    {
      when: ({ request }) => request.contentType === 'application/json',
      text: 'The token endpoint accepts form-encoded bodies only, not JSON: send application/x-www-form-urlencoded.',
    },
    {
      when: ({ request }) => request.method !== 'POST',
      text: 'Request tokens with POST, with the fields in the body and not in the URL.',
    },
    {
      when: ({ grantType }) => grantType === 'urn:custom:mfa-token',
      text: 'The second step is grant_type=urn:custom:mfa-otp. "mfa-token" is a common mistake.',
    },
    {
      when: ({ request, grantType }) => grantType === '' && request.form.size === 0,
      text: 'The body is empty, or not form-encoded although its Content-Type says so.',
    },
    {
      when: ({ grantType }) => grantType !== grantType.toLowerCase(),
      text: 'Write grant_type in lower case.',
    },
    {
      when: ({ grantType }) => grantType === 'authorization_code',
      text: 'authorization_code is for web clients that sign in in the browser, and is not supported here. Programs use password or client_credentials.',
    },
  ],
  invalid_client: [
    {
      when: ({ request }) =>
        !getClientCredentials(request).id && /^bearer /i.test(request.headers.authorization ?? ''),
      text: 'A bearer token is not a client: send the client by HTTP Basic (curl -u id:secret) or as client_id and client_secret.',
    },
    {
      when: ({ request }) => !getClientCredentials(request).id,
      text: 'The request has no client: add curl -u particle:particle, or client_id and client_secret.',
    },
    {
      when: ({ secret }) => !secret,
      text: "The client's secret is missing or empty: was a shell variable not set?",
    },
    {
      when: ({ client }) => client === undefined,
      text: 'This client does not exist here. The page and GET /__sandbox/ list the clients. (Basic has id and secret unchanged, without percent-encoding.)',
    },
    {
      when: (details) => hasWrongSecret(details) && hasEncodedSecret(details),
      text: "The client's secret was percent-encoded: send it unchanged. Basic decodes nothing, and a form decodes it once.",
    },
    {
      when: hasWrongSecret,
      text: 'The client exists, and its secret is wrong. The page and GET /__sandbox/ list the clients.',
    },
    {
      when: ({ client, grantType }) => client?.disallowedGrants?.includes(grantType) === true,
      text: 'Client and secret are correct, but this client may not use this grant type: use another client or another grant type.',
    },
    {
      when: ({ request }) => !request.form.get('username'),
      text: 'The username is missing or empty: was a shell variable not set? The client is correct, although the error says invalid_client.',
    },
    {
      when: always,
      text: 'The password is missing or empty: was a shell variable not set? The client is correct, although the error says invalid_client.',
    },
  ],
  invalid_token: [
    {
      when: ({ request }) => !/^\d{6}$/.test(request.form.get('otp') ?? '000000'),
      text: 'A code is six digits without spaces.',
    },
    {
      when: ({ request, state }) => !state.challenges.find(request.form.get('mfa_token') ?? ''),
      text: 'The mfa_token is unknown, used or expired: start again with the password.',
    },
    {
      when: ({ grantType }) => grantType === 'urn:custom:mfa-otp',
      text: 'The code is wrong or used. GET /__sandbox/otp/USERNAME returns the current one. You can retry with the same mfa_token.',
    },
  ],
  invalid_grant: [
    {
      when: ({ grantType, client }) => grantType === 'refresh_token' && client?.kind === 'developer',
      text: 'Refresh tokens of developer clients never work: sign in again. Only product clients can refresh.',
    },
    {
      when: ({ grantType }) => grantType === 'refresh_token',
      text: 'A refresh token can be used once, by the client that it was issued to.',
    },
    {
      when: ({ grantType }) => grantType === 'client_credentials',
      text: 'client_credentials needs a client with an owner: a product client or a user client.',
    },
    {
      when: (details) => findNamedAccount(details) === undefined,
      text: 'This account does not exist here. The page and GET /__sandbox/ list the accounts.',
    },
    {
      when: isLoginAllowed,
      text: 'Client and account are correct, the password is wrong. The page and GET /__sandbox/ list the passwords.',
    },
    {
      when: ({ client }) => client?.kind === 'product',
      text: 'Only customers of the product can sign in with a product client. Developers use particle:particle.',
    },
    {
      when: (details) => findNamedAccount(details)?.customerOf !== undefined,
      text: 'This is a customer: customers sign in with a client of their product.',
    },
    {
      when: ({ client }) => client?.kind === 'user',
      text: 'Only its owner can sign in with a user client.',
    },
  ],
  invalid_scope: [
    {
      when: always,
      text: 'A scope is such as devices:list. customer=NAME needs a product client and an existing customer of that product.',
    },
  ],
  mfa_required: [
    {
      when: always,
      text: 'The password is correct. Now send grant_type=urn:custom:mfa-otp with this mfa_token and the otp.',
    },
  ],
  none: [
    {
      when: ({ request }) => !/^\d*$/.test(request.form.get('expires_in') ?? ''),
      text: 'expires_in was not an integer ≥ 0, so the token never expires.',
    },
  ],
}

function hasWrongSecret({ state, client, secret }: TokenRequestDetails): boolean {
  return client !== undefined && isSecretChecked(state, client) && client.secret !== secret
}

function hasEncodedSecret({ client, secret = '' }: TokenRequestDetails): boolean {
  try {
    return decodeURIComponent(secret.replaceAll('+', ' ')) === client?.secret
  } catch {
    return false
  }
}

function findNamedAccount({ request, state }: TokenRequestDetails): Account | undefined {
  return state.accounts.find(request.form.get('username') ?? '')
}

function isLoginAllowed({ request, client, state }: TokenRequestDetails): boolean {
  const username = request.form.get('username') ?? ''
  return client !== undefined && findLoginAccount({ state, client }, username) !== undefined
}
