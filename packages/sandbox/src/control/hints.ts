import type { Call } from '../call.ts'
import type { World } from '../model/world.ts'
import { clientCredentials } from '../oauth/client.ts'

/** What a rule looks at. */
interface Situation {
  readonly call: Call
  readonly world: World
  readonly status: number
  readonly error: string | undefined
  readonly grantType: string
  readonly clientKind: string | undefined
}

interface Rule {
  readonly when: (situation: Situation) => boolean
  readonly hint: string
}

/** What newcomers get wrong at the token endpoint, the more telling first. */
const tokenEndpointRules: readonly Rule[] = [
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
    when: ({ call }) => /^bearer /i.test(call.headers.get('authorization') ?? ''),
    hint: 'A bearer token is no client: send the client by HTTP Basic (curl -u id:secret) or as client_id and client_secret.',
  },
  {
    when: ({ grantType, error }) => error === 'invalid_request' && grantType !== grantType.toLowerCase(),
    hint: 'grant_type is written in lower case.',
  },
  {
    when: ({ error, clientKind, call }) =>
      error === 'invalid_client' && clientKind === undefined && !clientCredentials(call).id,
    hint: 'The request names no client: add curl -u particle:particle, or client_id and client_secret.',
  },
  {
    when: ({ error, clientKind }) => error === 'invalid_client' && clientKind === undefined,
    hint: 'There is no such client here; the page and GET /__sandbox/ list them. (Basic takes id and secret as they are, without percent-encoding.)',
  },
  {
    when: ({ error, grantType, call }) =>
      grantType === 'password' && error === 'invalid_client' && !call.form.get('password'),
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
    when: ({ error, grantType, clientKind }) =>
      grantType === 'refresh_token' && error === 'invalid_grant' && clientKind === 'developer',
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
    when: ({ error, clientKind }) => error === 'invalid_grant' && clientKind === 'product',
    hint: 'With a product client only customers of that product sign in; developers use particle:particle.',
  },
  {
    when: ({ error, call, world }) =>
      error === 'invalid_grant' &&
      world.accounts.named(call.form.get('username') ?? '')?.customerOf !== undefined,
    hint: 'This is a customer: customers sign in with a client of their product.',
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

/** What newcomers get wrong elsewhere. */
const apiRules: readonly Rule[] = [
  {
    when: ({ call }) => call.query.has('access_token'),
    hint: 'A token in the URL ends up in logs, and the service refuses it for accounts made after December 2024: use the Authorization header.',
  },
  {
    when: ({ error, call }) => error === 'invalid_request' && !call.headers.has('authorization'),
    hint: 'Send the token as Authorization: Bearer …',
  },
  {
    when: ({ status }) => status === 404,
    hint: 'The sandbox has the token endpoint, /v1/access_tokens, /v1/user, /v1/devices and /v1/products/PRODUCT/customers.',
  },
]

/** A sentence on what may have been meant, for the terminal and the journal. Never sent to the client. */
export function hintFor(
  world: World,
  call: Call,
  answer: { status: number; error: string | undefined },
): string | undefined {
  const situation = {
    ...answer,
    call,
    world,
    grantType: call.form.get('grant_type') ?? '',
    clientKind: world.clients.get(clientCredentials(call).id ?? '')?.kind,
  }
  const rules = call.path.startsWith('/oauth/') ? tokenEndpointRules : apiRules
  return rules.find(({ when }) => when(situation))?.hint
}
