import { Args } from '@oclif/core'
import { GrantsCommand } from '../../../command/grants-command.ts'
import { Connections } from '../../../connection/connection.ts'
import { assertProfile } from '../../../connection/profile-book.ts'

export class AuthProfilesSwitch extends GrantsCommand {
  static override summary = 'Choose the profile that is used where none is named.'
  static override examples = ['<%= config.bin %> <%= command.id %> work']
  static override args = {
    name: Args.string({ required: true, ignoreStdin: true, description: 'The profile to use.' }),
  }

  async run() {
    const { args } = await this.parse(AuthProfilesSwitch)
    const { book } = new Connections()
    await book.change((before) => {
      assertProfile(before, args.name)
      return { ...before, active: args.name }
    })
    this.print(`Profile ${args.name} is the active one.`)
    return { active: args.name }
  }
}
