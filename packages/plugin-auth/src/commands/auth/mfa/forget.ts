import { Flags } from '@oclif/core'
import { connectionFlags, wantedBy } from '../../../command/connection-flags.ts'
import { GrantsCommand } from '../../../command/grants-command.ts'

/** `auth mfa forget`: drops the secret of the codes that unattended sign-ins use. */
export class AuthMfaForget extends GrantsCommand {
  static override summary = 'Forget the secret of the codes that is kept in the keyring.'
  static override description =
    'For a secret that no longer fits, because the authenticator was set up anew elsewhere. Nothing is sent, and two-step authentication stays as it is: sign-ins on this machine ask for the code again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --username me@example.com',
  ]
  static override baseFlags = { profile: connectionFlags.profile, 'base-url': connectionFlags['base-url'] }
  static override flags = {
    username: Flags.string({
      char: 'u',
      summary: 'The account whose secret it is; without, the one that the profile is signed in as.',
    }),
  }

  async run() {
    const { flags } = await this.parse(AuthMfaForget)
    const { Connections } = await import('../../../connection/connection.ts')
    const { forgetKeptKey } = await import('../../../totp/forget-kept-key.ts')
    const { account, forgotten } = await forgetKeptKey(
      { wanted: wantedBy(flags), username: flags.username },
      new Connections(),
    )
    this.print(
      forgotten
        ? `The secret of the codes of ${account} was removed from the keyring.`
        : `There is no secret of the codes of ${account} in the keyring.`,
    )
    return { account, forgotten }
  }
}
