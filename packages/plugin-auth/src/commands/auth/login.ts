import { connectionFlags, wantedBy } from '../../command/connection-flags.ts'
import { GrantsCommand } from '../../command/grants-command.ts'
import { findProfile } from '../../connection/source.ts'
import { formatConnectionFlags } from '../../connection/wording.ts'
import { loginFlags, stdinFlags } from '../../sign-in/login-flags.ts'
import { paint } from '../../terminal/paint.ts'
import { rows } from '../../terminal/rows.ts'

export class AuthLogin extends GrantsCommand {
  static override summary = 'Sign in, with two-step authentication where the account has it.'
  static override description =
    `In a terminal it asks for what is missing. Elsewhere everything comes by flags, stdin and environment; several secrets on stdin stand one a line, in this order whatever that of the flags: ${stdinFlags.map((name) => `--${name}`).join(', ')}.

Without a terminal, an account with two-step authentication takes two calls: the first ends with exit code 4 and keeps the challenge for ten minutes, the second answers it by --otp-stdin.

Exit codes of all commands: 0 done, 1 failed, 2 usage, 3 not signed in, 4 a code is needed, 5 locked out or rate limited, 6 no answer.`
  static override usage = '<%= command.id %> [-u ACCOUNT | --client-id ID | --token-stdin] [FLAGS]'
  static override examples = [
    { description: 'Be asked.', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'In a script.',
      command: '<%= config.bin %> <%= command.id %> -u me@example.com --password-stdin < password-file',
    },
    {
      description: 'And the code, where the first call ended with 4.',
      command: 'echo 123456 | <%= config.bin %> <%= command.id %> --otp-stdin',
    },
    {
      description: 'With the client of a product, for a customer.',
      command:
        '<%= config.bin %> <%= command.id %> --client-id my-product-1234 --client-secret-stdin --customer jane@example.com < secret',
    },
    {
      description: 'Against a local sandbox.',
      command: '<%= config.bin %> <%= command.id %> --base-url http://127.0.0.1:8765',
    },
  ]
  static override baseFlags = connectionFlags
  static override flags = loginFlags

  async run() {
    const { flags } = await this.parse(AuthLogin)
    const { Connections } = await import('../../connection/connection.ts')
    const connections = new Connections()
    const source = await findProfile(wantedBy(flags), connections.book)
    this.connectionFlags = formatConnectionFlags(source)
    const { signInBy } = await import('../../sign-in/sign-in-by.ts')
    const { resultOf, resultRows } = await import('../../sign-in/result.ts')
    const finished = await signInBy({
      flags,
      connections,
      source,
      mayAsk: this.mayAsk,
      telling: {
        note: (text) => this.note(text),
        caution: (text) => this.caution(text),
        progress: (text, run) => this.progress(text, run),
        bin: this.bin,
      },
    })
    this.print(paint('green', 'Signed in.'))
    this.print(rows(resultRows(finished, this.bin)))
    return resultOf(finished)
  }
}
