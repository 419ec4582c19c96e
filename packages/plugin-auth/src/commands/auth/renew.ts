import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { endInWords, isoTime } from '../../connection/wording.ts'
import { renewNow } from '../../token/renew-now.ts'

export class AuthRenew extends AuthenticatedCommand {
  static override summary = 'Renew the access token now.'
  static override description =
    "Tokens of a product's client are renewed by themselves when it is time; this does so before. A developer's token can't be renewed by anybody."
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthRenew)
    const { session } = await this.connection()
    const { tokens } = await this.progress('Renewing', () => renewNow(session))
    this.print(`Renewed. Good until ${endInWords(tokens.expiresAt, Date.now())}.`)
    return { renewed: true, grant: tokens.grant, expiresAt: isoTime(tokens.expiresAt) }
  }
}
