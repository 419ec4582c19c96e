import type { Bench } from './bench.ts'

/** Something that can be done in the playground at any time, besides typing. */
export interface Move {
  readonly label: string
  /** Does it. Gives what came of it in a sentence; throws what core threw. */
  readonly run: (bench: Bench) => Promise<string> | string
}

const tokenEndpoint = { match: { path: '/oauth/token' } } as const

/** Every move by its name. */
export const moves = {
  sign_in: { label: 'Sign in', run: (bench) => bench.signIn() },
  code: { label: 'Send the right code', run: (bench) => bench.sendCode(bench.freshCode()) },
  wrong_code: { label: 'Send a wrong code', run: (bench) => bench.sendCode(bench.wrongCode()) },
  authorize: { label: "Ask with the client's credentials", run: (bench) => bench.authorize() },
  call: { label: 'Call the API', run: (bench) => bench.call() },
  renew: { label: 'Renew the token', run: (bench) => bench.renew() },
  log_out: { label: 'Log out', run: (bench) => bench.logOut() },
  wait_half_hour: { label: 'Let 30 minutes pass', run: (bench) => bench.wait('30m', '30 minutes') },
  wait_hour: { label: 'Let an hour pass', run: (bench) => bench.wait('1h', 'An hour') },
  wait_90_days: { label: 'Let 90 days pass', run: (bench) => bench.wait('90d', '90 days') },
  wrong_password: {
    label: 'Sign in with a wrong password',
    run: (bench) => bench.signIn(undefined, 'wrong'),
  },
  five_wrong_passwords: {
    label: 'Sign in with a wrong password, five times',
    run: (bench) => bench.times(5, () => bench.signIn(undefined, 'wrong')),
  },
  dead_server: {
    label: 'Let the server be dead, once',
    run: ({ sandbox }) => {
      sandbox.failNext({ ...tokenEndpoint, drop: 'before' })
      return 'The next token request will find nobody.'
    },
  },
  lose_answer: {
    label: 'Lose the next answer',
    run: ({ sandbox }) => {
      sandbox.failNext({ ...tokenEndpoint, drop: 'before', after: true })
      return 'The next token request will be served, and its answer lost.'
    },
  },
  error_page: {
    label: 'Let a proxy answer, once',
    run: ({ sandbox }) => {
      sandbox.failNext({ ...tokenEndpoint, status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' })
      return 'The next token request will be answered with an error page.'
    },
  },
  revoke: {
    label: 'Revoke the token behind its back',
    run: ({ sandbox }) => {
      const { tokens } = sandbox.revoke()
      return tokens === 0
        ? 'There was no token to revoke.'
        : 'The token is dead, and the session does not know.'
    },
  },
  refresh_by_hand: { label: 'Try the refresh token by hand', run: (bench) => bench.refreshByHand() },
  sign_in_by_hand: { label: 'Sign in by hand', run: (bench) => bench.signInByHand() },
  ten_by_hand: {
    label: 'Ten wrong passwords by hand',
    run: (bench) => bench.times(10, () => bench.signInByHand('wrong')),
  },
} as const satisfies Readonly<Record<string, Move>>

/** The name of a move. */
export type MoveId = keyof typeof moves

/** What one may do to the service and the clock at any time. */
export const breakingMoves: readonly MoveId[] = [
  'wait_hour',
  'wait_90_days',
  'wrong_password',
  'five_wrong_passwords',
  'ten_by_hand',
  'dead_server',
  'lose_answer',
  'error_page',
  'revoke',
]

/** What one may do with the session at any time. */
export const sessionMoves: readonly MoveId[] = ['call', 'renew', 'log_out']
