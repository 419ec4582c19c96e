import { connectionFlags, GrantsCommand } from '../../command/grants-command.ts'
import { findProfile } from '../../connection/source.ts'
import { loginFlags, stdinFlags } from '../../login/flags.ts'

export class AuthLogin extends GrantsCommand {
  static override summary = 'Sign in to Particle (supports two-step authentication).'
  static override description =
    `In a terminal, it prompts for what is missing. Elsewhere, pass everything by flags, stdin and environment. When reading several secrets from stdin, put one per line in this order: ${stdinFlags.map((name) => `--${name}`).join(', ')}.

A sign-in that the profile has is replaced, and its token is revoked.

Without a terminal, two-step authentication takes two calls: the first ends with exit code 4, the second submits the code with --otp-stdin within ten minutes.

Exit codes of all commands: 0 done, 1 failed, 2 usage, 3 not signed in, 4 MFA code required, 5 locked out or rate limited, 6 network error.`
  static override usage = '<%= command.id %> [-u USERNAME | --client-id ID | --with-token] [FLAGS]'
  static override examples = [
    {
      description: 'Sign in from a script.',
      command: '<%= config.bin %> <%= command.id %> -u me@example.com --password-stdin < password-file',
    },
    {
      description: "Get a token for a product's customer.",
      command:
        '<%= config.bin %> <%= command.id %> --client-id my-product-1234 --client-secret-stdin --customer jane@example.com < secret',
    },
  ]
  static override baseFlags = connectionFlags
  static override flags = loginFlags

  async run() {
    const { flags } = await this.parse(AuthLogin)
    const [{ Connections }, { login }, status] = await Promise.all([
      import('../../connection/connection.ts'),
      import('../../login/login.ts'),
      import('../../connection/status.ts'),
    ])
    const connections = new Connections()
    const source = await findProfile(flags, connections.profiles)
    this.usedSource = source
    const { canPrompt, promptProblem } = this
    const name = await login({ flags, connections, source, canPrompt, promptProblem, reporter: this })
    // The profile has its base URL and store now.
    const own = await findProfile({ profile: name }, connections.profiles)
    // It is the active profile now, whatever chose it.
    const saved = { ...own, chosenBy: 'profiles', baseUrl: undefined, store: undefined } as const
    const signedIn = await status.readStatus(saved, connections)
    this.print(status.formatStatus(signedIn, this.context))
    return status.toStatusDocument(signedIn)
  }
}
