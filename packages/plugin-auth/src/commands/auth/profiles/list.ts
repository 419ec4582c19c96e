import { GrantsCommand } from '../../../command/grants-command.ts'
import { Connections } from '../../../connection/connection.ts'
import { activeProfile } from '../../../connection/profile-book.ts'
import { accountOf, nameOf } from '../../../connection/wording.ts'
import { paint } from '../../../terminal/paint.ts'

export class AuthProfiles extends GrantsCommand {
  static override aliases = ['auth:profiles:list']
  static override summary = 'List the profiles of this machine.'
  static override description =
    'A profile is a sign-in with a name. auth login makes one, named default unless --profile names another, and makes it the active one.'
  static override examples = [
    '<%= config.bin %> auth profiles',
    '<%= config.bin %> auth profiles switch work',
    '<%= config.bin %> auth status --profile work',
  ]

  async run() {
    await this.parse(AuthProfiles)
    const book = await new Connections().book.read()
    const active = activeProfile(book)
    const profiles = Object.entries(book.profiles).map(([name, { signIn, pending }]) => ({
      name,
      active: name === active,
      signIn: signIn ?? pending,
      waitsForCode: pending !== undefined,
    }))
    if (profiles.length === 0) this.tell(`There are none yet. Sign in: ${this.bin} auth login`)
    const width = Math.max(0, ...profiles.map(({ name }) => name.length))
    for (const { name, active: isActive, signIn, waitsForCode } of profiles) {
      const mark = isActive ? paint('green', '*') : ' '
      const account = signIn === undefined ? '' : `${accountOf(signIn)} at ${signIn.baseUrl}, ${signIn.store}`
      this.tell(`${mark} ${name.padEnd(width)}  ${account}${waitsForCode ? ', waits for its code' : ''}`)
    }
    return {
      active,
      profiles: profiles.map(({ signIn, ...profile }) => ({
        ...profile,
        account: signIn === undefined ? null : nameOf(signIn),
        baseUrl: signIn?.baseUrl ?? null,
        client: signIn?.client ?? null,
        store: signIn?.store ?? null,
      })),
    }
  }
}
