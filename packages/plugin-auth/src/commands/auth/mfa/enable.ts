import { Flags } from '@oclif/core'
import { AuthenticatedCommand } from '../../../command/authenticated-command.ts'
import { CliError } from '../../../errors/cli-error.ts'
import { describeError } from '../../../errors/describe-error.ts'
import type { Enrolment } from '../../../mfa/mfa-api.ts'
import type { Mfa } from '../../../mfa/open-mfa.ts'
import { askChoice } from '../../../terminal/prompts.ts'

/** `auth mfa enable`: sets two-step authentication up. */
export class AuthMfaEnable extends AuthenticatedCommand {
  static override summary = 'Set up two-step authentication, with a QR code in the terminal.'
  static override description =
    'Shows a QR code and the secret as text for an authenticator app, and asks for its first code. Nothing changes before that code is right. With --keep-secret the secret also goes into the keyring, so that "auth login" can answer by itself; without a terminal that is the only way, and the keyring holds the only copy.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --keep-secret --json',
  ]
  static override flags = {
    'keep-secret': Flags.boolean({
      allowNo: true,
      summary: 'Keep the secret in the keyring for unattended sign-ins. Asked for in a terminal.',
    }),
    'revoke-tokens': Flags.boolean({
      summary: 'Revoke all access tokens of the account, this one included.',
    }),
  }

  async run() {
    const { flags } = await this.parse(AuthMfaEnable)
    const keepSecret = flags['keep-secret']
    if (!this.mayAsk && keepSecret !== true) {
      throw new CliError('no_terminal', {
        what: 'The secret has to be shown and its code asked for, and there is no terminal to do so.',
        remedy: 'Use --keep-secret, which puts the secret into the keyring and nowhere else.',
      })
    }
    const [{ openMfa }, steps, { recoveryAdvice }, { setDocument }] = await Promise.all([
      import('../../../mfa/open-mfa.ts'),
      import('../../../mfa/enrol.ts'),
      import('../../../mfa/recovery-advice.ts'),
      import('../../../explain/document.ts'),
    ])
    const connection = await this.connection()
    const mfa = openMfa(connection, { stores: this.connections.stores })
    if (keepSecret === true) await mfa.assertKeyring()
    const { username, enabled } = await this.progress('Asking Particle', () => mfa.api.status())
    if (enabled === true) {
      throw new CliError('call_refused', {
        what: `Two-step authentication is on for ${username} already.`,
        remedy: 'To set it up anew, switch it off before: %bin% auth mfa disable',
      })
    }
    const enrolment = await this.progress('Asking for a secret', () => mfa.api.begin(username))
    const confirming = { mfa, enrolment, revokeTokens: flags['revoke-tokens'] }
    if (this.mayAsk) {
      await steps.enrolAtTerminal(confirming)
      this.note('')
    } else {
      await steps.enrolUnattended(confirming, {
        username,
        codes: {
          account: { baseUrl: connection.baseUrl, username },
          steps: await this.connections.stores.get('file'),
        },
      })
    }
    this.print(`Two-step authentication is on for ${username}.`)
    const signedIn = await steps.stillSignedIn(mfa)
    if (signedIn === false)
      this.caution(`The access token ended with it. Sign in again: ${this.bin} auth login`)
    this.note(`\n${setDocument(recoveryAdvice(), process.stderr.columns)}`)
    // Asked last: whoever stops here has everything else.
    const kept = this.mayAsk ? await this.#keep(mfa, { username, enrolment, wanted: keepSecret }) : true
    if (kept)
      this.print('The secret is in the keyring: sign-ins on this machine find their codes by themselves.')
    return { account: username, enabled: true, secretKept: kept, signedIn: signedIn ?? null }
  }

  /** Keeps the secret where that is wanted. MFA is on already: a keyring that fails is no reason to fail. */
  async #keep(
    mfa: Mfa,
    { username, enrolment, wanted }: { username: string; enrolment: Enrolment; wanted: boolean | undefined },
  ): Promise<boolean> {
    if (wanted === false || (wanted === undefined && !(await mfa.mayKeep()))) return false
    if (wanted === undefined) this.note('')
    const keep =
      wanted ??
      (await askChoice({
        message: 'Should sign-ins on this machine find their codes by themselves?',
        instead: '--no-keep-secret',
        choices: [
          { value: false, name: 'No', description: 'You type the code at each sign-in.' },
          {
            value: true,
            name: 'Yes, keep the secret in the keyring',
            description: 'Whoever can open your keyring then has both steps.',
          },
        ],
      }))
    if (!keep) return false
    try {
      await mfa.keep(username, enrolment.key)
      return true
    } catch (thrown) {
      this.caution(`The secret was not kept: ${describeError(thrown, this.bin).message}`)
      return false
    }
  }
}
