import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { accountOf, nameOf } from '../../connection/wording.ts'

export class AuthWhoami extends AuthenticatedCommand {
  static override summary = 'Print the current account.'
  static override description = 'Profiles are read locally; environment tokens are looked up through the API.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthWhoami)
    const { source, session, signIn, baseUrl } = await this.connection()
    if (signIn !== undefined) {
      await session.getAccessToken()
      this.print(accountOf(signIn))
      const profile = source.from === 'profile' ? source.name : null
      return { account: nameOf(signIn), subject: signIn.subject, profile, baseUrl, client: signIn.client }
    }
    const { whoIs } = await import('../../status/who-is.ts')
    const account = await this.progress('Asking Particle', () => whoIs(session))
    this.print(account)
    return { account, subject: `account:${account}`, profile: null, baseUrl, client: null }
  }
}
