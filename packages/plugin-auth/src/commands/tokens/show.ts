import { ManagementCommand } from '../../management/management-command.ts'
import { formatExpiry, toIsoTime } from '../../output/format.ts'
import { escapeControls, formatList } from '../../output/text.ts'

export class TokensShow extends ManagementCommand {
  static override summary = 'Show the client, expiry and scopes of the token, as the API knows them.'
  static override description =
    'The token itself is printed by auth token. There is no list of all tokens of an account: the API wants the password for it.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(TokensShow)
    const { getTokenInfo } = await import('@particle-grants/management')
    const api = await this.api()
    const { clientId, expiresAt, scopes } = await this.progress('Reading the token', () => getTokenInfo(api))
    const list = formatList([
      ['Client', clientId],
      ['Expires', formatExpiry(expiresAt)],
      ['Scopes', scopes.join(' ') || undefined],
    ])
    this.print(escapeControls(list))
    return { clientId: clientId ?? null, expiresAt: toIsoTime(expiresAt), neverExpires: expiresAt === null, scopes }
  }
}
