import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { CliError } from '../../../errors/cli-error.ts'
import type { Mfa } from '../../../mfa/mfa.ts'
import { promptSecret } from '../../../output/prompts.ts'
import { readSecrets } from '../../../output/stdin.ts'
import { formatOutcome } from '../../../output/text.ts'

const maxAttempts = 3

export class AuthMfaDisable extends AuthenticatedCommand {
  static override summary = 'Turn off two-step authentication.'
  static override description = "Prompts for the account's password. A TOTP secret in the keyring is removed, too."
  static override examples = ['<%= config.bin %> <%= command.id %> --password-stdin < password-file']
  static override flags = { 'password-stdin': Flags.boolean({ summary: 'Read the password from stdin.' }) }

  async run() {
    const { flags } = await this.parse(AuthMfaDisable)
    const [{ openMfa }, { removeTotpKey }] = await Promise.all([
      import('../../../mfa/mfa.ts'),
      import('../../../totp/totp.ts'),
    ])
    const connection = await this.connection()
    const mfa = await this.progress('Reading the account', () => openMfa(connection))
    const { username } = mfa.account
    if (mfa.isEnabled === false) {
      this.print(`Two-step authentication is already off for ${username}.`)
      return { account: username, enabled: false, changed: false }
    }
    const [given] = flags['password-stdin'] ? await readSecrets(['--password-stdin']) : []
    if (!(await (given === undefined ? this.#promptAndDisable(mfa) : mfa.disable(given)))) {
      throw new CliError('call_refused', { what: 'Wrong password. Two-step authentication is still on.' })
    }
    const keyring = await this.connections.stores.findKeyring()
    const isRemoved = keyring && (await removeTotpKey(keyring, mfa.account))
    this.print(formatOutcome('success', `Two-step authentication is off for ${username}`))
    if (isRemoved) this.print('The TOTP secret was removed from the keyring.')
    return { account: username, enabled: false, changed: true }
  }

  async #promptAndDisable(mfa: Mfa): Promise<boolean> {
    if (!this.canPrompt) {
      const what = ['Password required.', this.promptProblem].filter(Boolean).join(' ')
      throw new CliError('no_terminal', { what, remedy: 'Pass it with --password-stdin.' })
    }
    for (let attempts = 1; attempts <= maxAttempts; attempts += 1) {
      const password = await promptSecret(`Password of ${mfa.account.username}:`)
      if (await this.progress('Turning it off', () => mfa.disable(password))) return true
      if (attempts < maxAttempts) this.caution('Wrong password.')
    }
    return false
  }
}
