import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { CliError } from '../../../errors/cli-error.ts'
import { askSecret } from '../../../terminal/prompts.ts'
import { secretsFromStdin } from '../../../terminal/stdin-lines.ts'

/** `auth mfa disable`: switches two-step authentication off. */
export class AuthMfaDisable extends AuthenticatedCommand {
  static override summary = 'Switch two-step authentication off.'
  static override description =
    "Asks for the account's password. A secret that is kept in the keyring for unattended sign-ins is forgotten."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --password-stdin < password.txt',
  ]
  static override flags = {
    'password-stdin': Flags.boolean({ summary: 'Read the password from standard input.' }),
  }

  async run() {
    const { flags } = await this.parse(AuthMfaDisable)
    const { openMfa } = await import('../../../mfa/open-mfa.ts')
    const mfa = openMfa(await this.connection(), { stores: this.connections.stores })
    const { username, enabled } = await this.progress('Asking Particle', () => mfa.api.status())
    if (enabled === false) {
      this.print(`Two-step authentication is off for ${username} already.`)
      return { account: username, enabled: false, changed: false }
    }
    const password = await this.#password(username, flags['password-stdin'])
    const came = await this.progress('Switching it off', () => mfa.api.disable(password))
    if (came === 'refused') {
      throw new CliError('call_refused', {
        what: `Particle refused the password of ${username}. Two-step authentication is still on.`,
      })
    }
    const forgotten = await mfa.forget(username)
    this.print(`Two-step authentication is off for ${username}: the password alone signs in now.`)
    if (forgotten) this.print('The secret of the codes was removed from the keyring.')
    return { account: username, enabled: false, changed: true }
  }

  async #password(username: string, fromStdin: boolean) {
    if (fromStdin) {
      const [password] = await secretsFromStdin({ flags: ['--password-stdin'] })
      if (password !== undefined) return password
    }
    if (!this.mayAsk) {
      throw new CliError('no_terminal', {
        what: 'The password has to be asked for, and there is no terminal to ask at.',
        remedy: 'Use --password-stdin.',
      })
    }
    return askSecret({ message: `Password of ${username}:`, instead: '--password-stdin' })
  }
}
