import { Flags } from '@oclif/core'
import {
  findExistingProfile,
  findTokenVariable,
  formatAccount,
  getAccountName,
  getActiveProfile,
  getStoredSignIn,
} from '@particle-grants/node/profiles'
import { connectionFlags, GrantsCommand } from '../../command/grants-command.ts'
import { type SignedOut, signOut } from '../../connection/sign-out.ts'
import { exitCodes } from '../../errors/cli-error.ts'
import { formatOutcome } from '../../output/text.ts'

export class AuthLogout extends GrantsCommand {
  static override summary = 'Sign out: revoke the access token and delete it from this machine.'
  static override description =
    'Local credentials are deleted even if revocation fails; the exit code is then 1, and the token is valid until it expires.'
  static override examples = ['<%= config.bin %> <%= command.id %> --profile work']
  static override baseFlags = { profile: connectionFlags.profile, timeout: connectionFlags.timeout }
  static override flags = {
    all: Flags.boolean({ summary: 'Sign out of all profiles.', exclusive: ['profile'] }),
    revoke: Flags.boolean({
      allowNo: true,
      summary: 'Revoke the token (default: unless you passed it with --with-token or --from-particle-cli).',
    }),
  }

  async run() {
    const { flags } = await this.parse(AuthLogout)
    const { connections } = this
    const before = await connections.profiles.read()
    const names = flags.all
      ? Object.keys(before.profiles)
      : [(await findExistingProfile(flags, connections.profiles)).name]
    const results: SignedOut[] = []
    const failures: unknown[] = []
    for (const name of names) {
      try {
        const result = await this.progress(`Signing out of ${name}`, () => signOut(name, flags.revoke, connections))
        this.#report(result, flags.revoke)
        results.push(result)
      } catch (thrown) {
        // A store that fails must not keep the other profiles signed in.
        failures.push(thrown)
      }
    }
    if (failures.length > 0) throw failures[0]
    if (names.length === 0) this.print('No profiles.')
    const after = await connections.profiles.read()
    const active = getActiveProfile(after)
    const signIn = getStoredSignIn({ profile: after.profiles[active] })
    if (active !== getActiveProfile(before) && signIn !== undefined) {
      this.print(`The active profile is now ${active} (${formatAccount(signIn)}).`)
    }
    const variable = findTokenVariable()
    if (variable !== undefined) this.caution(`${variable} is still set: commands use its token.`)
    return { profiles: results.map(toDocument) }
  }

  #report(result: SignedOut, revoke: boolean | undefined): void {
    const { profile, signIn, accessToken, refreshToken, error } = result
    if (signIn === undefined) {
      this.print(`Profile ${profile} is not signed in.`)
      return
    }
    this.print(formatOutcome('success', `Signed out of ${formatAccount(signIn)} (profile ${profile})`))
    if (error !== undefined) {
      process.exitCode = exitCodes.failed
      const unreadable = "The stored record can't be read, so the token was not revoked. It is valid until it expires."
      this.caution(error.code === 'revocation_failed' ? error.message : unreadable)
    } else if (accessToken === 'still_valid') {
      const advice = revoke === false ? '' : ` ${this.bin} did not request it: next time, pass --revoke to revoke it.`
      this.caution(`The access token was not revoked, and is valid until it expires.${advice}`)
    }
    if (refreshToken === 'still_valid') {
      this.caution("Particle can't revoke refresh tokens: the deleted one is valid until it expires.")
    }
  }
}

function toDocument({ profile, signIn, accessToken, refreshToken, error }: SignedOut) {
  const failure = error === undefined ? null : { code: error.code, message: error.message }
  return { profile, account: getAccountName(signIn), accessToken, refreshToken, error: failure }
}
