import { formatAccount, getAccountName } from '@particle-grants/node/profiles'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { toObject, unexpectedResponse } from '../../network/api-call.ts'
import { escapeControls } from '../../output/text.ts'

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
    const { username } = toObject(await this.progress('Asking the API', () => this.callApi('/v1/user')))
    if (typeof username !== 'string') throw unexpectedResponse('it has no username')
    this.print(escapeControls(username))
    return { account: username, subject: `account:${username}`, profile: null, baseUrl, client: null }
  }
}
