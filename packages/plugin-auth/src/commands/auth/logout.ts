import { Flags } from '@oclif/core'
import { connectionFlags, wantedBy } from '../../command/connection-flags.ts'
import { GrantsCommand } from '../../command/grants-command.ts'
import { findProfile, tokenVariable } from '../../connection/source.ts'
import { accountOf, nameOf } from '../../connection/wording.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import type { SignedOut } from '../../sign-out/sign-out.ts'

export class AuthLogout extends GrantsCommand {
  static override summary = 'Revoke the access token, and forget the sign-in on this machine.'
  static override description =
    'What is stored here is forgotten also where revoking fails; the exit code is then 1, and the token stays valid until it ends.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --profile work',
    '<%= config.bin %> <%= command.id %> --all',
  ]
  static override baseFlags = { profile: connectionFlags.profile }
  static override flags = {
    all: Flags.boolean({ summary: 'Every profile.', exclusive: ['profile'] }),
    revoke: Flags.boolean({
      default: true,
      allowNo: true,
      summary: 'Revoke the token at Particle. Without, it is only forgotten here.',
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
        // One whose store can't be reached keeps nobody else signed in.
        failures.push(thrown)
      }
    }
    if (failures.length > 0) throw failures[0]
    if (names.length === 0) this.print('There was nothing to sign out of.')
    this.#tellOfEnvironment()
    return { profiles: done.map(documentOf) }
  }

  #tell(
    { profile, signIn, accessToken, refreshToken, particleCli, error }: SignedOut,
    revoke: boolean,
  ): void {
    if (signIn === undefined) {
      this.print(`Profile ${profile} was not signed in.`)
      return
    }
    this.print(`Signed out: ${accountOf(signIn)} (profile ${profile}).`)
    if (accessToken === 'still_valid') {
      process.exitCode = exitCodes.failed
      this.caution(whyStillValid(error))
    }
    if (!revoke) this.caution('The access token was not revoked: it stays valid until it ends.')
    if (refreshToken === 'still_valid') {
      this.caution(
        'Particle knows no way to revoke a refresh token: the one that was stored here is forgotten, and stays valid until it ends.',
      )
    }
    if (particleCli) this.note('particle-cli used the same token, and is signed out as well.')
  }

  #tellOfEnvironment(): void {
    const variable = tokenVariable(process.env)
    if (variable !== undefined) this.caution(`${variable} is still set, and its token is used.`)
  }
}

function whyStillValid(error: SignedOut['error']): string {
  if (error?.code === 'revocation_failed') return error.message
  return 'What was stored of it could not be read, so that its token was not revoked: it stays valid until it ends, and is forgotten here.'
}

function documentOf({ profile, signIn, accessToken, refreshToken, particleCli, error }: SignedOut) {
  return {
    profile,
    account: signIn === undefined ? null : nameOf(signIn),
    accessToken,
    refreshToken,
    particleCli,
    error: error === undefined ? null : { code: error.code, message: error.message },
  }
}
