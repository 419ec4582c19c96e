import type { Bench } from './bench.ts'

/** An action of the playground. */
export interface Move {
  readonly label: string
  /** Runs it. Returns the outcome as a sentence, or throws core's error. */
  readonly run: (bench: Bench) => Promise<string> | string
}

const tokenEndpoint = { match: { path: '/oauth/token' } } as const

/** Every action by its name. */
export const moves = {
  sign_in: { label: 'Sign in', run: (bench) => bench.signIn() },
  code: { label: 'Send the correct code', run: (bench) => bench.sendCode(bench.freshCode()) },
  wrong_code: { label: 'Send a wrong code', run: (bench) => bench.sendCode(bench.wrongCode()) },
  request_token: { label: 'Get a token', run: (bench) => bench.requestToken() },
  call: { label: 'Call the API', run: (bench) => bench.call() },
  renew: { label: 'Renew the token', run: (bench) => bench.renew() },
  log_out: { label: 'Log out', run: (bench) => bench.logOut() },
  wait_half_hour: { label: 'Move the clock 30 minutes', run: (bench) => bench.wait('30m', '30 minutes') },
  wait_hour: { label: 'Move the clock one hour', run: (bench) => bench.wait('1h', 'One hour') },
  wait_90_days: { label: 'Move the clock 90 days', run: (bench) => bench.wait('90d', '90 days') },
  wrong_password: {
    label: 'Sign in with a wrong password',
    run: (bench) => bench.signIn(undefined, 'wrong'),
  },
  five_wrong_passwords: {
    label: 'Sign in with a wrong password, five times',
    run: (bench) => bench.times(5, () => bench.signIn(undefined, 'wrong')),
  },
  server_down: {
    label: 'Make the server unreachable, once',
    run: ({ sandbox }) => {
      sandbox.failNext({ ...tokenEndpoint, drop: 'before' })
      return 'The next token request will get no connection.'
    },
  },
  lose_response: {
    label: 'Lose the next response',
    run: ({ sandbox }) => {
      sandbox.failNext({ ...tokenEndpoint, drop: 'before', after: true })
      return 'The next token request will be processed, and its response lost.'
    },
  },
  error_page: {
    label: 'Let a proxy fail, once',
    run: ({ sandbox }) => {
      sandbox.failNext({ ...tokenEndpoint, status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' })
      return 'The next token request will get an HTML error page.'
    },
  },
  revoke: {
    label: 'Revoke the token elsewhere',
    run: ({ sandbox }) => {
      const { tokens } = sandbox.revoke()
      return tokens === 0 ? 'There was no token to revoke.' : 'The token is revoked. The session does not know yet.'
    },
  },
  refresh_with_curl: { label: 'Try the refresh token with curl', run: (bench) => bench.refreshWithCurl() },
  sign_in_with_curl: { label: 'Sign in with curl', run: (bench) => bench.signInWithCurl() },
  ten_with_curl: {
    label: 'Send ten wrong passwords with curl',
    run: (bench) => bench.times(10, () => bench.signInWithCurl('wrong')),
  },
} as const satisfies Readonly<Record<string, Move>>

/** The name of an action. */
export type MoveId = keyof typeof moves

/** The actions on the service and the clock that are always available. */
export const breakingMoves: readonly MoveId[] = [
  'wait_hour',
  'wait_90_days',
  'wrong_password',
  'five_wrong_passwords',
  'ten_with_curl',
  'server_down',
  'lose_response',
  'error_page',
  'revoke',
]

/** The actions on the session that are always available. */
export const sessionMoves: readonly MoveId[] = ['call', 'renew', 'log_out']
