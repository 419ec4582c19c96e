import { Args } from '@oclif/core'
import { GrantsCommand } from '../../../command/grants-command.ts'
import { Connections } from '../../../connection/connection.ts'
import { assertProfile } from '../../../connection/profile-book.ts'

export class AuthProfilesRemove extends GrantsCommand {
  static override summary = 'Forget a profile on this machine, without revoking its token.'
  static override description = 'To revoke it as well, sign out: auth logout --profile NAME.'
  static override examples = ['<%= config.bin %> <%= command.id %> work']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'The profile to forget.' }),
  }

  async run() {
    const { args } = await this.parse(AuthProfilesRemove)
    const connections = new Connections()
    assertProfile(await connections.book.read(), args.name)
    const { signOut } = await import('../../../sign-out/sign-out.ts')
    const { refreshToken } = await signOut(args.name, { revoke: false }, connections)
    this.print(`Profile ${args.name} is forgotten. Its token was not revoked and is valid until it expires.`)
    return { removed: args.name, refreshToken }
  }
}
