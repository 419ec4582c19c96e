import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { CliError } from '../../../errors/cli-error.ts'
import type { Enrollment, Mfa } from '../../../mfa/mfa.ts'
import { promptChoice } from '../../../output/prompts.ts'
import { formatOutcome } from '../../../output/text.ts'

export class AuthMfaEnable extends AuthenticatedCommand {
  static override summary = 'Set up two-step authentication with a QR code.'
  static override description =
    'Shows a QR code and the secret for an authenticator app, and prompts for the first code. Nothing changes before that code is accepted. With --keep-secret the secret is also stored in the keyring, so that auth login can sign in unattended. Without a terminal --keep-secret is required, and the keyring has the only copy.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --keep-secret --json',
  ]
  static override flags = {
    'keep-secret': Flags.boolean({
      allowNo: true,
      summary: 'Store the TOTP secret in the keyring for unattended sign-ins. In a terminal it prompts.',
    }),
    'revoke-tokens': Flags.boolean({
      summary: 'Revoke all access tokens of the account, including this one.',
    }),
  }

  async run() {
    const { flags } = await this.parse(AuthMfaEnable)
    const keepSecret = flags['keep-secret']
    if (!this.canPrompt && keepSecret !== true) {
      throw new CliError('no_terminal', {
        what: 'No terminal to show the secret and to prompt for its code.',
        remedy: 'Use --keep-secret, which stores the secret in the keyring only.',
      })
    }
    const [{ Mfa }, enroll] = await Promise.all([
      import('../../../mfa/mfa.ts'),
      import('../../../mfa/enroll.ts'),
    ])
    const { stores } = this.connections
    const mfa = new Mfa(await this.connection(), stores)
    if (keepSecret === true) await this.#assertKeyring()
    const { username, enabled } = await this.progress('Reading the account', () => mfa.getStatus())
    if (enabled === true) {
      throw new CliError('call_refused', {
        what: `Two-step authentication is already on for ${username}.`,
        remedy: 'To set it up again, disable it first:',
        command: ['auth mfa disable'],
      })
    }
    const enrollment = await this.progress('Requesting a secret', () => mfa.startEnrollment(username))
    const options = { mfa, enrollment, revokeTokens: flags['revoke-tokens'] }
    if (this.canPrompt) await enroll.enrollInTerminal(options)
    else await enroll.enrollUnattended(options, { username, steps: await stores.get('file') })
    this.print(formatOutcome('success', `Two-step authentication is on for ${username}`))
    const signedIn = await enroll.isStillSignedIn(mfa)
    if (signedIn === false) {
      this.caution(`The access token was revoked. Sign in again:\n  ${this.formatCommand('auth login')}`)
    }
    const { pages } = await import('@particle-grants/reference')
    this.note(
      `Save recovery codes at ${pages.two_step_authentication.url}. They only work at login.particle.io.`,
    )
    // Last, so that Ctrl-C skips nothing else.
    const isStored = this.canPrompt ? await this.#keepSecret(mfa, username, { enrollment, keepSecret }) : true
    if (isStored) this.print('The TOTP secret is in the keyring: this machine can sign in unattended.')
    return { account: username, enabled: true, secretKept: isStored, signedIn: signedIn ?? null }
  }

  async #assertKeyring(): Promise<void> {
    const problem = await this.connections.stores.findKeyringProblem()
    if (problem === undefined) return
    throw new CliError('usage', {
      what: `The TOTP secret can't be stored: ${problem}`,
      remedy: 'Leave out --keep-secret, and pass the secret to auth login with --totp-stdin.',
    })
  }

  /** Stores the secret if wanted. Two-step authentication is on by now, so that a failure is only reported. */
  async #keepSecret(
    mfa: Mfa,
    username: string,
    { enrollment, keepSecret }: { enrollment: Enrollment; keepSecret: boolean | undefined },
  ): Promise<boolean> {
    if (keepSecret === undefined && (await this.connections.stores.findKeyringProblem()) !== undefined)
      return false
    const isWanted = keepSecret ?? (await promptKeepSecret())
    if (!isWanted) return false
    try {
      await mfa.saveKey(username, enrollment.key)
      return true
    } catch (thrown) {
      this.caution(`The TOTP secret was not stored: ${this.describe(thrown).message}`)
      return false
    }
  }
}

function promptKeepSecret(): Promise<boolean> {
  return promptChoice({
    message: 'Store the TOTP secret so this machine can sign in unattended?',
    flag: '--no-keep-secret',
    choices: [
      { value: false, name: 'No', description: 'You enter the code at each sign-in.' },
      {
        value: true,
        name: 'Yes, in the keyring',
        description: 'Anyone who can unlock your keyring then has both factors.',
      },
    ],
  })
}
