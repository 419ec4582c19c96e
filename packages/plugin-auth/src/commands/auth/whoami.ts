import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { CliError } from '../../errors/cli-error.ts'
import { formatAccount, getAccountName } from '../../output/format.ts'

export class AuthWhoami extends AuthenticatedCommand {
  static override summary = 'Print the current account.'
  static override description = 'Profiles are read locally; environment tokens are looked up through the API.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthWhoami)
    const { source, session, signIn, baseUrl } = await this.connection()
    if (signIn !== undefined) {
      await session.getAccessToken()
      this.print(formatAccount(signIn))
      const profile = source.from === 'profile' ? source.name : null
      const { subject, client } = signIn
      return { account: getAccountName(signIn), subject, profile, baseUrl, client }
    }
    const { username } = await this.progress('Asking the API', () => this.callApi<{ username?: unknown }>('/v1/user'))
    if (typeof username !== 'string') {
      throw new CliError('call_refused', { what: "Particle did not return the account's name." })
    }
    this.print(username)
    return { account: username, subject: `account:${username}`, profile: null, baseUrl, client: null }
  }
}
