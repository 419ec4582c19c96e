import { Flags } from '@oclif/core'
import { findExistingProfile, getAccountName, getBaseUrl, getStoredSignIn } from '@particle-grants/node/profiles'
import { connectionFlags, GrantsCommand, readSourceOptions } from '../../../command/grants-command.ts'
import { CliError } from '../../../errors/cli-error.ts'

export class AuthMfaForget extends GrantsCommand {
  static override summary = 'Remove the stored TOTP secret from the keyring.'
  static override description =
    'Use it when the secret is outdated, because the authenticator app was set up again elsewhere. Nothing is sent, and two-step authentication stays on: auth login prompts for the code again.'
  static override examples = ['<%= config.bin %> <%= command.id %>']
  static override baseFlags = { profile: connectionFlags.profile, 'base-url': connectionFlags['base-url'] }
  static override flags = {
    username: Flags.string({ char: 'u', summary: 'The account (default: the account of the profile).' }),
  }

  async run() {
    const { flags } = await this.parse(AuthMfaForget)
    const { removeTotpKey } = await import('../../../totp/totp.ts')
    const { stores, profiles } = this.connections
    const source = await findExistingProfile(readSourceOptions(flags), profiles)
    this.usedSource = source
    const username = flags.username ?? getAccountName(getStoredSignIn(source))
    if (username === null) throw new CliError('usage', { what: 'Specify an account with --username.' })
    const baseUrl = getBaseUrl(source)
    const keyring = await stores.findKeyring()
    const forgotten = keyring && (await removeTotpKey(keyring, { baseUrl, username }))
    if (forgotten === undefined) this.print('No keyring responds, so there is no stored TOTP secret.')
    else if (forgotten) this.print(`The TOTP secret of ${username} was removed from the keyring.`)
    else this.print(`The keyring has no TOTP secret of ${username}.`)
    return { account: username, forgotten: forgotten ?? false }
  }
}
