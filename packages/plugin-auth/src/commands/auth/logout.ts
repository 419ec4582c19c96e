import { Flags } from '@oclif/core'
import { connectionFlags, wantedBy } from '../../command/connection-flags.ts'
import { GrantsCommand } from '../../command/grants-command.ts'
import { findProfile, tokenVariable } from '../../connection/source.ts'
import { accountOf, nameOf } from '../../connection/wording.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { SignedOut } from '../../sign-out/sign-out.ts'

export class AuthLogout extends GrantsCommand {
  static override summary = 'Revoke the access token and delete the sign-in from this machine.'
  static override description =
    'Local credentials are deleted even if revocation fails; the exit code is then 1, and the token is valid until it expires.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --profile work',
    '<%= config.bin %> <%= command.id %> --all',
  ]
  static override baseFlags = { profile: connectionFlags.profile }
  static override flags = {
    all: Flags.boolean({ summary: 'Sign out of all profiles.', exclusive: ['profile'] }),
    revoke: Flags.boolean({
      allowNo: true,
      summary: 'Revoke the tokens that this program requested (default); --revoke also revokes others.',
    }),
  }

  async run() {
    const { flags } = await this.parse(AuthLogout)
    const { Connections } = await import('../../connection/connection.ts')
    const { signOut } = await import('../../sign-out/sign-out.ts')
    const connections = new Connections()
    const names = flags.all
      ? Object.keys((await connections.book.read()).profiles)
      : [(await findProfile(wantedBy(flags), connections.book)).name]
    const done: SignedOut[] = []
    const failures: unknown[] = []
    for (const name of names) {
      try {
        const outcome = await this.progress(`Signing out of ${name}`, () =>
          signOut(name, { revoke: flags.revoke }, connections),
        )
        this.#tell(outcome, flags.revoke)
        done.push(outcome)
      } catch (thrown) {
        // A store that can't be reached must not keep the other profiles signed in.
        failures.push(thrown)
      }
    }
    if (failures.length > 0) throw failures[0]
    if (names.length === 0) this.print('There was nothing to sign out of.')
    this.#tellOfEnvironment()
    return { profiles: done.map(documentOf) }
  }

  #tell(
    { profile, signIn, accessToken, refreshToken, particleCli, usedBy, error }: SignedOut,
    revoke: boolean | undefined,
  ): void {
    if (signIn === undefined) {
      this.print(`Profile ${profile} was not signed in.`)
      return
    }
    this.print(`Signed out: ${accountOf(signIn)} (profile ${profile}).`)
    if (usedBy !== undefined) this.note(`The profile ${usedBy} uses the same token: it was not revoked.`)
    else if (error !== undefined) {
      process.exitCode = exitCodes.failed
      this.caution(whyStillValid(error))
    } else if (accessToken === 'still_valid') {
      const why = revoke === false ? '' : ', because it came from elsewhere (--revoke revokes it)'
      this.caution(`The access token was not revoked${why}: it is valid until it expires.`)
    }
    if (refreshToken === 'still_valid') {
      this.caution(
        'Particle has no way to revoke a refresh token: the one that was stored here is deleted, and valid until it expires.',
      )
    }
    if (particleCli) this.note('particle-cli used the same token, and is signed out as well.')
  }

  #tellOfEnvironment(): void {
    const variable = tokenVariable(process.env)
    if (variable !== undefined) this.caution(`${variable} is still set, and its token is used.`)
  }
}

function whyStillValid({ code, message }: NonNullable<SignedOut['error']>): string {
  if (code === 'revocation_failed') return message
  return 'Its record could not be read, so the token was not revoked: it is deleted here, and valid until it expires.'
}

function documentOf({ profile, signIn, accessToken, refreshToken, particleCli, usedBy, error }: SignedOut) {
  return {
    profile,
    account: signIn === undefined ? null : nameOf(signIn),
    accessToken,
    refreshToken,
    particleCli,
    usedBy: usedBy ?? null,
    error: error === undefined ? null : { code: error.code, message: error.message },
  }
}
