import { Flags } from '@oclif/core'
import type { Secret } from '@particle-grants/core'
import type { ApiSession, TeamOwner } from '@particle-grants/management'
import { AuthenticatedCommand } from '../command/authenticated-command.ts'
import { CliError, type CommandCall } from '../errors/cli-error.ts'
import type { ErrorDescription } from '../errors/describe-error.ts'
import { getTimeoutMs } from '../network/fetch.ts'
import { promptChoice } from '../output/prompts.ts'
import { escapeControls, formatOutcome, paint } from '../output/text.ts'
import { SecretFile } from './secret-file.ts'

const productSummary = { helpValue: 'ID', summary: 'The product, by its id or slug.' }
const owners = { exactlyOne: ['product', 'organization'] }

/** The flags that say whose API users. */
export const teamFlags = {
  product: Flags.string({ ...productSummary, ...owners }),
  organization: Flags.string({
    ...owners,
    aliases: ['org'],
    helpValue: 'SLUG',
    summary: 'The organization, by its id or slug.',
  }),
}

/** Without it, a command is about the account. */
export const productFlag = { product: Flags.string(productSummary) }
export const requiredProductFlag = { product: Flags.string({ ...productSummary, required: true }) }
export const yesFlag = { yes: Flags.boolean({ summary: 'Do not ask. Scripts need it.' }) }

/** Where a new secret goes. */
export const outputFlag = {
  output: Flags.string({ helpValue: 'FILE', summary: 'Write the secret to a new file that only you can read.' }),
}

interface TeamFlags {
  readonly product?: string | undefined
  readonly organization?: string | undefined
}

/** Returns the options of the calls; the flags make sure that there is exactly one. */
export function readTeam({ product, organization = '' }: TeamFlags): TeamOwner {
  return product === undefined ? { organization } : { product }
}

/** Returns the flags that name the same team or product in another command. */
export function toTeamFlags({ product, organization }: TeamFlags): string[] {
  const given = Object.entries({ product, organization })
  return given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]))
}

type WithSecret = { readonly token: Secret } | { readonly secret: Secret }

/** A command that lists, creates or deletes something of an account or a product. */
export abstract class ManagementCommand extends AuthenticatedCommand {
  /** What may exist after a creation without a response, and the command that finds it. */
  protected ifUnknown: { readonly what: string; readonly command: CommandCall } | undefined

  /** Returns the session of the connection. Each call of it ends after `--timeout`. */
  protected async api(): Promise<ApiSession> {
    const session = await this.session()
    return {
      allowedOrigins: session.allowedOrigins,
      fetch: (input, init) => session.fetch(input, { ...init, signal: AbortSignal.timeout(getTimeoutMs()) }),
    }
  }

  /** Prints rows below their headings. The cells may be text of the API; `undefined`: it has none. */
  protected printTable(headings: readonly string[], rows: readonly (readonly (string | undefined)[])[]): void {
    const toCell = (text = '-') => escapeControls(text).replace(/\s+/g, ' ')
    const lines = rows.length === 0 ? [['None.']] : [headings, ...rows.map((row) => row.map(toCell))]
    const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
    for (const [index, line] of lines.entries()) {
      const text = line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
      this.print(index === 0 ? paint('bold', text.trimEnd()) : text.trimEnd())
    }
  }

  /** Prints on stderr what was done, because stdout has the secret and nothing else. */
  protected report(text: string): void {
    const { stderr } = process
    stderr.write(`${formatOutcome('success', escapeControls(text), { stream: stderr })}\n`)
  }

  /**
   * Asks before something ends that can't be restored.
   *
   * @throws CliError `no_terminal` where it can't ask, `interrupted` if the answer is no
   */
  protected async confirm(question: string, { yes }: { readonly yes: boolean }): Promise<void> {
    if (yes) return
    if (!this.canPrompt) {
      const what = ['This must be confirmed, because it cannot be undone.', this.promptProblem]
        .filter(Boolean)
        .join(' ')
      throw new CliError('no_terminal', { what, remedy: 'Pass --yes to confirm it.' })
    }
    if (!(await this.ask(question))) throw new CliError('interrupted', { what: 'Nothing was changed.' })
  }

  /** Asks a question. The first answer is no. */
  protected ask(question: string): Promise<boolean> {
    const choices = [
      { value: false, name: 'No' },
      { value: true, name: 'Yes' },
    ]
    return promptChoice(escapeControls(question), choices)
  }

  /**
   * Creates something with a secret that the API shows once, and prints the secret alone on stdout, or writes it to the
   * file. The file is opened first: without this, a file that can't be written would lose the secret. `secret` is what the
   * document has: `null` if it is in the file.
   */
  protected async createSecret<T extends WithSecret>(
    output: string | undefined,
    text: string,
    create: () => Promise<T>,
  ) {
    const file = output === undefined ? undefined : SecretFile.create(output)
    const created = await this.progress(text, create).catch((thrown: unknown) => {
      file?.remove()
      throw thrown
    })
    const secret = ('token' in created ? created.token : created.secret).reveal()
    if (file === undefined) this.print(secret)
    else file.write(secret, this.ifUnknown?.command)
    return { created, secret: file === undefined ? secret : null, file: output ?? null }
  }

  /** The advice of the library names its functions. */
  protected override describe(thrown: unknown): ErrorDescription {
    const error = super.describe(thrown)
    const isUnknown = ['network_error', 'temporarily_unavailable', 'unexpected_response'].includes(error.code)
    if (!isUnknown || this.ifUnknown === undefined) return error
    const { what, command } = this.ifUnknown
    return {
      ...error,
      message: error.message.replace(/ The (?:API user|client) may exist: .*$/s, ''),
      remedy: `The ${what} may exist. Delete it then, because its secret is lost. Look for it:`,
      command: this.formatCommand(...command),
    }
  }
}
