import type { ProductSession } from '@particle-grants/core'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { loadStoredToken } from '../../connection/token.ts'
import { formatExpiry, toIsoTime } from '../../output/format.ts'
import { formatOutcome } from '../../output/text.ts'

export class AuthRefresh extends AuthenticatedCommand {
  static override summary = 'Refresh the access token.'
  static override description =
    "Product tokens refresh automatically; this refreshes now. Developer tokens can't be refreshed."
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthRefresh)
    const connection = await this.connection()
    const { session } = connection
    await this.progress('Refreshing the token', async () => {
      await session.load()
      // For a session without a renewal this rejects with `not_renewable`, and the reason.
      await (session as ProductSession).getAccessToken({ forceRefresh: true })
      await session.idle()
    })
    const token = await loadStoredToken(connection)
    if (token === undefined) throw new Error('The token was refreshed, but its record is missing.')
    const { expiresAt, grantType } = token.tokens
    this.print(formatOutcome('success', `Refreshed. The token expires ${formatExpiry(expiresAt)}.`))
    return { refreshed: true, grant: grantType, expiresAt: toIsoTime(expiresAt) }
  }
}
