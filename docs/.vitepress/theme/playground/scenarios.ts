import { developerClient, productClient } from '@particle-grants/core'
import { defaultClients } from '@particle-grants/sandbox'
import type { Setting } from './bench.ts'
import type { MoveId } from './moves.ts'

/** A step of a scenario: an action, and what to look at afterwards. */
export interface ScenarioStep {
  readonly move: MoveId
  readonly watch: string
}

/** A situation, and the steps through it. */
export interface Scenario extends Setting {
  readonly title: string
  readonly situation: string
  readonly steps: readonly ScenarioStep[]
}

const developer = developerClient()
const { id = '', secret = '' } = defaultClients.find(({ kind }) => kind === 'product') ?? {}
const product = productClient({ id, secret })

/** Every scenario of the playground, by the name in links. */
export const scenarios = {
  mfa: {
    title: 'Your own account, with MFA',
    situation: 'A developer account with an authenticator. Its token cannot be renewed.',
    client: developer,
    username: 'mfa@example.com',
    steps: [
      {
        move: 'sign_in',
        watch: 'The response is 403 mfa_required with an mfa_token. The password was correct.',
      },
      {
        move: 'wrong_code',
        watch: 'Refused, and still in mfa_required: the session keeps the same mfa_token.',
      },
      {
        move: 'code',
        watch: 'The request has only mfa_token, otp and the client. Username and password are not sent again.',
      },
      { move: 'call', watch: 'The access token is in the Authorization header.' },
      { move: 'wait_90_days', watch: 'The token has expired. The session knows without a request.' },
      { move: 'call', watch: 'Nothing was sent: a developer token cannot be renewed. Sign in again.' },
    ],
  },
  product: {
    title: "A product's back end",
    situation: "A product client's id and secret, on a server. MFA is never required.",
    client: product,
    username: undefined,
    steps: [
      {
        move: 'request_token',
        watch: 'One request, on first use. The session drops the refresh_token: it can request a new token.',
      },
      { move: 'call', watch: 'The access token is in the Authorization header.' },
      {
        move: 'wait_90_days',
        watch: 'The token has expired, and the state is still signed_in: it can be renewed.',
      },
      { move: 'call', watch: 'First a new token, then the call. The caller sees one response.' },
      { move: 'revoke', watch: 'The token was revoked elsewhere. The session does not know yet.' },
      {
        move: 'call',
        watch: 'The API returns 401 invalid_token. The session renews once and sends the call again.',
      },
    ],
  },
  customer: {
    title: 'A customer of a product',
    situation: "Jane signs in with her password and the product's client. Her tokens can be refreshed.",
    client: product,
    username: 'jane@example.com',
    steps: [
      { move: 'sign_in', watch: 'The session keeps the refresh token: this client can use it.' },
      {
        move: 'wait_90_days',
        watch:
          'The access token has expired. In the sandbox the refresh token is valid for 104 days, as in the server library. The API reference is quoted with 14 days.',
      },
      {
        move: 'call',
        watch: 'A refresh with the same client. The old refresh token is revoked, and the response has a new one.',
      },
      { move: 'lose_response', watch: 'The next token request will be processed, and its response lost.' },
      { move: 'renew', watch: 'No response. The refresh token may have been used.' },
      { move: 'wait_hour', watch: 'The current access token is still valid.' },
      {
        move: 'renew',
        watch: 'Now client_credentials for the same customer, which needs no refresh token.',
      },
    ],
  },
  refresh: {
    title: "A developer's refresh token",
    situation: 'The response has a refresh_token, but it does not work.',
    client: developer,
    username: 'dev@example.com',
    steps: [
      { move: 'sign_in', watch: 'The response has a refresh_token. The session drops it.' },
      { move: 'renew', watch: 'Nothing was sent: only product clients refresh.' },
      {
        move: 'refresh_with_curl',
        watch:
          'It does not work, as the report says. How the live service refuses it is not known; this sandbox returns 400 invalid_grant.',
      },
    ],
  },
  outage: {
    title: 'The service is down',
    situation: "A product's back end during an outage: no connection, then an error page.",
    client: product,
    username: undefined,
    steps: [
      { move: 'request_token', watch: 'The first token.' },
      { move: 'server_down', watch: 'The next token request will get no connection.' },
      { move: 'renew', watch: 'No response. The session is still signed_in with its current token.' },
      { move: 'call', watch: 'The token is valid, so the call succeeds.' },
      { move: 'error_page', watch: 'The next token request will get an HTML page from a proxy.' },
      { move: 'renew', watch: 'Not a response of the token endpoint. The session keeps its token.' },
      { move: 'renew', watch: 'The service works again: a new token.' },
    ],
  },
  lockout: {
    title: 'Too many wrong passwords',
    situation: 'Ten failed requests in a row block an IP address for 30 minutes.',
    client: developer,
    username: 'dev@example.com',
    steps: [
      { move: 'five_wrong_passwords', watch: 'Particle refuses each of them.' },
      {
        move: 'sign_in',
        watch: 'Nothing was sent, even with the correct password: the lockout guard holds this account back.',
      },
      {
        move: 'ten_with_curl',
        watch:
          'Without the guard the address is blocked. This sandbox returns 429 then; what the live service returns is not known.',
      },
      { move: 'sign_in_with_curl', watch: 'The address is blocked, so the correct password is refused too.' },
      { move: 'wait_half_hour', watch: 'The lockout is over, and so is the wait of the account.' },
      { move: 'sign_in', watch: 'A success ends the back-off.' },
    ],
  },
  sso: {
    title: 'An account with SSO',
    situation: "The account signs in through its company's SSO. The password grant does not work for it.",
    client: developer,
    username: 'sso@example.com',
    steps: [{ move: 'sign_in', watch: '403 sso_user. Run `particle login --sso` and use its token.' }],
  },
} as const satisfies Readonly<Record<string, Scenario>>

/** The name of a scenario. */
export type ScenarioId = keyof typeof scenarios

/** The names of the scenarios, in the order of the menu. */
export const scenarioIds = Object.keys(scenarios) as readonly ScenarioId[]
