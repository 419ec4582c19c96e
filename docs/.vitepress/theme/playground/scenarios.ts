import { developerClient, productClient } from '@particle-grants/core'
import { defaultClients } from '@particle-grants/sandbox'
import type { Setting } from './bench.ts'
import type { MoveId } from './moves.ts'

/** A step of a scenario: a move, and what to look at when it is done. */
export interface ScenarioStep {
  readonly move: MoveId
  readonly watch: string
}

/** A situation that people are in, and the way through it. */
export interface Scenario extends Setting {
  readonly title: string
  readonly situation: string
  readonly steps: readonly ScenarioStep[]
}

const developer = developerClient()
const { id = '', secret = '' } = defaultClients.find(({ kind }) => kind === 'product') ?? {}
const product = productClient({ id, secret })

/** Every scenario of the playground, by the name that links carry. */
export const scenarios = {
  mfa: {
    title: 'Your own account, with MFA',
    situation: 'A developer account with an authenticator. Nobody can renew its token.',
    client: developer,
    username: 'mfa@example.com',
    steps: [
      {
        move: 'sign_in',
        watch: 'The answer is 403 mfa_required, with an mfa_token beside it. That is no failure.',
      },
      {
        move: 'wrong_code',
        watch: 'Refused, and still in mfa_required: the same mfa_token may be tried again.',
      },
      {
        move: 'code',
        watch: 'Only mfa_token, otp and the client go out; username and password are not sent again.',
      },
      { move: 'call', watch: 'The access token goes into the Authorization header.' },
      { move: 'wait_90_days', watch: 'The token is over. No request was needed to know it.' },
      { move: 'call', watch: 'Refused in the page: nobody can renew a developer token. Nothing was sent.' },
    ],
  },
  product: {
    title: "A product's back end",
    situation: 'A product client with its id and secret, as a server has it. MFA is never asked.',
    client: product,
    username: undefined,
    steps: [
      {
        move: 'authorize',
        watch: 'One request. The refresh_token in the answer is not kept: asking again is simpler.',
      },
      { move: 'call', watch: 'The access token goes into the Authorization header.' },
      {
        move: 'wait_90_days',
        watch: 'The token is over, and the state is still signed_in: it can be renewed.',
      },
      { move: 'call', watch: 'First a new token, then the call. Whoever made the call sees one answer.' },
      { move: 'revoke', watch: 'Somebody revokes the token. The session cannot know it yet.' },
      { move: 'call', watch: 'The API says 401 invalid_token: one renewal, and the call is sent again.' },
    ],
  },
  customer: {
    title: 'A customer of a product',
    situation:
      "Jane signs in with her own password, through the product's client. Such tokens can be refreshed.",
    client: product,
    username: 'jane@example.com',
    steps: [
      { move: 'sign_in', watch: 'The refresh token is kept: this client may use it.' },
      {
        move: 'wait_90_days',
        watch:
          'The access token is over. The refresh token lives 104 days here, as in the server library. If the 14 days hold that the API reference is quoted with, it is over, too.',
      },
      {
        move: 'call',
        watch:
          'A refresh with the same client. The old refresh token is spent, the answer has a new one. Were it over, client_credentials for the same customer would do.',
      },
      {
        move: 'lose_answer',
        watch: 'The next token request will be served, and its answer lost on the way.',
      },
      { move: 'renew', watch: 'No answer. The refresh token may be spent, and nobody can tell.' },
      { move: 'wait_hour', watch: 'The access token from before is still good meanwhile.' },
      {
        move: 'renew',
        watch: 'The way out: client_credentials for the same customer, which needs no refresh token.',
      },
    ],
  },
  refresh: {
    title: "A developer's refresh token",
    situation: 'The answer carries a refresh_token, and nothing can be done with it.',
    client: developer,
    username: 'dev@example.com',
    steps: [
      { move: 'sign_in', watch: 'There is a refresh_token in the answer. The session did not keep it.' },
      { move: 'renew', watch: 'Refused in the page: product clients only. Nothing was sent.' },
      {
        move: 'refresh_by_hand',
        watch:
          'It does not work, which is reported. How the live service says so is not known; this sandbox says 400 invalid_grant.',
      },
    ],
  },
  outage: {
    title: 'The service is down',
    situation: "A product's back end at a bad moment: no connection, an error page, a busy service.",
    client: product,
    username: undefined,
    steps: [
      { move: 'authorize', watch: 'A token to begin with.' },
      { move: 'dead_server', watch: 'The next token request will find no server.' },
      { move: 'renew', watch: 'No answer. Still signed_in, with the token from before.' },
      { move: 'call', watch: 'The token is good, so the call goes through.' },
      { move: 'error_page', watch: 'The next token request will be answered by a proxy, in HTML.' },
      { move: 'renew', watch: 'An unexpected answer proves nothing: the session goes on.' },
      { move: 'renew', watch: 'The service is back: a new token.' },
    ],
  },
  lockout: {
    title: 'Too many wrong passwords',
    situation: 'Ten failed requests in a row lock the address out for 30 minutes. Somebody mistypes.',
    client: developer,
    username: 'dev@example.com',
    steps: [
      { move: 'five_wrong_passwords', watch: 'Each is refused by the service.' },
      {
        move: 'sign_in',
        watch:
          'Held back in the page, the right password too. Nothing was sent: we never contribute the tenth.',
      },
      {
        move: 'ten_by_hand',
        watch:
          'Without that: the address is locked out. This sandbox answers 429 then; what the live service answers is not known.',
      },
      { move: 'sign_in_by_hand', watch: 'Locked out, the right password is refused as well.' },
      { move: 'wait_half_hour', watch: 'The lock-out is over.' },
      { move: 'sign_in', watch: 'A success clears the count.' },
    ],
  },
  sso: {
    title: 'An account with SSO',
    situation: 'The account signs in through its company. The password grant cannot serve it.',
    client: developer,
    username: 'sso@example.com',
    steps: [{ move: 'sign_in', watch: '403 sso_user. A token has to come from elsewhere.' }],
  },
} as const satisfies Readonly<Record<string, Scenario>>

/** The name of a scenario. */
export type ScenarioId = keyof typeof scenarios

/** The scenarios' names, in the order of the menu. */
export const scenarioIds = Object.keys(scenarios) as readonly ScenarioId[]
