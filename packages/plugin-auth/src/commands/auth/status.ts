import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { formatConnectionFlags } from '../../connection/wording.ts'
import { paint } from '../../terminal/paint.ts'
import { rows } from '../../terminal/rows.ts'

export class AuthStatus extends AuthenticatedCommand {
  static override summary = 'Show the current account, token expiry and source.'
  static override description =
    `Works offline unless --check is given. Exit code 0: there is a valid token; 3: there is none; 4: a sign-in waits for its code.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'In a script.', command: '<%= config.bin %> <%= command.id %> --json --check' },
  ]
  static override flags = {
    check: Flags.boolean({ summary: 'Verify the token with the API.' }),
  }

  async run() {
    const { flags } = await this.parse(AuthStatus)
    const { lookUp } = await import('../../status/look-up.ts')
    const { exitCodeOf, formatStatus, statusDocument, statusRows } = await import('../../status/status.ts')
    const source = await this.source()
    const look = () => lookUp(source, this.connections, { check: flags.check })
    const status = await (flags.check ? this.progress('Asking Particle', look) : look())
    const word = formatStatus(status)
    process.exitCode = exitCodeOf(word)
    const connection = formatConnectionFlags(source)
    const isUnknown = source.from === 'environment' && status.check === undefined
    const headlines = {
      signed_in: isUnknown
        ? 'A token is set, not checked (--check asks Particle).'
        : paint('green', 'Signed in.'),
      mfa_required: `${paint('yellow', 'A code is needed.')} Submit it: ${this.bin} auth login --otp-stdin${connection}`,
      ended: `${paint('red', 'The token is no longer valid.')} ${
        source.from === 'environment'
          ? `Unset ${source.variable}, or set it to a valid token.`
          : `Sign in again: ${this.bin} auth login${connection}`
      }`,
      not_signed_in: `${paint('red', 'Not signed in.')} Sign in: ${this.bin} auth login${connection}`,
    }
    this.tell(headlines[word])
    this.print(rows(statusRows(status, this.bin)))
    if (source.from === 'environment') await this.#tellHidden()
    return statusDocument(status)
  }

  /** A sign-in that the environment hides is easily missed. */
  async #tellHidden(): Promise<void> {
    const { active, profiles } = await this.connections.book.read()
    const count = Object.values(profiles).filter(({ signIn }) => signIn !== undefined).length
    if (count === 0) return
    const which = active === undefined ? `${count} stored sign-ins` : `profile ${active}`
    this.caution(`The environment hides ${which}: unset the variable, or use --profile.`)
  }
}
