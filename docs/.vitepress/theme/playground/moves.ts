import type { ProductSession } from '@particle-grants/core'
import type { Bench } from './bench.ts'

/** An action of the playground. */
export interface Move {
  readonly label: string
  /** Runs it. Returns the outcome as a sentence, or throws core's error. */
  readonly run: (bench: Bench) => Promise<string> | string
}

const tokenEndpoint = { match: { path: '/oauth/token' } } as const
/** Also sent for an account with SSO, which has no password. */
const wrong = 'a wrong password'

async function signIn({ session, account }: Bench, password = account?.password ?? wrong): Promise<string> {
  const { status } = await session.login({ username: account?.username ?? '', password })
  return status === 'signed_in' ? 'Signed in.' : 'The password was correct. A code is required.'
}

function signInWithCurl(bench: Bench, password = bench.account?.password ?? wrong): Promise<string> {
  return bench.sendWithCurl({ grant_type: 'password', username: bench.account?.username ?? '', password })
}

async function sendCode(bench: Bench, code: string): Promise<string> {
  bench.lastCode = code
  await bench.session.submitOtp(code)
  return 'Signed in.'
}

/** Returns the authenticator's code. If it was used, the clock moves on to the next one. */
function freshCode(bench: Bench): string {
  const code = () => bench.account?.mfa?.code ?? ''
  if (code() === bench.lastCode) bench.sandbox.clock.advance('30s')
  return code()
}

/** Repeats an action, and returns the outcome of the last time. */
async function repeat(count: number, run: () => Promise<string>): Promise<string> {
  for (let left = count; left > 1; left -= 1) await run().catch(() => {})
  return run()
}

function wait(duration: string, text: string): Move {
  return {
    label: `Move the clock ${text}`,
    run({ sandbox }) {
      sandbox.clock.advance(duration)
      return `The clock moved ${text}.`
    },
  }
}

/** A fault of the next token request. */
function fail(label: string, outcome: string, fault: Omit<Parameters<Bench['sandbox']['failNext']>[0], 'match'>): Move {
  return {
    label,
    run({ sandbox }) {
      sandbox.failNext({ ...tokenEndpoint, ...fault })
      return outcome
    },
  }
}

/** Every action by its name. */
export const moves = {
  sign_in: { label: 'Sign in', run: (bench) => signIn(bench) },
  code: { label: 'Send the correct code', run: (bench) => sendCode(bench, freshCode(bench)) },
  wrong_code: {
    label: 'Send a wrong code',
    run: (bench) => sendCode(bench, bench.account?.mfa?.code === '000000' ? '111111' : '000000'),
  },
  request_token: {
    label: 'Get a token',
    run: ({ session }) => session.getAccessToken().then(() => 'There is a token.'),
  },
  call: {
    label: 'Call the API',
    run: ({ session }) => session.fetch('/v1/devices').then(({ status }) => `GET /v1/devices returned ${status}.`),
  },
  renew: {
    label: 'Renew the token',
    // The type of a developer session has no `forceRefresh`. Here it is called anyway, to show the error.
    run: ({ session }) =>
      (session as ProductSession).getAccessToken({ forceRefresh: true }).then(() => 'There is a new token.'),
  },
  log_out: {
    label: 'Log out',
    async run({ session }) {
      const { accessToken } = await session.logout()
      return accessToken === 'revoked' ? 'Signed out. The access token is revoked.' : 'Signed out.'
    },
  },
  wait_half_hour: wait('30m', '30 minutes'),
  wait_hour: wait('1h', 'one hour'),
  wait_90_days: wait('90d', '90 days'),
  wrong_password: { label: 'Sign in with a wrong password', run: (bench) => signIn(bench, wrong) },
  five_wrong_passwords: {
    label: 'Sign in with a wrong password, five times',
    run: (bench) => repeat(5, () => signIn(bench, wrong)),
  },
  ten_with_curl: {
    label: 'Send ten wrong passwords with curl',
    run: (bench) => repeat(10, () => signInWithCurl(bench, wrong)),
  },
  sign_in_with_curl: { label: 'Sign in with curl', run: (bench) => signInWithCurl(bench) },
  refresh_with_curl: {
    label: 'Try the refresh token with curl',
    run: (bench) =>
      bench.sendWithCurl({ grant_type: 'refresh_token', refresh_token: bench.names.latest('refresh_token') ?? '' }),
  },
  server_down: fail('Make the server unreachable, once', 'The next token request will get no connection.', {
    drop: 'before',
  }),
  lose_response: fail('Lose the next response', 'The next token request will be processed, and its response lost.', {
    drop: 'before',
    after: true,
  }),
  error_page: fail('Let a proxy fail, once', 'The next token request will get an HTML error page.', {
    status: 502,
    body: '<html><h1>502 Bad Gateway</h1></html>',
  }),
  revoke: {
    label: 'Revoke the token elsewhere',
    run({ sandbox }) {
      const { tokens } = sandbox.revoke()
      return tokens === 0 ? 'There was no token to revoke.' : 'The token is revoked. The session does not know yet.'
    },
  },
} as const satisfies Readonly<Record<string, Move>>

/** The name of an action. */
export type MoveId = keyof typeof moves

/** The actions that are always available: those on the session, and those on the service and the clock. */
export const freeMoves: Readonly<Record<'With the session' | 'Break it', readonly MoveId[]>> = {
  'With the session': ['sign_in', 'code', 'wrong_code', 'request_token', 'call', 'renew', 'log_out'],
  'Break it': [
    'wait_hour',
    'wait_90_days',
    'wrong_password',
    'five_wrong_passwords',
    'ten_with_curl',
    'server_down',
    'lose_response',
    'error_page',
    'revoke',
  ],
}

/** The actions that sign an account in. A scenario without an account has none of them. */
export const accountMoves: ReadonlySet<string> = new Set<MoveId>([
  'sign_in',
  'code',
  'wrong_code',
  'wrong_password',
  'five_wrong_passwords',
  'ten_with_curl',
])
