import { Command } from '@oclif/core'
import { describeError, type ErrorDescription, isUnexpected } from '../errors/describe-error.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import { isInteractive } from '../terminal/interactive.ts'
import { paint } from '../terminal/paint.ts'
import { withProgress } from '../terminal/progress.ts'
import { fold } from '../terminal/rows.ts'

/**
 * What all commands share: `--json`, exit codes, and errors that say what to do. A command's `run` returns what
 * `--json` prints as one document on stdout; what people read goes through {@link GrantsCommand.print}.
 */
export abstract class GrantsCommand extends Command {
  static override enableJsonFlag = true
  static override strict = true

  /** Whether somebody can be asked: stdin and stdout are terminals, and no document is wanted. */
  protected get mayAsk(): boolean {
    return isInteractive() && !this.jsonEnabled()
  }

  /** Prints a part of the result for people, on stdout; nothing with `--json`. */
  protected print(text: string): void {
    this.log(text)
  }

  /** Says something besides the result, on stderr, with `--json` as well. */
  protected note(text: string): void {
    const { isTTY, columns } = process.stderr
    process.stderr.write(`${isTTY ? fold(text, columns).join('\n') : text}\n`)
  }

  /** As {@link GrantsCommand.note}, and stands out. */
  protected caution(text: string): void {
    this.note(`${paint('yellow', 'Note:', process.stderr)} ${text}`)
  }

  /** Runs something; when it takes long, a spinner shows in a terminal. */
  protected progress<T>(text: string, run: () => Promise<T>): Promise<T> {
    return withProgress(text, run)
  }

  /** The flag that leads to the profile in use, for remedies that name a command. */
  protected profileFlag = ''

  /** What is known of where things come from, to stand below an error. */
  protected errorContext(): string | undefined {
    return undefined
  }

  /** The program's name, as people call it. */
  protected get bin(): string {
    return this.config.bin
  }

  /** An error as it is shown. */
  protected describe(thrown: unknown): ErrorDescription {
    return describeError(thrown, this.bin, this.profileFlag)
  }

  protected override async catch(thrown: unknown): Promise<void> {
    const described = this.describe(thrown)
    process.exitCode = described.exitCode
    if (this.jsonEnabled()) {
      this.logJson(this.toErrorJson(thrown))
      return
    }
    const lines = [`${paint('red', 'Error:', process.stderr)} ${described.message}`]
    if (described.remedy !== undefined) lines.push(described.remedy)
    const isCallers = described.exitCode === exitCodes.interrupted || described.exitCode === exitCodes.usage
    const context = isCallers ? undefined : this.errorContext()
    if (context !== undefined) lines.push(context)
    if (described.link !== undefined) lines.push(paint('dim', `More: ${described.link}`, process.stderr))
    if (isUnexpected(thrown)) lines.push('This is a bug of this program: please report it.')
    this.note(lines.join('\n'))
  }

  protected override toErrorJson(thrown: unknown): unknown {
    return { error: this.describe(thrown) }
  }

  protected override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  }
}
