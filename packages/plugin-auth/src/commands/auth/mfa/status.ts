import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { formatList } from '../../../output/text.ts'

export class AuthMfaStatus extends AuthenticatedCommand {
  static override summary = 'Show whether two-step authentication is on.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthMfaStatus)
    const [{ openMfa }, { loadTotpKey }] = await Promise.all([
      import('../../../mfa/mfa.ts'),
      import('../../../totp/totp.ts'),
    ])
    const connection = await this.connection()
    const { account, isEnabled: enabled } = await this.progress('Reading the account', () => openMfa(connection))
    const keyring = await this.connections.stores.findKeyring()
    const hasKey = keyring && (await loadTotpKey(keyring, account)) !== undefined
    const state = enabled ? 'on' : 'off'
    this.print(account.username)
    this.print(
      formatList([
        ['Two-step authentication', enabled === undefined ? 'unknown (the API does not say)' : state],
        ['Unattended sign-in', hasKey ? 'the TOTP secret is in the keyring' : undefined],
      ]),
    )
    return { account: account.username, enabled: enabled ?? null, secretKept: hasKey ?? null }
  }
}
