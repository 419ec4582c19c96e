import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { rows } from '../../../terminal/rows.ts'

/** `auth mfa status`: whether the account asks for a code. */
export class AuthMfaStatus extends AuthenticatedCommand {
  static override summary = 'Say whether two-step authentication is on for the account.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --json',
  ]

  async run() {
    await this.parse(AuthMfaStatus)
    const { openMfa } = await import('../../../mfa/open-mfa.ts')
    const mfa = openMfa(await this.connection(), { stores: this.connections.stores })
    const { username, enabled } = await this.progress('Asking Particle', () => mfa.api.status())
    const keptKey = await mfa.hasKeptKey(username)
    this.print(
      rows([
        ['Account', username],
        ['Two-step authentication', enabled === undefined ? 'the answer does not say' : inWords(enabled)],
        ['Unattended sign-in', keptKey ? 'the secret of the codes is in the keyring' : undefined],
      ]),
    )
    return { account: username, enabled: enabled ?? null, secretKept: keptKey ?? null }
  }
}

function inWords(enabled: boolean): string {
  return enabled ? 'on' : 'off'
}
