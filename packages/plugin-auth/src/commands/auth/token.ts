import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { formatToken, getFreshToken, tokenFormats } from '../../connection/token.ts'
import { toIsoTime } from '../../output/format.ts'

export class AuthToken extends AuthenticatedCommand {
  static override summary = 'Print the access token, refreshing it first if needed.'
  static override examples = [
    '$ curl -H "$(<%= config.bin %> <%= command.id %> --format header)" \\\n    https://api.particle.io/v1/devices',
  ]
  static override flags = {
    format: Flags.option({
      options: tokenFormats,
      default: 'plain' as const,
      summary: 'plain, header (an HTTP header), or env (a line for a shell or .env file).',
    })(),
  }

  async run() {
    const { flags } = await this.parse(AuthToken)
    const connection = await this.connection()
    const { accessToken, expiresAt } = await this.progress('Getting a token', () => getFreshToken(connection))
    this.print(formatToken(accessToken, flags.format))
    return { accessToken, tokenType: 'bearer', expiresAt: toIsoTime(expiresAt) }
  }
}
