import { type AnyGrantsError, type ErrorCode, GrantsError } from '@particle-grants/core'

/** The exit codes of all commands. They are documented and stable. */
export const exitCodes = {
  done: 0,
  /** Failed for another reason than those below. */
  failed: 1,
  /** An argument or a flag is wrong. */
  usage: 2,
  /** There is no valid token. */
  notSignedIn: 3,
  /** An MFA code is required. */
  mfaRequired: 4,
  /** Locked out, rate limited, or backing off. */
  lockedOut: 5,
  /** The API cannot be reached, or another server responded. */
  network: 6,
  /** Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The errors of the commands, beside those of core, and the exit code of each. */
export const cliErrorCodes = {
  usage: exitCodes.usage,
  /** A prompt is needed, and there is no terminal. */
  no_terminal: exitCodes.usage,
  /** Standard input did not contain what a flag reads from it. */
  no_input: exitCodes.usage,
  interrupted: exitCodes.interrupted,
  /** A token in the environment would be used instead of this sign-in. */
  environment_token: exitCodes.usage,
  token_refused: exitCodes.notSignedIn,
  call_refused: exitCodes.failed,
  /** The API cannot be reached, or another server responded. */
  network_error: exitCodes.network,
  /** The output could not be filtered or written. */
  output: exitCodes.failed,
  /** A bug. */
  internal: exitCodes.failed,
} as const satisfies Record<string, ExitCode>

export type CliErrorCode = keyof typeof cliErrorCodes

/** A command to print: its id with spaces, then its arguments. */
export type CommandCall = readonly [id: string, ...args: string[]]

export interface CliErrorOptions {
  /** What happened, without secrets. */
  readonly what: string
  /** What to do. */
  readonly remedy?: string | undefined
  /** The command that does it, printed below the remedy with the flags of the connection in use. */
  readonly command?: CommandCall | undefined
  readonly cause?: unknown
}

/** An error of a command: what happened, and what to do. It contains no secrets. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly remedy: string | undefined
  readonly command: CommandCall | undefined

  constructor(code: CliErrorCode, { what, remedy, command, cause }: CliErrorOptions) {
    super(what, { cause })
    this.code = code
    this.remedy = remedy
    this.command = command
  }

  /** By name, because a host CLI may have loaded two copies of this package. */
  static isInstance(value: unknown): value is CliError {
    return value instanceof Error && value.name === 'CliError' && 'code' in value
  }
}

/** Whether it is an error of core with one of these codes. */
export function isGrantsError<C extends ErrorCode>(
  thrown: unknown,
  ...codes: readonly C[]
): thrown is Extract<AnyGrantsError, { code: C }> {
  return GrantsError.isInstance(thrown) && codes.some((code) => code === thrown.code)
}
