import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { formatList } from '../../../output/text.ts'

export class AuthMfaStatus extends AuthenticatedCommand {
  static override summary = 'Show whether two-step authentication is on.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthMfaStatus)
    const { Mfa } = await import('../../../mfa/mfa.ts')
    const mfa = new Mfa(await this.connection(), this.connections.stores)
    const { username, enabled } = await this.progress('Reading the account', () => mfa.getStatus())
    const hasKey = await mfa.hasKey(username)
    const state = enabled ? 'on' : 'off'
    this.print(username)
    this.print(
      formatList([
        ['Two-step authentication', enabled === undefined ? 'unknown (the API does not say)' : state],
        ['Unattended sign-in', hasKey ? 'the TOTP secret is in the keyring' : undefined],
      ]),
    )
    return { account: username, enabled: enabled ?? null, secretKept: hasKey ?? null }
  }
}
