import { note } from '../terminal/note.ts'
import { paint } from '../terminal/paint.ts'
import { describeError, type ErrorDescription } from './describe-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'

/** How an error is shown. */
export interface ShowOptions {
  /** As one document on stdout, instead of in words on stderr. */
  readonly json: boolean
  /** What is known of where things come from, to stand below an error that the call itself is not to blame for. */
  readonly context?: string | undefined
}

const callers: readonly ExitCode[] = [exitCodes.interrupted, exitCodes.usage]

/** Shows an error, and sets the exit code. */
export function showError(error: ErrorDescription, { json, context }: ShowOptions): void {
  process.exitCode = error.exitCode
  // What could not be written there is not said there.
  if (json && error.code !== 'output') {
    process.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`)
    return
  }
  const lines = [`${paint('red', 'Error:', process.stderr)} ${error.message}`]
  if (error.remedy !== undefined) lines.push(error.remedy)
  if (context !== undefined && !callers.includes(error.exitCode)) lines.push(context)
  if (error.link !== undefined) lines.push(paint('dim', `More: ${error.link}`, process.stderr))
  if (error.code === 'internal') lines.push('This is a bug of this program: please report it.')
  note(lines.join('\n'))
}

/** Shows whatever was thrown where no command did, for the program `bin`, and sets the exit code. */
export function reportError(
  thrown: unknown,
  { bin, ...shown }: ShowOptions & { readonly bin: string },
): void {
  showError(describeError(thrown, bin), shown)
}
