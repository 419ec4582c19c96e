import { clientCredentials } from '../oauth/client.ts'
import { accountBehind } from '../oauth/grants/password.ts'
import type { Rule, Situation } from './rule.ts'

/** What newcomers get wrong at the token endpoint, the more telling first. */
export const tokenEndpointRules: readonly Rule[] = [
  {
    when: ({ error }) => error === 'rate_limit_exceeded',
    hint: '10 failures in a row block the address for 30 minutes, right requests too; so do 100 requests in 5 minutes, until they are older. Here the clock can be advanced.',
  },
  {
    when: ({ call }) => call.contentType === 'application/json',
    hint: 'The token endpoint reads form-encoded bodies only, no JSON: send application/x-www-form-urlencoded.',
  },
  {
    when: ({ call }) => call.method !== 'POST',
    hint: 'Tokens are asked for with POST and the fields in the body, not in the URL.',
  },
  {
    when: ({ grantType }) => grantType === 'urn:custom:mfa-token',
    hint: 'The second step is grant_type=urn:custom:mfa-otp; "mfa-token" is a slip that gets copied.',
  },
  {
    when: ({ call, grantType }) => grantType === '' && call.form.size === 0,
    hint: 'The body is empty, or not form-encoded in spite of its Content-Type.',
  },
  {
    when: ({ error, call }) =>
      error === 'invalid_client' &&
      !clientCredentials(call).id &&
      /^bearer /i.test(call.headers.get('authorization') ?? ''),
    hint: 'A bearer token is no client: send the client by HTTP Basic (curl -u id:secret) or as client_id and client_secret.',
  },
  {
    when: ({ grantType, error }) => error === 'invalid_request' && grantType !== grantType.toLowerCase(),
    hint: 'grant_type is written in lower case.',
  },
  {
    when: ({ error, grantType }) => error === 'invalid_request' && grantType === 'authorization_code',
    hint: 'authorization_code is for web clients, with a sign-in in the browser; it is not served here. Programs use password or client_credentials.',
  },
  {
    when: ({ error, call }) => error === 'invalid_client' && !clientCredentials(call).id,
    hint: 'The request names no client: add curl -u particle:particle, or client_id and client_secret.',
  },
  {
    when: ({ error, call }) => error === 'invalid_client' && !clientCredentials(call).secret,
    hint: "The client's secret is missing or empty: was a shell variable not set?",
  },
  {
    when: ({ error, client }) => error === 'invalid_client' && client === undefined,
    hint: 'There is no such client here; the page and GET /__sandbox/ list them. (Basic takes id and secret as they are, without percent-encoding.)',
  },
  {
    when: (situation) => hasWrongSecret(situation) && hasEncodedSecret(situation),
    hint: "The client's secret came percent-encoded: send it as it is. Basic decodes nothing, and a form only once.",
  },
  {
    when: hasWrongSecret,
    hint: 'The client is known, and this is not its secret; the page and GET /__sandbox/ list them.',
  },
  {
    when: ({ error, client, grantType }) =>
      error === 'invalid_client' && client?.refusedGrants?.includes(grantType) === true,
    hint: 'Client and secret are right, but this client may not use this grant type: take another client, or another grant type.',
  },
  {
    when: ({ error, grantType, call }) =>
      grantType === 'password' && error === 'invalid_client' && !call.form.get('username'),
    hint: 'The username is missing or empty: was a shell variable not set? The client was not the problem, in spite of the code.',
  },
  {
    when: ({ error, grantType }) => grantType === 'password' && error === 'invalid_client',
    hint: 'The password is missing or empty: was a shell variable not set? The client was not the problem, in spite of the code.',
  },
  {
    when: ({ call, error }) => error === 'invalid_token' && !/^\d{6}$/.test(call.form.get('otp') ?? '000000'),
    hint: 'A code is six digits without blanks.',
  },
  {
    when: ({ call, world, error }) =>
      error === 'invalid_token' && !world.challenges.find(call.form.get('mfa_token') ?? ''),
    hint: 'The mfa_token is unknown, spent, or too old: begin again with the password.',
  },
  {
    when: ({ error, grantType }) => error === 'invalid_token' && grantType === 'urn:custom:mfa-otp',
    hint: 'Wrong or used code. GET /__sandbox/otp/USERNAME gives the current one; the same mfa_token may be tried again.',
  },
  {
    when: ({ error, grantType, client }) =>
      grantType === 'refresh_token' && error === 'invalid_grant' && client?.kind === 'developer',
    hint: 'Refresh tokens of developer clients never work: sign in again. Only product clients can refresh.',
  },
  {
    when: ({ error, grantType }) => grantType === 'refresh_token' && error === 'invalid_grant',
    hint: 'A refresh token is good once, for the client that it was issued to.',
  },
  {
    when: ({ error, grantType }) => grantType === 'client_credentials' && error === 'invalid_grant',
    hint: 'client_credentials needs a client that has an owner: a product client or a user client.',
  },
  {
    when: (situation) => situation.error === 'invalid_grant' && namedAccount(situation) === undefined,
    hint: 'There is no such account here; the page and GET /__sandbox/ list them. Capitals count.',
  },
  {
    when: (situation) => situation.error === 'invalid_grant' && reachesAccount(situation),
    hint: 'Client and account are right, the password is not; the page and GET /__sandbox/ list them.',
  },
  {
    when: ({ error, client }) => error === 'invalid_grant' && client?.kind === 'product',
    hint: 'With a product client only customers of that product sign in; developers use particle:particle.',
  },
  {
    when: (situation) =>
      situation.error === 'invalid_grant' && namedAccount(situation)?.customerOf !== undefined,
    hint: 'This is a customer: customers sign in with a client of their product.',
  },
  {
    when: ({ error, client }) => error === 'invalid_grant' && client?.kind === 'user',
    hint: 'With a user client only its owner signs in.',
  },
  {
    when: ({ error }) => error === 'invalid_scope',
    hint: 'Scopes look like devices:list. customer=NAME needs a product client and a customer of that product, its email in lower case.',
  },
  {
    when: ({ error }) => error === 'mfa_required',
    hint: 'Right password. Now send grant_type=urn:custom:mfa-otp with this mfa_token and the otp.',
  },
  {
    when: ({ status, call }) => status === 200 && !/^\d*$/.test(call.form.get('expires_in') ?? ''),
    hint: 'expires_in was no whole number ≥ 0, and made a token that never expires.',
  },
]

function hasWrongSecret({ error, call, client, world }: Situation): boolean {
  const matters = client?.kind !== 'developer' || world.settings.checkDeveloperSecret
  return error === 'invalid_client' && matters && clientCredentials(call).secret !== client?.secret
}

function hasEncodedSecret({ call, client }: Situation): boolean {
  try {
    const { secret = '' } = clientCredentials(call)
    return decodeURIComponent(secret.replaceAll('+', ' ')) === client?.secret
  } catch {
    return false
  }
}

function namedAccount({ call, world }: Situation) {
  return world.accounts.named(call.form.get('username') ?? '')
}

function reachesAccount({ call, client, world }: Situation): boolean {
  return (
    client !== undefined && accountBehind({ world, client }, call.form.get('username') ?? '') !== undefined
  )
}
