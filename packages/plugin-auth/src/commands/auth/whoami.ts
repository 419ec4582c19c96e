import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { accountOf, nameOf } from '../../connection/wording.ts'

export class AuthWhoami extends AuthenticatedCommand {
  static override summary = 'Print whose token is used.'
  static override description =
    'Of a profile the name is known here; for a token of the environment Particle is asked.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthWhoami)
    const { source, session, signIn, baseUrl } = await this.connection()
    if (signIn !== undefined) {
      await session.accessToken()
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
