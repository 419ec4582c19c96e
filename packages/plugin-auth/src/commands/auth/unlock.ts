import { resetLockoutGuard } from '@particle-grants/core'
import { findExistingProfile, getBaseUrl, type StoreName } from '@particle-grants/node/profiles'
import { connectionFlags, GrantsCommand, readSourceOptions } from '../../command/grants-command.ts'
import { formatOutcome } from '../../output/text.ts'

export class AuthUnlock extends GrantsCommand {
  static override summary = 'Reset the local failed-login lockout.'
  static override description =
    'A password or secret that Particle refused is not repeated for 30 minutes or longer, and an account that was refused has eight attempts and one more every 15 minutes, because Particle blocks an IP address after ten refusals in a row. A password that you type is always sent. This ends the waits for one API URL. Use it when the credentials are correct. It changes nothing at Particle.'
  static override examples = ['<%= config.bin %> <%= command.id %>']
  static override baseFlags = { profile: connectionFlags.profile, 'base-url': connectionFlags['base-url'] }

  async run() {
    const { flags } = await this.parse(AuthUnlock)
    const { stores, profiles } = this.connections
    const source = await findExistingProfile(readSourceOptions(flags), profiles)
    this.usedSource = source
    const baseUrl = getBaseUrl(source)
    // Each store has a separate record.
    const names: StoreName[] = (await stores.findKeyring()) ? ['keyring', 'file'] : ['file']
    for (const name of names) {
      const store = await stores.get(name)
      const reset = () => resetLockoutGuard({ baseUrl, store })
      // The store moves a damaged record aside, so that a second call works.
      await reset().catch(reset)
    }
    this.print(formatOutcome('success', `Lockout reset for ${baseUrl}.`))
    this.caution('If Particle itself has locked out your IP address, that lasts up to 30 minutes.')
    return { baseUrl, stores: names }
  }
}
