import { Args, Flags } from '@oclif/core'
import { CliError, type CommandCall } from '../../errors/cli-error.ts'
import { ManagementCommand, outputFlag, readTeam, teamFlags, toTeamFlags } from '../../management/management-command.ts'

export class ApiUsersRotate extends ManagementCommand {
  static override summary = "Replace an API user's token without an outage."
  static override description =
    'Creates a second API user with the same scopes, and prints its token. Both tokens are valid until you delete the old API user: a terminal asks when the new token is in use, and a script runs api-users delete then.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ci+g7lvvcczos@api.particle.io --product 1234 \\\n    --output token.txt',
  ]
  static override args = {
    username: Args.string({ ignoreStdin: true, required: true, description: 'The API user to replace.' }),
  }
  static override flags = {
    ...teamFlags,
    scope: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'A scope of the new one; repeatable (default: those of the old one).',
    }),
    ...outputFlag,
  }

  async run() {
    const { args, flags } = await this.parse(ApiUsersRotate)
    const { rotateApiUser } = await import('@particle-grants/management')
    const { username } = args
    const team = toTeamFlags(flags)
    this.ifUnknown = { what: 'new API user', command: ['api-users list', ...team] }
    const api = await this.api()
    const options = { ...readTeam(flags), username, ...(flags.scope && { scopes: flags.scope }) }
    const rotate = () => rotateApiUser(api, options)
    const { created, secret, file } = await this.createSecret(flags.output, 'Creating the new API user', rotate)
    this.ifUnknown = undefined
    this.report(`Created ${created.username}. Its token is valid, and the one of ${username} as well.`)
    const finish: CommandCall = ['api-users delete', username, ...team, '--yes']
    // A program that reads stdout gets the token after this command has ended, so it can't be in use now.
    const canAsk = this.canPrompt && (file !== null || process.stdout.isTTY)
    const deleted = canAsk && (await this.#askIfUsed(username, finish))
    if (deleted) {
      await this.progress('Deleting the old API user', () => created.confirm())
      this.report(`Deleted ${username}`)
      this.caution('Its token is not valid any more.')
    } else this.note(`When the new token is in use, delete the old API user:\n  ${this.formatCommand(...finish)}`)
    return { username: created.username, scopes: created.scopes, token: secret, file, replaces: username, deleted }
  }

  async #askIfUsed(username: string, finish: CommandCall): Promise<boolean> {
    return this.ask(`Is the new token in use? Then ${username} is deleted, and its token ends.`).catch((cause) => {
      // The general message of an interrupted prompt says that nothing was changed.
      const what = 'Interrupted. Both API users exist, and both tokens are valid.'
      const remedy = 'When the new token is in use, delete the old API user:'
      throw new CliError('interrupted', { what, remedy, command: finish, cause })
    })
  }
}
