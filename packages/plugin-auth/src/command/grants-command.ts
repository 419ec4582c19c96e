import { Command } from '@oclif/core'
import { describeError, type ErrorDescription } from '../errors/describe-error.ts'
import { showError } from '../errors/report-error.ts'
import { nameCommands, withCommands } from '../terminal/commands.ts'
import { isInteractive } from '../terminal/interactive.ts'
import { note } from '../terminal/note.ts'
import { paint } from '../terminal/paint.ts'
import { withProgress } from '../terminal/progress.ts'
import { fold } from '../terminal/rows.ts'
import { widthOf } from '../terminal/width.ts'

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

  protected override async init(): Promise<void> {
    await super.init()
    nameCommands(this.config)
  }

  /** Prints a part of the result for people, on stdout; nothing with `--json`. */
  protected print(text: string): void {
    this.log(withCommands(text))
  }

  /** As {@link GrantsCommand.print}, for sentences: folded in a terminal, but within no command. */
  protected tell(text: string): void {
    this.print(fold(text, widthOf(process.stdout)).join('\n'))
  }

  /** Says something besides the result, on stderr, with `--json` as well. */
  protected note(text: string): void {
    note(text)
  }

  /** As {@link GrantsCommand.note}, and stands out. */
  protected caution(text: string): void {
    this.note(`${paint('yellow', 'Note:', process.stderr)} ${text}`)
  }

  /** Runs something; when it takes long, a spinner shows in a terminal. */
  protected progress<T>(text: string, run: () => Promise<T>): Promise<T> {
    return withProgress(text, run)
  }

  /** The flags that lead to the connection in use, for remedies that name a command. */
  protected connectionFlags = ''

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
    return describeError(thrown, this.bin, this.connectionFlags)
  }

  protected override async catch(thrown: unknown): Promise<void> {
    showError(this.describe(thrown), { json: this.jsonEnabled(), context: this.errorContext() })
  }

  protected override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
  }
}
