import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { profileFlag } from '../../connection/wording.ts'
import { paint } from '../../terminal/paint.ts'
import { rows } from '../../terminal/rows.ts'

export class AuthStatus extends AuthenticatedCommand {
  static override summary = 'Show who is signed in, until when, and where the token comes from.'
  static override description =
    `Nothing is sent unless --check says so. Exit code 0: there is a token that is good; 3: there is none; 4: a sign-in waits for its code.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    { description: 'In a script.', command: '<%= config.bin %> <%= command.id %> --json --check' },
  ]
  static override flags = {
    check: Flags.boolean({ summary: 'Ask Particle whether it takes the token.' }),
  }

  async run() {
    const { flags } = await this.parse(AuthStatus)
    const { lookUp } = await import('../../status/look-up.ts')
    const { exitCodeOf, standingDocument, standingRows, wordOf } = await import('../../status/status.ts')
    const source = await this.source()
    const look = () => lookUp(source, this.connections, { check: flags.check })
    const standing = await (flags.check ? this.progress('Asking Particle', look) : look())
    const word = wordOf(standing)
    process.exitCode = exitCodeOf(word)
    const profile = source.from === 'profile' ? profileFlag(source.name) : ''
    const isUnknown = source.from === 'environment' && standing.check === undefined
    const headlines = {
      signed_in: isUnknown
        ? 'A token is set, not checked (--check asks Particle).'
        : paint('green', 'Signed in.'),
      mfa_required: `${paint('yellow', 'A code is needed.')} Go on with ${this.bin} auth login --otp-stdin${profile}`,
      ended: `${paint('red', 'The token is dead.')} ${
        source.from === 'environment'
          ? `Unset ${source.variable}, or give it a good token.`
          : `Sign in again: ${this.bin} auth login${profile}`
      }`,
      not_signed_in: `${paint('red', 'Not signed in.')} Sign in: ${this.bin} auth login${profile}`,
    }
    this.tell(headlines[word])
    this.print(rows(standingRows(standing, this.bin)))
    if (source.from === 'environment') await this.#tellHidden()
    return standingDocument(standing)
  }

  /** A login that the environment hides is easily looked for in vain. */
  async #tellHidden(): Promise<void> {
    const { active, profiles } = await this.connections.book.read()
    const count = Object.values(profiles).filter(({ signIn }) => signIn !== undefined).length
    if (count === 0) return
    const which = active === undefined ? `${count} stored sign-ins` : `profile ${active}`
    this.caution(`The environment hides ${which}: unset the variable, or use --profile.`)
  }
}
