import { Flags } from '@oclif/core'
import { findProfile, readStatus } from '@particle-grants/node/profiles'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { formatStatus, statusExitCodes, toStatusDocument, verifyStatus } from '../../connection/status.ts'

export class AuthStatus extends AuthenticatedCommand {
  static override summary = 'Show the current account, token expiry and source.'
  static override description =
    'Works offline unless --check is given. See auth list for all profiles. Exit code 0: there is a valid token; 3: there is none; 4: a sign-in waits for its MFA code.'
  static override examples = ['<%= config.bin %> <%= command.id %> --json --check']
  static override flags = { check: Flags.boolean({ summary: 'Verify the token with the API.' }) }

  async run() {
    const { flags } = await this.parse(AuthStatus)
    const source = await this.source()
    const stored = await readStatus(source, this.connections)
    const verify = () => verifyStatus(stored, this.connections)
    const status = flags.check ? await this.progress('Verifying the token', verify) : stored
    process.exitCode = statusExitCodes[status.name]
    this.print(formatStatus(status, this.context))
    if (source.from === 'environment') {
      const { name, profile } = await findProfile({}, this.connections.profiles)
      const advice = `${source.variable} hides profile ${name}. To use it, unset the variable or pass --profile.`
      if (profile?.signIn !== undefined) this.caution(advice)
    }
    return toStatusDocument(status)
  }
}
