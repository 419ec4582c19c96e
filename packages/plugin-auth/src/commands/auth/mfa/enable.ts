import { Flags } from '@oclif/core'
import type { Store } from '@particle-grants/core'
import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { CliError } from '../../../errors/cli-error.ts'
import { formatOutcome } from '../../../output/text.ts'

export class AuthMfaEnable extends AuthenticatedCommand {
  static override summary = 'Set up two-step authentication with a QR code.'
  static override description =
    'Shows a QR code and the secret for an authenticator app, and prompts for the first code. Nothing changes before that code is accepted. With --keep-secret the secret is also stored in the keyring, so that auth login can sign in unattended: anyone who can unlock the keyring then has both factors. Without a terminal --keep-secret is required, and the keyring has the only copy.'
  static override examples = ['<%= config.bin %> <%= command.id %> --keep-secret --json']
  static override flags = {
    'keep-secret': Flags.boolean({ summary: 'Store the TOTP secret in the keyring for unattended sign-ins.' }),
  }

  async run() {
    const { flags } = await this.parse(AuthMfaEnable)
    const keepSecret = flags['keep-secret']
    if (!this.canPrompt && !keepSecret) {
      throw new CliError('no_terminal', {
        what: this.promptProblem ?? 'No terminal to show the secret and to prompt for its code.',
        remedy: 'Use --keep-secret, which stores the secret in the keyring only.',
      })
    }
    const { openMfa, enrollInTerminal, enrollUnattended } = await import('../../../mfa/mfa.ts')
    const { saveTotpKey } = await import('../../../totp/totp.ts')
    const { stores } = this.connections
    const connection = await this.connection()
    const keyring = keepSecret ? await this.#getKeyring() : undefined
    const mfa = await this.progress('Reading the account', () => openMfa(connection))
    const { username } = mfa.account
    if (mfa.isEnabled === true) {
      throw new CliError('call_refused', {
        what: `Two-step authentication is already on for ${username}.`,
        remedy: 'To set it up again, disable it first:',
        command: ['auth mfa disable'],
      })
    }
    const enrollment = await this.progress('Requesting a secret', () => mfa.startEnrollment())
    if (this.canPrompt || keyring === undefined) await enrollInTerminal(mfa, enrollment, this)
    else await enrollUnattended(mfa, enrollment, { keyring, steps: await stores.get('file') })
    this.print(formatOutcome('success', `Two-step authentication is on for ${username}`))
    const { pages } = await import('@particle-grants/reference')
    this.note(`Save recovery codes, which only work at login.particle.io:\n  ${pages.two_step_authentication.url}`)
    if (keyring !== undefined) {
      await saveTotpKey(keyring, mfa.account, enrollment.key)
      this.print('The TOTP secret is in the keyring: this machine can sign in unattended.')
    }
    return { account: username, enabled: true, secretKept: keepSecret }
  }

  async #getKeyring(): Promise<Store> {
    const { stores } = this.connections
    const problem = await stores.findKeyringProblem()
    if (problem === undefined) return stores.get('keyring')
    throw new CliError('usage', {
      what: `The TOTP secret can't be stored: ${problem}.`,
      remedy: 'Leave out --keep-secret, and pass the secret to auth login with --totp-stdin.',
    })
  }
}
