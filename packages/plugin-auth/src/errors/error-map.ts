import type { ErrorCode, ErrorDetails } from '@particle-grants/core'
import { folderVariable } from '../connection/stores.ts'
import { getProxyRemedy } from '../network/fetch.ts'
import { formatAttempts } from '../output/format.ts'
import { type CommandCall, type ExitCode, exitCodes } from './cli-error.ts'
import { getCodeRemedy } from './format-command.ts'

/** How a command reports an error of core. */
export interface ErrorReport<C extends ErrorCode = ErrorCode> {
  readonly exitCode: ExitCode
  /** Replaces core's message, which may name methods of its API. */
  readonly message?: (details: ErrorDetails[C]) => string | undefined
  readonly remedy?: string | ((details: ErrorDetails[C]) => string | undefined)
  /** The command that the remedy ends with. */
  readonly command?: CommandCall | ((details: ErrorDetails[C]) => CommandCall | undefined)
}

const { failed, usage, notSignedIn, mfaRequired, lockedOut, network } = exitCodes
const signIn = { remedy: 'Sign in:', command: ['auth login'] } as const
const signInAgain = { remedy: 'Sign in again:', command: ['auth login'] } as const

/** Every error of core. A code that core adds does not compile here until it is listed. */
export const errorMap: { readonly [C in ErrorCode]: ErrorReport<C> } = {
  invalid_argument: {
    exitCode: usage,
    message: ({ parameter, problem }) => (parameter === 'otp' ? `The MFA code ${problem}.` : undefined),
  },
  insecure_base_url: {
    exitCode: usage,
    message: ({ origin }) => `Refusing to send credentials over plain HTTP to ${origin}.`,
    remedy: 'Use https, or a loopback address for the sandbox.',
  },
  grant_not_allowed: { exitCode: usage },
  subject_mismatch: { exitCode: usage },
  request_in_progress: { exitCode: failed },
  no_challenge: { exitCode: notSignedIn, message: () => 'No sign-in is waiting for a code.', ...signIn },
  invalid_code: {
    exitCode: mfaRequired,
    message: ({ attemptsLeft }) => `Particle rejected the code; ${formatAttempts(attemptsLeft)}.`,
    remedy: 'Wait for the next code, then submit it:',
    command: ['auth login', '--otp-stdin'],
  },
  challenge_expired: {
    exitCode: notSignedIn,
    message: ({ reason }) => (reason === 'age' ? 'The MFA challenge has expired.' : 'Too many codes were wrong.'),
    ...signInAgain,
  },
  sso_required: {
    exitCode: failed,
    message: () => "This account signs in through its company's SSO.",
    remedy: 'Run particle login --sso, then use its token:',
    command: ['auth login', '--from-particle-cli'],
  },
  oauth_error: {
    exitCode: failed,
    message: ({ grantType, error }) =>
      isWrongPassword({ grantType, error }) ? 'Wrong username or password (invalid_grant).' : undefined,
    remedy: (details) =>
      isWrongPassword(details) ? 'Ten failures in a row block your IP address for 30 minutes.' : undefined,
  },
  unknown_customer: {
    exitCode: failed,
    message: ({ customer }) => `The product has no customer ${customer}.`,
    remedy: 'Check the name, or create the customer first.',
  },
  rate_limited: { exitCode: lockedOut },
  locked_out: {
    exitCode: lockedOut,
    message: () => 'Particle has locked out your IP address after failed sign-ins.',
  },
  backing_off: {
    exitCode: lockedOut,
    message: ({ account }) => `Too many failed sign-ins${account === undefined ? '' : ` for ${account}`}.`,
    remedy: 'If the credentials are correct now, reset the lockout:',
    command: ['auth unlock'],
  },
  temporarily_unavailable: { exitCode: network },
  unexpected_response: { exitCode: network },
  network_error: { exitCode: network, remedy: getProxyRemedy },
  wait_timeout: { exitCode: network },
  not_signed_in: { exitCode: notSignedIn, message: () => 'You are not signed in.', ...signIn },
  mfa_required: {
    exitCode: mfaRequired,
    message: ({ attemptsLeft }) => `MFA code required; ${formatAttempts(attemptsLeft)}.`,
    remedy: () => getCodeRemedy().remedy,
    command: () => getCodeRemedy().command,
  },
  not_renewable: {
    exitCode: failed,
    message: ({ reason }) => `${notRenewable[reason]} can't be refreshed.`,
    remedy: ({ expiresAt }) => (expiresAt === null ? 'It never expires.' : 'To get a new one, sign in again:'),
    command: ({ expiresAt }) => (expiresAt === null ? undefined : ['auth login']),
  },
  renewal_backoff: { exitCode: network },
  reauthentication_required: {
    exitCode: notSignedIn,
    message: ({ reason }) => `The access token ${reauthenticationReasons[reason]}.`,
    ...signInAgain,
  },
  request_not_replayable: { exitCode: failed },
  invalid_state: { exitCode: failed, ...signInAgain },
  store_conflict: { exitCode: failed },
  store_unavailable: {
    exitCode: failed,
    message: ({ store, problem }) => `The ${store} store can't be used: ${problem}.`,
    remedy: ({ store }) => {
      if (store === 'file') return `Set ${folderVariable} to a writable directory.`
      return store === 'keyring' ? 'Store the sign-in in a file:' : undefined
    },
    command: ({ store }) => (store === 'keyring' ? ['auth login', '--store', 'file'] : undefined),
  },
  store_damaged: { exitCode: failed, ...signInAgain },
  lock_timeout: { exitCode: failed },
  revocation_failed: { exitCode: failed },
  scope_mismatch: { exitCode: failed },
}

const notRenewable = {
  developer_token: 'Developer tokens',
  account_token: 'Tokens of an account',
  external_token: 'External tokens',
} as const

const reauthenticationReasons = {
  expired: "has expired and can't be refreshed",
  rejected: 'is no longer valid',
  refresh_rejected: 'has expired, and Particle rejected its refresh token',
  refresh_response_lost: 'has expired, and the response to its refresh was lost',
} as const

/** Whether Particle refused a username and password. */
export function isWrongPassword({ grantType, error }: Pick<ErrorDetails['oauth_error'], 'grantType' | 'error'>) {
  return grantType === 'password' && error === 'invalid_grant'
}
