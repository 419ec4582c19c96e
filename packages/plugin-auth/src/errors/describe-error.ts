import { type AnyGrantsError, type ErrorCode, type ErrorDetails, GrantsError } from '@particle-grants/core'
import { folderVariable } from '@particle-grants/node/profiles'
import { errorUrl } from '@particle-grants/reference'
import { describeNetworkFailure } from '../network/failure.ts'
import { formatAttempts, formatTime } from '../output/format.ts'
import { paint, printNote } from '../output/text.ts'
import { CliError, type CommandCall, cliErrorCodes, type ExitCode, exitCodes } from './cli-error.ts'
import { type CommandContext, formatCommand, toCommandCall } from './format-command.ts'
import { toUsageError, type WrongCall } from './wrong-call.ts'

/** An error as it is printed, and the document of `--json`. */
export interface ErrorDescription {
  readonly code: string
  readonly message: string
  /** What to do. If there is a command, it ends with a colon. */
  readonly remedy?: string | undefined
  /** A command that works as it is. */
  readonly command?: string | undefined
  readonly link?: string
  readonly exitCode: ExitCode
  /** The details of an error of core. */
  readonly details?: object | undefined
}

/** Describes an error for the program and the connection in use. */
export function describeError(thrown: unknown, context: CommandContext): ErrorDescription {
  if (GrantsError.isInstance(thrown)) return describeGrantsError(thrown, context)
  const { code, message, remedy, command } = CliError.isInstance(thrown) ? thrown : toCliError(thrown, context)
  return { code, message, remedy, command: command && formatCommand(context, command), exitCode: cliErrorCodes[code] }
}

function describeGrantsError(thrown: AnyGrantsError, context: CommandContext): ErrorDescription {
  const { code, details, retry, retryAt } = thrown
  // Another version of core may have other codes.
  const report = errorMap[code] as ErrorReport<ErrorCode> | undefined
  const resolve = <T>(given: T | ((details: never, more: ErrorContext) => T)): T =>
    typeof given === 'function'
      ? (given as (details: never, more: ErrorContext) => T)(details as never, { thrown, context })
      : given
  const wait = retryAt === undefined || retry !== 'later' ? undefined : `Wait until ${formatTime(retryAt)}.`
  const remedies = [wait, resolve(report?.remedy)].filter((remedy) => remedy !== undefined)
  const command = resolve(report?.command)
  return {
    code,
    message: report?.message?.(details as never, { thrown, context }) ?? thrown.message,
    remedy: remedies.length === 0 ? undefined : remedies.join(' '),
    command: command && formatCommand(context, command),
    link: errorUrl(code),
    exitCode: report?.exitCode ?? exitCodes.failed,
    details: Object.keys(details).length === 0 ? undefined : details,
  }
}

function toCliError(thrown: unknown, { commandId }: CommandContext): CliError {
  if (!(thrown instanceof Error)) return new CliError('internal', { what: 'A value that is not an error was thrown.' })
  // Importing the class from @inquirer/core would load the prompts.
  if (thrown.name === 'ExitPromptError') {
    // Ctrl-D closes the input; there is a signal otherwise.
    const cause = /SIG[A-Z]+/.test(thrown.message) ? '' : ' (end of input)'
    return new CliError('interrupted', { what: `Interrupted${cause}. Nothing was changed.` })
  }
  if ((thrown as WrongCall).oclif !== undefined) return toUsageError(thrown, commandId)
  const { syscall, code } = thrown as NodeJS.ErrnoException
  if (syscall === 'write') return new CliError('output', { what: `The output could not be written (${code}).` })
  return new CliError('internal', { what: thrown.message })
}

/** How an error is printed. */
export interface PrintErrorOptions {
  /** As one document on stdout, instead of text on stderr. */
  readonly json: boolean
  /** Printed below errors that the arguments did not cause: where the token comes from. */
  readonly origin?: string | undefined
}

/** Formats an error for people. */
export function formatError(error: ErrorDescription, origin?: string): string {
  const { code, exitCode, message, remedy, command, link } = error
  const isCallers = exitCode === exitCodes.usage || exitCode === exitCodes.interrupted || code === 'output'
  const lines = [
    code === 'interrupted' ? message : `${paint('red', 'Error:', process.stderr)} ${message}`,
    remedy,
    command && `  ${command}`,
    isCallers || code === 'not_signed_in' ? undefined : origin,
    link && paint('dim', `More: ${link}`, process.stderr),
    code === 'internal' ? 'This is a bug. Please report it.' : undefined,
  ]
  return lines.filter((line) => line !== undefined).join('\n')
}

/** Prints an error and sets the exit code. */
export function printError(error: ErrorDescription, { json, origin }: PrintErrorOptions): void {
  process.exitCode = error.exitCode
  // If stdout cannot be written, the document cannot be printed there either.
  if (json && error.code !== 'output') process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`)
  else printNote(formatError(error, origin))
}

/** Prints an error that no command has printed, for the program `bin`, and sets the exit code. */
export function reportError(thrown: unknown, { json, origin, ...context }: PrintErrorOptions & CommandContext): void {
  printError(describeError(thrown, context), { json, origin })
}

// ─── The errors of core ──────────────────────────────────────────────────────────────────────────────────────────────

/** The error itself, and the program and connection in use. */
interface ErrorContext {
  readonly thrown: AnyGrantsError
  readonly context: CommandContext
}

/** How a command reports an error of core. */
export interface ErrorReport<C extends ErrorCode> {
  readonly exitCode: ExitCode
  /** Replaces core's message, which may name methods of its API. */
  readonly message?: (details: ErrorDetails[C], more: ErrorContext) => string | undefined
  readonly remedy?: string | ((details: ErrorDetails[C], more: ErrorContext) => string | undefined)
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
  invalid_credentials: {
    exitCode: failed,
    message: () => 'Wrong username or password (invalid_grant).',
    remedy: 'Check the username and password.',
  },
  sso_required: {
    exitCode: failed,
    message: () => "This account signs in through its company's SSO.",
    remedy: 'Sign in with a browser:',
    command: ['auth login', '--sso'],
  },
  sso_denied: {
    exitCode: notSignedIn,
    remedy: ({ error }) => (error === 'access_denied' ? 'Start again:' : 'Check --sso-client-id and --sso-issuer.'),
    command: ({ error }) => (error === 'access_denied' ? ['auth login', '--sso'] : undefined),
  },
  sso_expired: {
    exitCode: notSignedIn,
    message: () => 'No one signed in with the browser in time.',
    remedy: 'Start again:',
    command: ['auth login', '--sso'],
  },
  sso_invalid_token: {
    exitCode: failed,
    message: (_, { thrown }) =>
      thrown.message.replace(/ (?:Check the options of startSsoSignIn\(\)|Start again)\.$/, ''),
    remedy: ({ claim = '' }) => ssoFlags[claim] && `Pass the right one with ${ssoFlags[claim]}.`,
  },
  oauth_error: { exitCode: failed },
  unknown_customer: {
    exitCode: failed,
    message: ({ customer }) => `The product has no customer ${customer}.`,
    remedy: 'Check the name, or create the customer first.',
  },
  customer_exists: { exitCode: failed, message: ({ customer }) => `The product has the customer ${customer} already.` },
  rate_limited: { exitCode: lockedOut },
  locked_out: { exitCode: lockedOut, message: () => 'Particle has locked out your IP address after failed sign-ins.' },
  backing_off: {
    exitCode: lockedOut,
    message: ({ account, rule }) => {
      if (rule === 'refusals') return 'Nine token requests in a row were refused.'
      const what =
        rule === 'attempts' ? 'Too many attempts were refused' : 'The same password or secret was refused before'
      return `${what}${account === undefined ? '' : ` for ${account}`}.`
    },
    remedy: 'If the credentials are correct now, reset the lockout:',
    command: ['auth unlock'],
  },
  temporarily_unavailable: { exitCode: network },
  unexpected_response: { exitCode: network },
  network_error: {
    exitCode: network,
    message: ({ mayBeSpent }, { thrown }) => {
      const { what } = describeTokenFailure(thrown)
      return mayBeSpent ? `${what} The code or refresh token may have been used.` : what
    },
    remedy: (_, { thrown }) => describeTokenFailure(thrown).remedy,
  },
  wait_timeout: { exitCode: network },
  not_signed_in: { exitCode: notSignedIn, message: formatNotSignedIn, ...signIn },
  mfa_required: {
    exitCode: mfaRequired,
    message: ({ attemptsLeft }) => `MFA code required; ${formatAttempts(attemptsLeft)}.`,
    remedy: 'Submit it:',
    command: ['auth login', '--otp-stdin'],
  },
  not_renewable: {
    exitCode: failed,
    message: ({ reason }) => `${notRenewableTokens[reason]} can't be refreshed.`,
    remedy: (details) => (neverExpires(details) ? 'This one never expires.' : 'To get a new one, sign in again:'),
    command: (details) => (neverExpires(details) ? undefined : ['auth login']),
  },
  renewal_backoff: { exitCode: network },
  reauthentication_required: {
    exitCode: notSignedIn,
    message: ({ reason }) => `The access token ${reauthenticationReasons[reason]}.`,
    ...signInAgain,
  },
  request_not_replayable: { exitCode: failed },
  invalid_state: { exitCode: failed, message: withoutAdvice, ...signInAgain },
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
  store_damaged: { exitCode: failed, message: withoutAdvice, ...signInAgain },
  lock_timeout: { exitCode: failed },
  revocation_failed: { exitCode: failed },
  scope_mismatch: { exitCode: failed },
  api_error: {
    exitCode: failed,
    // The message of @particle-grants/management ends with what the remedy says.
    message: ({ allowedToken }, { thrown }) => thrown.message.replace(` Use ${allowedToken}.`, ''),
    remedy: ({ allowedToken }) => allowedToken && `Use ${allowedToken}.`,
  },
  no_credentials: {
    exitCode: notSignedIn,
    // `explain` describes the errors without details, here and below.
    message: ({ places = [] }) => {
      const list = places.map(({ place, problem }) => `\n  ${place} ${problem}`)
      return `No credentials were found.${list.join('')}`
    },
    remedy: 'Sign in:',
    command: ({ command = ['auth', 'login'] }) => toCommandCall(command),
  },
  unknown_profile: {
    exitCode: notSignedIn,
    message: ({ profile }) => `There is no profile ${JSON.stringify(profile)}.`,
    remedy: ({ profiles = [], command }) =>
      command === undefined ? `Profiles: ${profiles.join(', ')}.` : 'No profiles. Sign in:',
    command: ({ command }) => toCommandCall(command),
  },
  signed_in_elsewhere: {
    exitCode: notSignedIn,
    remedy: ({ command }) => command && 'Sign in under another profile name:',
    command: ({ command }) => toCommandCall(command),
  },
}

/** The flag that decides what a claim of the identity provider's token must be. */
const ssoFlags: Readonly<Record<string, string>> = {
  aud: '--sso-audience',
  cid: '--sso-client-id',
  iss: '--sso-issuer',
}

const notRenewableTokens = {
  developer_token: 'Developer tokens',
  account_token: 'Tokens of an account',
  external_token: 'External tokens',
  no_refresh_token: 'Tokens without a refresh token',
} as const

/** The expiry of an external token may be unknown. */
const neverExpires = (one: ErrorDetails['not_renewable']) => one.expiresAt === null && one.reason !== 'external_token'

const reauthenticationReasons = {
  expired: "has expired and can't be refreshed",
  rejected: 'is no longer valid',
  refresh_rejected: 'has expired, and Particle rejected its refresh token',
  refresh_response_lost: 'has expired, and the response to its refresh was lost',
} as const

/** `explain` describes the error without details. */
function describeTokenFailure({ cause, details }: AnyGrantsError) {
  const { baseUrl = '' } = details as Partial<ErrorDetails['network_error']>
  return describeNetworkFailure(cause, URL.canParse(baseUrl) ? new URL(baseUrl).host : undefined)
}

/** The remedy says it. */
function withoutAdvice(_: unknown, { thrown }: ErrorContext): string {
  return thrown.message.replace(/ Sign in again\.$/, '')
}

function formatNotSignedIn(_: unknown, { context: { source } }: ErrorContext): string {
  const isNamed = source?.from === 'profile' && (source.chosenBy !== 'profiles' || source.profile !== undefined)
  return `You are not signed in${isNamed ? ` to profile ${source.name}` : ''}.`
}
