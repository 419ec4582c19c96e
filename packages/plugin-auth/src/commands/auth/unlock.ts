import { connectionFlags, wantedBy } from '../../command/connection-flags.ts'
import { GrantsCommand } from '../../command/grants-command.ts'

export class AuthUnlock extends GrantsCommand {
  static override summary = 'Let sign-ins be tried again that were held back after too many failures.'
  static override description =
    'Failed sign-ins are counted on this machine, and held back for half an hour before Particle would block this network address for failing ten times in a row. This forgets the count, for one address of the API: do so when you are sure of the credentials, or know that the failures had another cause. It changes nothing at Particle, whose own count goes on, and which may still block this network address for 30 minutes.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --base-url http://127.0.0.1:8765',
  ]
  static override baseFlags = { profile: connectionFlags.profile, 'base-url': connectionFlags['base-url'] }

  async run() {
    const { flags } = await this.parse(AuthUnlock)
    const { Connections } = await import('../../connection/connection.ts')
    const { forgetFailures } = await import('../../sign-in/forget-failures.ts')
    const { baseUrl, stores } = await forgetFailures(wantedBy(flags), new Connections())
    this.print(`The failed sign-ins at ${baseUrl} are forgotten on this machine: the next one is tried.`)
    this.caution('If Particle blocks this network address itself, that lasts up to 30 minutes all the same.')
    return { baseUrl, stores }
  }
}
