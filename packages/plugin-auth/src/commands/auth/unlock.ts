import { connectionFlags, wantedBy } from '../../command/connection-flags.ts'
import { GrantsCommand } from '../../command/grants-command.ts'
import { findProfile } from '../../connection/source.ts'

export class AuthUnlock extends GrantsCommand {
  static override summary = 'Reset the local failed-login lockout.'
  static override description =
    'After five refused sign-ins within a day, further ones for the same account wait for 30 minutes or longer: Particle blocks a network address after ten refusals in a row. This ends the waits for one API URL. Use it when you know that the credentials are right. It changes nothing at Particle.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --base-url http://127.0.0.1:8765',
  ]
  static override baseFlags = { profile: connectionFlags.profile, 'base-url': connectionFlags['base-url'] }

  async run() {
    const { flags } = await this.parse(AuthUnlock)
    const { Connections } = await import('../../connection/connection.ts')
    const { resetGuard } = await import('../../sign-in/reset-guard.ts')
    const connections = new Connections()
    const source = await findProfile(wantedBy(flags), connections.book)
    const { baseUrl, stores } = await resetGuard(source, connections)
    this.print(`Lockout reset for ${baseUrl}.`)
    this.caution(
      "Particle's own lockout of this network address, if there is one, still lasts up to 30 minutes.",
    )
    return { baseUrl, stores }
  }
}
