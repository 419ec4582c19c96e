import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { isoTime } from '../../connection/wording.ts'
import { getFreshToken } from '../../token/fresh-token.ts'

const formats = ['plain', 'header', 'env', 'json'] as const

export class AuthToken extends AuthenticatedCommand {
  static override summary = 'Print the access token, renewed first where that is due and possible.'
  static override examples = [
    {
      description: 'The token and a line end, nothing else.',
      command: '<%= config.bin %> <%= command.id %>',
    },
    {
      description: 'Call the API by curl.',
      command:
        'curl -H "$(<%= config.bin %> <%= command.id %> --format header)" https://api.particle.io/v1/devices',
    },
  ]
  static override flags = {
    format: Flags.option({
      options: formats,
      default: 'plain' as const,
      summary: 'plain; header: a line for HTTP; env: a line for a shell or .env file; json: as --json.',
    })(),
  }

  async run() {
    const { flags } = await this.parse(AuthToken)
    const connection = await this.connection()
    const { accessToken, expiresAt } = await this.progress('Getting a token', () => getFreshToken(connection))
    await this.warnBeforeExpiry()
    const result = { accessToken, tokenType: 'bearer', expiresAt: isoTime(expiresAt) }
    if (flags.format === 'json' && !this.jsonEnabled()) this.logJson(result)
    else this.print(formatted(accessToken, flags.format))
    return result
  }
}

function formatted(accessToken: string, format: (typeof formats)[number]): string {
  if (format === 'header') return `Authorization: Bearer ${accessToken}`
  return format === 'env' ? `PARTICLE_ACCESS_TOKEN=${accessToken}` : accessToken
}
