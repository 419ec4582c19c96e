import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { endInWords, isoTime } from '../../connection/wording.ts'
import { renewNow } from '../../token/renew-now.ts'

export class AuthRenew extends AuthenticatedCommand {
  static override summary = 'Renew the access token now.'
  static override description =
    "Product tokens refresh automatically; this refreshes now. Developer tokens can't be refreshed."
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthRenew)
    const connection = await this.connection()
    const tokens = await this.progress('Renewing', () => renewNow(connection))
    this.print(`Renewed. Expires ${endInWords(tokens.expiresAt, Date.now())}.`)
    return { renewed: true, grant: tokens.grantType, expiresAt: isoTime(tokens.expiresAt) }
  }
}
