import { type AnyGrantsError, GrantsError } from '@particle-grants/core'
import { withCommands } from '../terminal/commands.ts'
import { CliError, type CliErrorCode, cliErrorCodes, proxyErrorIn } from './cli-error.ts'
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

/** Describes whatever was thrown. Remedies name commands: of the program `bin`, with the flags that lead to the profile. */
export function describeError(thrown: unknown, bin: string, profileFlag = ''): ErrorDescription {
  const described = describe(thrown, bin, profileFlag)
  const { message, remedy } = described
  return { ...described, message: withCommands(message), remedy: remedy && withCommands(remedy) }
}

function describe(given: unknown, bin: string, profileFlag: string): ErrorDescription {
  const thrown = proxyErrorIn(given) ?? given
  if (GrantsError.isInstance(thrown)) return describeCore(thrown, bin, profileFlag)
  if (CliError.isInstance(thrown)) {
    const { code, message, remedy } = thrown
    return ownError(code, message, remedy?.replaceAll('%bin%', bin).replaceAll('%profile%', profileFlag))
  }
  return describeForeign(thrown)
}

function describeCore(thrown: AnyGrantsError, bin: string, profileFlag: string): ErrorDescription {
  // Another version of core may know more codes.
  const outcome = errorMap[thrown.code] as ErrorOutcome<never> | undefined
  const remedy = outcome?.remedy?.({ bin, profile: profileFlag }, thrown.details as never)
  const { message, link, details } = thrown
  const what = message.endsWith(thrown.remedy) ? message.slice(0, -thrown.remedy.length).trim() : message
  return {
    code: thrown.code,
    message: what,
    remedy: (remedy ?? thrown.remedy) || undefined,
    link,
    exitCode: outcome?.exitCode ?? exitCodes.failed,
    details: Object.keys(details).length === 0 ? undefined : details,
  }
}

function ownError(code: CliErrorCode, message: string, remedy: string | undefined): ErrorDescription {
  return { code, message, remedy, link: undefined, exitCode: cliErrorCodes[code], details: undefined }
}

function describeForeign(thrown: unknown): ErrorDescription {
  if (!(thrown instanceof Error))
    return ownError('internal', 'Something that is no error was thrown.', undefined)
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
