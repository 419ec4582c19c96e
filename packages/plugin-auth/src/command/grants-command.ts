import { Command, Flags } from '@oclif/core'
import {
  checkBaseUrl,
  type Source,
  type SourceOptions,
  type StoreName,
  storeNames,
} from '@particle-grants/node/profiles'
import { CliError, type CommandCall } from '../errors/cli-error.ts'
import { describeError, type ErrorDescription, printError } from '../errors/describe-error.ts'
import { type CommandContext, formatCommand } from '../errors/format-command.ts'
import { openConnections, setRequestOptions } from '../network/fetch.ts'
import { withProgress } from '../output/prompts.ts'
import { escapeControls, formatOutcome, printNote } from '../output/text.ts'

/** The flags that choose the connection. */
export const connectionFlags = {
  profile: Flags.string({
    char: 'p',
    helpGroup: 'GLOBAL',
    helpValue: 'NAME',
    summary: 'Use this profile. [env: PARTICLE_GRANTS_PROFILE]',
  }),
  'base-url': Flags.string({
    helpGroup: 'GLOBAL',
    helpValue: 'URL',
    summary: 'Use this API instead of https://api.particle.io. [env: PARTICLE_GRANTS_BASE_URL]',
  }),
  store: Flags.option({
    options: storeNames,
    helpGroup: 'GLOBAL',
    summary: 'Where the sign-in is stored. [env: PARTICLE_GRANTS_STORE]',
  })(),
  timeout: Flags.string({
    helpGroup: 'GLOBAL',
    helpValue: 'SECONDS',
    summary: 'How long to wait for each response (default: 30).',
  }),
}

export interface ConnectionFlags {
  readonly profile?: string | undefined
  readonly 'base-url'?: string | undefined
  readonly store?: StoreName | undefined
}

/** @throws GrantsError `invalid_argument` or `insecure_base_url` */
export function readSourceOptions({ profile, 'base-url': baseUrl, store }: ConnectionFlags): SourceOptions {
  return { profile, store, baseUrl: baseUrl === undefined ? undefined : checkBaseUrl(baseUrl, '--base-url') }
}

/** What prints messages beside the result: a command. */
export type Reporter = Pick<GrantsCommand, 'note' | 'caution' | 'progress' | 'formatCommand'>

/**
 * Base class of all commands: `--json`, exit codes, and errors that say what to do. `run` returns the document that
 * `--json` prints on stdout. Text for people is printed with {@link GrantsCommand.print}.
 */
export abstract class GrantsCommand extends Command {
  static override enableJsonFlag = true
  static override strict = true

  /** The stores and profiles of this machine. */
  protected readonly connections = openConnections()
  /** The source in use, for the commands that errors name. */
  protected usedSource: Source | undefined

  /** Whether the command may prompt. stdout may be piped, because prompts are on stderr. */
  protected get canPrompt(): boolean {
    return process.stdin.isTTY === true && process.stderr.isTTY === true && !this.jsonEnabled()
  }

  /** Why nothing is prompted for although there is a terminal, as a sentence. */
  protected get promptProblem(): string | undefined {
    return this.jsonEnabled() && process.stdin.isTTY ? 'With --json nothing is prompted for.' : undefined
  }

  protected get bin(): string {
    return this.config.bin
  }

  protected get context(): CommandContext {
    return { bin: this.bin, topicSeparator: this.config.topicSeparator, source: this.usedSource, commandId: this.id }
  }

  protected override parse: Command['parse'] = async (...given) => {
    const parsed = await super.parse(...given)
    const { timeout, verbose } = parsed.flags as { readonly timeout?: string; readonly verbose?: boolean }
    const isVerbose = verbose === true
    setRequestOptions(timeout === undefined ? { isVerbose } : { isVerbose, timeoutMs: parseTimeout(timeout) })
    return parsed
  }

  /** Prints a text on stdout; nothing with `--json`. */
  protected print(text: string): void {
    this.log(text)
  }

  /** Prints a text on stderr, also with `--json`. */
  note(text: string): void {
    printNote(text)
  }

  /** Prints a warning on stderr, also with `--json`. */
  caution(text: string): void {
    process.stderr.write(`${formatOutcome('warning', text, { stream: process.stderr })}\n`)
  }

  /** Runs an operation. A terminal shows a spinner until it ends. */
  progress<T>(text: string, run: () => Promise<T>): Promise<T> {
    return withProgress(text, run)
  }

  /** Formats a command as it must be typed, with the flags of the connection in use. */
  formatCommand(...call: CommandCall): string {
    return formatCommand(this.context, call)
  }

  /** Where the token comes from; printed below errors. */
  protected describeOrigin(): string | undefined {
    return undefined
  }

  protected describe(thrown: unknown): ErrorDescription {
    return describeError(thrown, this.context)
  }

  protected override async catch(thrown: unknown): Promise<void> {
    printError(this.describe(thrown), { json: this.jsonEnabled(), origin: this.describeOrigin() })
  }

  protected override logJson(json: unknown): void {
    const text = JSON.stringify(json, null, 2)
    // It may hold data of others, and an escape is JSON as well.
    process.stdout.write(`${process.stdout.isTTY ? escapeControls(text) : text}\n`)
  }
}

/** The highest number of milliseconds that a timer accepts is below 25 days. */
function parseTimeout(given: string): number {
  const seconds = /^\d{1,6}(?:\.\d+)?$/.test(given) ? Number(given) : 0
  if (seconds > 0) return Math.ceil(seconds * 1000)
  throw new CliError('usage', { what: '--timeout must be a number of seconds above 0 and below 1,000,000.' })
}
