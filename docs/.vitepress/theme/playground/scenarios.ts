import { developerClient, productClient } from '@particle-grants/core'
import { defaultClients } from '@particle-grants/sandbox'
import type { Setting } from './bench.ts'
import type { MoveId } from './moves.ts'

/** A situation, and the steps through it. */
export interface Scenario extends Setting {
  readonly title: string
  readonly situation: string
  /** Each step: an action, and what to look at afterwards. */
  readonly steps: readonly (readonly [move: MoveId, watch: string])[]
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
      ['sign_in', 'The response is 403 mfa_required with an mfa_token. The password was correct.'],
      ['wrong_code', 'Refused, and still in mfa_required: the session keeps the same mfa_token.'],
      ['code', 'The request has only mfa_token, otp and the client. Username and password are not sent again.'],
      ['call', 'The access token is in the Authorization header.'],
      ['wait_90_days', 'The token has expired. The session knows without a request.'],
      ['call', 'Nothing was sent: a developer token cannot be renewed. Sign in again.'],
    ],
  },
  product: {
    title: "A product's back end",
    situation: "A product client's id and secret, on a server. MFA is never required.",
    client: product,
    username: undefined,
    steps: [
      ['request_token', 'One request, on first use. The session drops the refresh_token: it can request a new token.'],
      ['call', 'The access token is in the Authorization header.'],
      ['wait_90_days', 'The token has expired, and the state is still signed_in: it can be renewed.'],
      ['call', 'First a new token, then the call. The caller sees one response.'],
      ['revoke', 'The token was revoked elsewhere. The session does not know yet.'],
      ['call', 'The API returns 401 invalid_token. The session renews once and sends the call again.'],
    ],
  },
  customer: {
    title: 'A customer of a product',
    situation: "Jane signs in with her password and the product's client. Her tokens can be refreshed.",
    client: product,
    username: 'jane@example.com',
    steps: [
      ['sign_in', 'The session keeps the refresh token: this client can use it.'],
      [
        'wait_90_days',
        'The access token has expired. In the sandbox the refresh token is valid for 104 days, as in the server library. The API reference is quoted with 14 days.',
      ],
      ['call', 'A refresh with the same client. The old refresh token is revoked, and the response has a new one.'],
      ['lose_response', 'The next token request will be processed, and its response lost.'],
      ['renew', 'No response. The refresh token may have been used.'],
      ['wait_hour', 'The current access token is still valid.'],
      ['renew', 'Now client_credentials for the same customer, which needs no refresh token.'],
    ],
  },
  refresh: {
    title: "A developer's refresh token",
    situation: 'The response has a refresh_token, but it does not work.',
    client: developer,
    username: 'dev@example.com',
    steps: [
      ['sign_in', 'The response has a refresh_token. The session drops it.'],
      ['renew', 'Nothing was sent: only product clients refresh.'],
      [
        'refresh_with_curl',
        'It does not work, as the report says. How the live service refuses it is not known; this sandbox returns 400 invalid_grant.',
      ],
    ],
  },
  outage: {
    title: 'The service is down',
    situation: "A product's back end during an outage: no connection, then an error page.",
    client: product,
    username: undefined,
    steps: [
      ['request_token', 'The first token.'],
      ['server_down', 'The next token request will get no connection.'],
      ['renew', 'No response. The session is still signed_in with its current token.'],
      ['call', 'The token is valid, so the call succeeds.'],
      ['error_page', 'The next token request will get an HTML page from a proxy.'],
      ['renew', 'Not a response of the token endpoint. The session keeps its token.'],
      ['renew', 'The service works again: a new token.'],
    ],
  },
  lockout: {
    title: 'Too many wrong passwords',
    situation: 'Ten failed requests in a row block an IP address for 30 minutes.',
    client: developer,
    username: 'dev@example.com',
    steps: [
      [
        'five_wrong_passwords',
        'Particle refused three of them. Then the lockout guard held this password back: nothing was sent.',
      ],
      ['sign_in', 'Another password is sent: the correct one signs in.'],
      [
        'ten_with_curl',
        'Without the guard the address is blocked. This sandbox returns 429 then; what the live service returns is not known.',
      ],
      ['sign_in_with_curl', 'The address is blocked, so the correct password is refused too.'],
      ['wait_half_hour', 'The lockout is over.'],
      ['sign_in', 'The correct password is accepted again.'],
    ],
  },
  sso: {
    title: 'An account with SSO',
    situation: "The account signs in through its company's SSO. The password grant does not work for it.",
    client: developer,
    username: 'sso@example.com',
    steps: [['sign_in', '403 sso_user. Run `particle login --sso` and use its token.']],
  },
} as const satisfies Readonly<Record<string, Scenario>>

/** The name of a scenario. */
export type ScenarioId = keyof typeof scenarios

/** The names of the scenarios, in the order of the menu. */
export const scenarioIds = Object.keys(scenarios) as readonly ScenarioId[]

/** A position in the playground, as links contain it. */
export interface Place {
  readonly scenario: ScenarioId
  /** The number of steps taken. */
  readonly step: number
}

/** Reads the position from a link's query. Without one it is the start. */
export function readPlace(query: string): Place {
  const given = new URLSearchParams(query)
  const scenario = scenarioIds.find((id) => id === given.get('scenario')) ?? 'mfa'
  const step = /^\d{1,2}$/.test(given.get('step') ?? '') ? Number(given.get('step')) : 0
  return { scenario, step: Math.min(step, scenarios[scenario].steps.length) }
}

/** Returns the query of a link to a position. */
export function writePlace({ scenario, step }: Place): string {
  return `?${new URLSearchParams({ scenario, ...(step > 0 && { step: String(step) }) })}`
}
