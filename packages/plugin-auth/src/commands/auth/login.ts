import { findProfile, readStatus } from '@particle-grants/node/profiles'
import { connectionFlags, GrantsCommand, readSourceOptions } from '../../command/grants-command.ts'
import { formatStatus, toStatusDocument } from '../../connection/status.ts'
import { loginFlags, stdinFlags } from '../../login/flags.ts'
import { runLogin } from '../../login/login.ts'

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
    const { connections, canPrompt, promptProblem } = this
    const source = await findProfile(readSourceOptions(flags), connections.profiles)
    this.usedSource = source
    const name = await runLogin({ flags, connections, source, canPrompt, promptProblem, reporter: this })
    // Without the environment: the sign-in has its own base URL and store now. As the active profile, because `auth login`
    // has activated it: otherwise the commands that the status names would have a --profile that they do not need.
    const saved = {
      ...(await findProfile({ profile: name, env: {} }, connections.profiles)),
      chosenBy: 'profiles',
    } as const
    const status = await readStatus(saved, connections)
    this.print(formatStatus(status, this.context))
    return toStatusDocument(status)
  }
}
