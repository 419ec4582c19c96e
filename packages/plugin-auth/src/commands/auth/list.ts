import { GrantsCommand } from '../../command/grants-command.ts'
import { Connections } from '../../connection/connection.ts'
import { getActiveProfile } from '../../connection/profiles.ts'
import { formatAccount, getAccountName } from '../../output/format.ts'
import { paint, wrap } from '../../output/text.ts'

export class AuthList extends GrantsCommand {
  static override summary = 'List the profiles of this machine.'
  static override description =
    'A profile is a sign-in with a name. auth login signs in to the active profile, which is "default" at first, or to the one that --profile names. That one is then active.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run() {
    await this.parse(AuthList)
    const list = await new Connections().profiles.read()
    const active = getActiveProfile(list)
    const profiles = Object.entries(list.profiles).map(([name, { signIn, pending }]) => ({
      name,
      signIn: signIn ?? pending,
      pending,
    }))
    if (profiles.length === 0) this.print(`No profiles. Sign in:\n  ${this.formatCommand('auth login')}`)
    const width = Math.max(0, ...profiles.map(({ name }) => name.length))
    for (const { name, signIn, pending } of profiles) {
      const mark = name === active ? paint('green', '*') : ' '
      const account = signIn && `${formatAccount(signIn)} at ${signIn.baseUrl} (${signIn.store})`
      const first = `${mark} ${name.padEnd(width)}  `
      const waits = pending && `; the sign-in of ${formatAccount(pending)} waits for its MFA code`
      this.print(wrap(`${account}${waits ?? ''}`, { first }))
    }
    return {
      active,
      profiles: profiles.map(({ name, signIn, pending }) => ({
        name,
        active: name === active,
        waitsForCode: pending !== undefined,
        account: getAccountName(signIn),
        baseUrl: signIn?.baseUrl ?? null,
        client: signIn?.client ?? null,
        store: signIn?.store ?? null,
      })),
    }
  }
}
