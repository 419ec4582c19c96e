import { type AnyGrantsError, type ErrorCode, GrantsError } from '@particle-grants/core'
import { errorUrl } from '@particle-grants/reference'
import { formatTime } from '../output/format.ts'
import { paint, printNote } from '../output/text.ts'
import { CliError, type CliErrorCode, cliErrorCodes, type ExitCode, exitCodes } from './cli-error.ts'
import { type ErrorReport, errorMap } from './error-map.ts'
import { type CommandContext, formatCommand } from './format-command.ts'
import { describeWrongCall, type WrongCall } from './wrong-call.ts'

/** An error as it is printed, and the document of `--json`. */
export interface ErrorDescription {
  readonly code: string
  readonly message: string
  /** What to do. If there is a command, it ends with a colon. */
  readonly remedy: string | undefined
  /** A command that works as it is. */
  readonly command: string | undefined
  readonly link: string | undefined
  readonly exitCode: ExitCode
  /** The details of an error of core. */
  readonly details: object | undefined
}

/** Describes an error for the program and the connection in use. */
export function describeError(thrown: unknown, context: CommandContext): ErrorDescription {
  if (GrantsError.isInstance(thrown)) return describeGrantsError(thrown, context)
  if (!CliError.isInstance(thrown)) return describeOther(thrown)
  const { code, message, remedy, command } = thrown
  return describeOwn(code, { message, remedy, command: command && formatCommand(context, command) })
}

function describeGrantsError(thrown: AnyGrantsError, context: CommandContext): ErrorDescription {
  const { code, details, retry, retryAt } = thrown
  // Another version of core may have other codes.
  const report = errorMap[code] as ErrorReport<ErrorCode> | undefined
  const resolve = <T>(given: T | ((details: never) => T)): T =>
    typeof given === 'function' ? (given as (details: never) => T)(details as never) : given
  const wait = retryAt === undefined || retry !== 'later' ? undefined : `Wait until ${formatTime(retryAt)}.`
  const remedies = [wait, resolve(report?.remedy)].filter((remedy) => remedy !== undefined)
  const command = resolve(report?.command)
  return {
    code,
    message: report?.message?.(details as never) ?? thrown.message,
    remedy: remedies.length === 0 ? undefined : remedies.join(' '),
    command: command && formatCommand(context, command),
    link: errorUrl(code),
    exitCode: report?.exitCode ?? exitCodes.failed,
    details: Object.keys(details).length === 0 ? undefined : details,
  }
}

function describeOwn(
  code: CliErrorCode,
  { message, remedy, command }: Pick<ErrorDescription, 'message'> & Partial<ErrorDescription>,
): ErrorDescription {
  const exitCode = cliErrorCodes[code]
  return { code, message, remedy, command, link: undefined, exitCode, details: undefined }
}

function describeOther(thrown: unknown): ErrorDescription {
  if (!(thrown instanceof Error))
    return describeOwn('internal', { message: 'A value that is not an error was thrown.' })
  // Importing the class from @inquirer/core would load the prompts.
  if (thrown.name === 'ExitPromptError') {
    // Ctrl-D closes the input; there is a signal otherwise.
    const cause = /SIG[A-Z]+/.test(thrown.message) ? '' : ' (end of input)'
    return describeOwn('interrupted', { message: `Interrupted${cause}. Nothing was changed.` })
  }
  if ((thrown as WrongCall).oclif !== undefined) return describeOwn('usage', describeWrongCall(thrown))
  const { syscall, code } = thrown as NodeJS.ErrnoException
  if (syscall === 'write') return describeOwn('output', { message: `The output could not be written (${code}).` })
  return describeOwn('internal', { message: thrown.message })
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
  const isCallers = exitCode === exitCodes.usage || exitCode === exitCodes.interrupted
  const lines = [
    code === 'interrupted' ? message : `${paint('red', 'Error:', process.stderr)} ${message}`,
    remedy,
    command && `  ${command}`,
    isCallers ? undefined : origin,
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
export function reportError(thrown: unknown, { bin, ...options }: PrintErrorOptions & { readonly bin: string }): void {
  printError(describeError(thrown, { bin }), options)
}
