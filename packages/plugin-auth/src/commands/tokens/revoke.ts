import { Flags } from '@oclif/core'
import { ManagementCommand, yesFlag } from '../../management/management-command.ts'
import { formatOutcome } from '../../output/text.ts'

export class TokensRevoke extends ManagementCommand {
  static override summary = 'Revoke the token, or every token of the account.'
  static override description =
    'Asks in a terminal. The profile is signed out afterwards, because its token is not valid any more. If the API does not confirm it, nothing is deleted on this machine: auth logout deletes the sign-in then.'
  static override examples = ['<%= config.bin %> <%= command.id %> --yes', '<%= config.bin %> <%= command.id %> --all']
  static override flags = {
    all: Flags.boolean({ summary: 'Revoke every token of the account, also those of other programs.' }),
    ...yesFlag,
  }

  async run() {
    const { flags } = await this.parse(TokensRevoke)
    const [{ revokeAllTokens, revokeToken }, { signOut }] = await Promise.all([
      import('@particle-grants/management'),
      import('../../connection/sign-out.ts'),
    ])
    const { all } = flags
    const { source } = await this.connection()
    const api = await this.api()
    const question = all
      ? 'Revoke every token of the account? Every program that uses the account loses its token.'
      : 'Revoke the token?'
    const after =
      source.from === 'profile'
        ? `Profile ${source.name} is signed out then.`
        : `The token in ${source.variable} is not valid any more then.`
    await this.confirm(`${question} ${after}`, flags)
    await this.progress('Revoking', () => (all ? revokeAllTokens(api) : revokeToken(api)))
    this.print(formatOutcome('success', all ? 'Revoked every token of the account' : 'Revoked the token'))
    if (source.from === 'environment') {
      this.caution(`The token in ${source.variable} is not valid any more. Unset it, or set it to a new token.`)
      return { revoked: all ? 'all' : 'token', profile: null }
    }
    const { refreshToken } = await signOut(source.name, false, this.connections)
    this.caution(`Profile ${source.name} is signed out. Sign in again:\n  ${this.formatCommand('auth login')}`)
    if (refreshToken === 'still_valid')
      this.caution("Particle can't revoke refresh tokens: the deleted one is valid until it expires.")
    if (all) this.caution('Other programs and profiles of the account must sign in again, too.')
    return { revoked: all ? 'all' : 'token', profile: source.name }
  }
}
