import { GrantsError } from '@particle-grants/core'
import { CliError, cliErrorCodes } from './cli-error.ts'
import { type ErrorOutcome, errorMap } from './error-map.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

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
  if (GrantsError.isInstance(thrown)) {
    // Each code has its own details, which its line of the map fits.
    const { exitCode, remedy } = (errorMap[thrown.code] ?? {
      exitCode: exitCodes.failed,
    }) as ErrorOutcome<never>
    const { message, link, details } = thrown
    const what = message.endsWith(thrown.remedy) ? message.slice(0, -thrown.remedy.length).trim() : message
    return {
      code: thrown.code,
      message: what,
      remedy: (remedy?.({ bin, profile: profileFlag }, details as never) ?? thrown.remedy) || undefined,
      link,
      exitCode,
      details: Object.keys(details).length === 0 ? undefined : details,
    }
  }
  if (CliError.isInstance(thrown)) {
    const { code, message, remedy } = thrown
    return {
      ...nothingMore,
      code,
      message,
      remedy: remedy?.replaceAll('%bin%', bin).replaceAll('%profile%', profileFlag),
      exitCode: cliErrorCodes[code],
    }
  }
  return describeForeign(thrown)
}

const nothingMore = { remedy: undefined, link: undefined, details: undefined }

/** Whether an error is none of ours, and none of oclif's for a wrong call: only then is its stack worth a look. */
export function isUnexpected(thrown: unknown): boolean {
  return describeError(thrown, '').code === 'internal'
}

function describeForeign(thrown: unknown): ErrorDescription {
  if (!(thrown instanceof Error)) {
    return {
      ...nothingMore,
      code: 'internal',
      message: 'Something that is no error was thrown.',
      exitCode: exitCodes.failed,
    }
  }
  // Of @inquirer/core: its class can't be imported without loading the prompts.
  if (thrown.name === 'ExitPromptError') {
    return {
      ...nothingMore,
      code: 'interrupted',
      message: 'Interrupted. Nothing was stored.',
      exitCode: exitCodes.interrupted,
    }
  }
  const { oclif } = thrown as { oclif?: { exit?: number } }
  if (oclif !== undefined) {
    const message = thrown.message
      .replace(/\nSee more help with --help$/, '')
      .replace(
        /(--[\w-]+)=\S+ cannot also be provided when using (--[\w-]+)/g,
        '$1 and $2 exclude each other.',
      )
    return { ...nothingMore, code: 'usage', message, remedy: 'See --help.', exitCode: exitCodes.usage }
  }
  return { ...nothingMore, code: 'internal', message: thrown.message, exitCode: exitCodes.failed }
}
