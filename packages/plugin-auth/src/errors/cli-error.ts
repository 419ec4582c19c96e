import { type ExitCode, exitCodes } from './exit-codes.ts'

/** What can go wrong in a terminal besides what core knows, and the exit code of each. */
export const cliErrorCodes = {
  /** A flag or argument that can't be meant so. */
  usage: exitCodes.usage,
  /** Something has to be asked, and there is no terminal to ask at. */
  no_terminal: exitCodes.usage,
  /** Standard input was to carry a secret, and did not in time. */
  no_input: exitCodes.usage,
  /** Ctrl-C at a prompt. */
  interrupted: exitCodes.interrupted,
  /** A profile is signed in somewhere else than it is asked for. */
  signed_in_elsewhere: exitCodes.notSignedIn,
  /** There is no such profile. */
  unknown_profile: exitCodes.usage,
  /** A token in the environment is used before any sign-in. */
  environment_token: exitCodes.failed,
  /** The API rejected the token. */
  token_refused: exitCodes.notSignedIn,
  /** The API refused a call. */
  call_refused: exitCodes.failed,
  /** The API could not be reached, or something else answered. */
  network_error: exitCodes.network,
  /** Signed in, and not as it was asked for. */
  not_as_asked: exitCodes.failed,
  /** The result could not be written where it was wanted. */
  output: exitCodes.failed,
  /** None of the above: a bug. */
  internal: exitCodes.failed,
} as const satisfies Record<string, ExitCode>

/** The code of a {@link CliError}. */
export type CliErrorCode = keyof typeof cliErrorCodes

/**
 * An error of the commands' own: what happened, and what to do about it. Never holds a secret. In the remedy, `%bin%`
 * is the program's name and `%connection%` the flags that lead to the connection in use, each with a space before it.
 */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly remedy: string | undefined

  constructor(
    code: CliErrorCode,
    { what, remedy, cause }: { readonly what: string; readonly remedy?: string; readonly cause?: unknown },
  ) {
    super(what, { cause })
    this.code = code
    this.remedy = remedy
  }

  /** By shape: a host may have loaded two copies of this package. */
  static isInstance(value: unknown): value is CliError {
    return value instanceof Error && value.name === 'CliError' && 'code' in value
  }
}
