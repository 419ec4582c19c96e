import { Flags } from '@oclif/core'
import { ManagementCommand, outputFlag, readTeam, teamFlags, toTeamFlags } from '../../management/management-command.ts'

export class ApiUsersCreate extends ManagementCommand {
  static override summary = 'Create an API user, and print its token.'
  static override description =
    'The token is shown this once, and never expires. stdout has the token alone. An API user may do what its scopes list, and nothing else.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --product 1234 --name CI \\\n    --scope devices:list --scope devices:get --output token.txt',
  ]
  static override flags = {
    ...teamFlags,
    name: Flags.string({ required: true, summary: 'A name for people. Particle makes the username from it.' }),
    scope: Flags.string({ required: true, multiple: true, multipleNonGreedy: true, summary: 'A scope; repeatable.' }),
    ...outputFlag,
  }

  async run() {
    const { flags } = await this.parse(ApiUsersCreate)
    const { createApiUser } = await import('@particle-grants/management')
    const { name, scope: scopes, output } = flags
    this.ifUnknown = { what: 'API user', command: ['api-users list', ...toTeamFlags(flags)] }
    const api = await this.api()
    const create = () => createApiUser(api, { ...readTeam(flags), name, scopes })
    const { created, secret, file } = await this.createSecret(output, 'Creating the API user', create)
    this.report(`Created ${created.username}. Its token never expires, and is not shown again.`)
    return { username: created.username, scopes: created.scopes, token: secret, file }
  }
}
