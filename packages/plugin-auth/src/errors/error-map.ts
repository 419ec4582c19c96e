import type { ErrorCode, ErrorDetails } from '@particle-grants/core'
import { folderVariable } from '../connection/stores.ts'
import { getProxyRemedy } from '../network/fetch.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** How a command reports an error of core. */
export interface ErrorOutcome<C extends ErrorCode = ErrorCode> {
  readonly exitCode: ExitCode
  /** For the terminal, where core's own message names methods of its API. */
  readonly message?: (details: ErrorDetails[C]) => string
  /** What to do next, where a command or a flag does it. */
  readonly remedy?: (commands: Commands, details: ErrorDetails[C]) => string | undefined
}

/** The commands of the program at hand, for the connection in use. */
export interface Commands {
  /** Writes a command: `login --otp-stdin` is the command below `auth`. */
  readonly auth: (command: string) => string
}

const signIn = ({ auth }: Commands) => `Sign in: ${auth('login')}`
const { failed, usage, notSignedIn, mfaNeeded, lockedOut, network } = exitCodes

/** Every error of core. A code that core adds does not compile here until it has its line. */
export const errorMap: { readonly [C in ErrorCode]: ErrorOutcome<C> } = {
  invalid_argument: { exitCode: usage },
  insecure_base_url: {
    exitCode: usage,
    message: ({ origin }) => `Refusing to send credentials over plain HTTP to ${origin}.`,
    remedy: () => 'Use https, or a loopback address for the sandbox.',
  },
  grant_not_allowed: { exitCode: usage },
  subject_mismatch: { exitCode: usage },
  request_in_progress: { exitCode: failed },
  no_challenge: {
    exitCode: notSignedIn,
    message: () => 'No sign-in is waiting for a code.',
    remedy: signIn,
  },
  invalid_code: {
    exitCode: mfaNeeded,
    message: ({ attemptsLeft }) => `Particle rejected the code; ${formatAttempts(attemptsLeft)}.`,
    remedy: ({ auth }) => `Submit another one: ${auth('login --otp-stdin')}`,
  },
  challenge_expired: { exitCode: notSignedIn, remedy: signIn },
  sso_required: {
    exitCode: failed,
    message: () => "Particle says that this account signs in through its company's SSO.",
    remedy: ({ auth }) =>
      `Run particle login --sso, then use its token: ${auth('login --from-particle-cli')}`,
  },
  oauth_error: { exitCode: failed },
  unknown_customer: {
    exitCode: failed,
    message: ({ customer }) => `The product has no customer ${customer}.`,
    remedy: () => 'Check the name, or create the customer first.',
  },
  rate_limited: { exitCode: lockedOut },
  locked_out: { exitCode: lockedOut },
  backing_off: {
    exitCode: lockedOut,
    remedy: ({ auth }) => `If they are right, end the wait: ${auth('unlock')}`,
  },
  temporarily_unavailable: { exitCode: network },
  unexpected_response: { exitCode: network },
  network_error: { exitCode: network, remedy: getProxyRemedy },
  wait_timeout: { exitCode: network },
  not_signed_in: { exitCode: notSignedIn, message: () => 'You are not signed in.', remedy: signIn },
  mfa_required: {
    exitCode: mfaNeeded,
    message: ({ attemptsLeft }) => `An MFA code is required; ${formatAttempts(attemptsLeft)}.`,
    remedy: ({ auth }) => `Submit it: ${auth('login --otp-stdin')}`,
  },
  not_renewable: {
    exitCode: failed,
    remedy: (commands, { expiresAt }) => (expiresAt === null ? undefined : signIn(commands)),
  },
  renewal_backoff: { exitCode: network },
  reauthentication_required: { exitCode: notSignedIn, remedy: signIn },
  request_not_replayable: { exitCode: failed },
  invalid_state: { exitCode: failed, remedy: signIn },
  store_conflict: { exitCode: failed },
  store_unavailable: {
    exitCode: failed,
    message: ({ store, problem }) => `The ${store} store cannot be used: ${problem}.`,
    remedy: ({ auth }, { store }) => {
      if (store === 'file') return `Set ${folderVariable} to a folder that you can write to.`
      return store === 'keyring' ? `Keep the sign-in in a file: ${auth('login --store file')}` : undefined
    },
  },
  store_damaged: { exitCode: failed, remedy: signIn },
  lock_timeout: { exitCode: failed },
  revocation_failed: { exitCode: failed },
  scope_mismatch: { exitCode: failed },
}

function formatAttempts(count: number): string {
  return count === 1 ? '1 attempt is left' : `${count} attempts are left`
}
