import { type AnyGrantsError, GrantsError } from '@particle-grants/core'
import { errorUrl } from '@particle-grants/reference'
import { timeInWords } from '../connection/wording.ts'
import { withCommands } from '../terminal/commands.ts'
import { CliError, type CliErrorCode, cliErrorCodes } from './cli-error.ts'
import { type ErrorOutcome, errorMap } from './error-map.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { describeWrongCall, type WrongCall } from './wrong-call.ts'

/** An error as it is shown, in words and with `--json`. */
export interface ErrorDescription {
  readonly code: string
  readonly message: string
  readonly remedy: string | undefined
  readonly link: string | undefined
  readonly exitCode: ExitCode
  /** What core's errors carry besides. */
  readonly details: object | undefined
}

/** Describes an error. Remedies name commands: of the program `bin`, with the flags that lead to the connection in use. */
export function describeError(thrown: unknown, bin: string, connectionFlags = ''): ErrorDescription {
  const described = describe(thrown, bin, connectionFlags)
  const { message, remedy } = described
  return { ...described, message: withCommands(message), remedy: remedy && withCommands(remedy) }
}

function describe(thrown: unknown, bin: string, connectionFlags: string): ErrorDescription {
  if (GrantsError.isInstance(thrown)) return describeCore(thrown, bin, connectionFlags)
  if (CliError.isInstance(thrown)) {
    const { code, message, remedy } = thrown
    return ownError(
      code,
      message,
      remedy?.replaceAll('%bin%', bin).replaceAll('%connection%', connectionFlags),
    )
  }
  return describeForeign(thrown)
}

function describeCore(thrown: AnyGrantsError, bin: string, connectionFlags: string): ErrorDescription {
  const { code, details, retryAt } = thrown
  // Another version of core may have more codes.
  const outcome = errorMap[code] as ErrorOutcome<never> | undefined
  const commands = { auth: (command: string) => `${bin} auth ${command}${connectionFlags}` }
  const wait =
    retryAt === undefined || thrown.retry !== 'later' ? undefined : `Wait until ${timeInWords(retryAt)}.`
  const remedies = [wait, outcome?.remedy?.(commands, details as never)].filter((one) => one !== undefined)
  return {
    code,
    message: outcome?.message?.(details as never) ?? thrown.message,
    remedy: remedies.length === 0 ? undefined : remedies.join(' '),
    link: errorUrl(code),
    exitCode: outcome?.exitCode ?? exitCodes.failed,
    details: Object.keys(details).length === 0 ? undefined : details,
  }
}

function ownError(code: CliErrorCode, message: string, remedy: string | undefined): ErrorDescription {
  return { code, message, remedy, link: undefined, exitCode: cliErrorCodes[code], details: undefined }
}

function describeForeign(thrown: unknown): ErrorDescription {
  if (!(thrown instanceof Error))
    return ownError('internal', 'Something that is not an error was thrown.', undefined)
  // Of @inquirer/core: its class can't be imported without loading the prompts.
  if (thrown.name === 'ExitPromptError') return ownError('interrupted', interruption(thrown), undefined)
  const { oclif } = thrown as WrongCall
  if (oclif !== undefined) {
    const { message, remedy } = describeWrongCall(thrown)
    return ownError('usage', message, remedy)
  }
  const { syscall, code } = thrown as NodeJS.ErrnoException
  if (syscall === 'write') return ownError('output', `The output could not be written (${code}).`, undefined)
  return ownError('internal', thrown.message, undefined)
}

/** By Ctrl-C, or by the end of the input: Ctrl-D closes it. */
function interruption(thrown: Error): string {
  const how = /SIG[A-Z]+/.test(thrown.message) ? 'Interrupted.' : 'Interrupted (end of input).'
  return `${how} Nothing was stored.`
}
