import { Args } from '@oclif/core'
import { ManagementCommand, readTeam, teamFlags, yesFlag } from '../../management/management-command.ts'
import { formatOutcome } from '../../output/text.ts'

export class ApiUsersDelete extends ManagementCommand {
  static override summary = 'Delete an API user, and so end its token.'
  static override description = 'Asks in a terminal. Never removes a person: only usernames of API users are accepted.'
  static override examples = ['<%= config.bin %> <%= command.id %> ci+g7lvvcczos@api.particle.io --product 1234 --yes']
  static override args = {
    username: Args.string({ ignoreStdin: true, required: true, description: 'It ends in @api.particle.io.' }),
  }
  static override flags = { ...teamFlags, ...yesFlag }

  async run() {
    const { args, flags } = await this.parse(ApiUsersDelete)
    const { deleteApiUser } = await import('@particle-grants/management')
    const { username } = args
    const api = await this.api()
    await this.confirm(`Delete ${username}? Its token ends at once.`, flags)
    await this.progress('Deleting the API user', () => deleteApiUser(api, { ...readTeam(flags), username }))
    this.print(formatOutcome('success', `Deleted ${username}`))
    this.caution('Its token is not valid any more.')
    return { username, deleted: true }
  }
}
