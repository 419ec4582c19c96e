import { once } from 'node:events'
import { constants } from 'node:os'
import { AuthenticatedCommand } from '../../command/authenticated-command.ts'
import { getFreshToken } from '../../connection/token.ts'
import { CliError } from '../../errors/cli-error.ts'

/** What shells return for a command that they did not find, and for one that they could not run. */
const shellCodes = { notFound: 127, notExecutable: 126 }

/** The variables of Particle that hold a credential. The command gets none of them but its token. */
const credential = /^PARTICLE_(?:\w+_)?(?:AUTH|TOKEN|USERNAME|PASSWORD|CLIENT_ID|CLIENT_KIND|SECRET|OTP|KEY)$/i

export class AuthExec extends AuthenticatedCommand {
  static override summary = 'Run a command with the access token in its environment.'
  static override description =
    `Sets PARTICLE_ACCESS_TOKEN, and PARTICLE_GRANTS_BASE_URL to the server of the token. Every other PARTICLE_ variable that holds a credential is unset. The command runs without a shell, gets the signals, and its exit code is the exit code (127 if it is not found).

The token does not change while the command runs. For a command that runs longer than the token is valid, call auth token in the command.`
  static override usage = '<%= command.id %> [FLAGS] -- COMMAND [ARGUMENT...]'
  static override examples = [
    '<%= config.bin %> <%= command.id %> -- node my-script.js',
    '<%= config.bin %> <%= command.id %> --profile work -- \\\n    sh -c \'curl -H "Authorization: Bearer $PARTICLE_ACCESS_TOKEN" \\\n      https://api.particle.io/v1/devices\'',
  ]
  static override strict = false

  async run(): Promise<void> {
    const { raw } = await this.parse(AuthExec)
    // Not oclif's `argv`, which moves a word that occurs twice to its first place.
    const [command, ...args] = raw.flatMap((token) => (token.type === 'arg' ? [token.input] : []))
    if (command === undefined) {
      throw new CliError('usage', {
        what: 'There is no command to run.',
        remedy: 'Write it after --, for example:',
        command: ['auth exec', '--', 'node', 'my-script.js'],
      })
    }
    const connection = await this.connection()
    const { accessToken } = await this.progress('Getting a token', () => getFreshToken(connection))
    const others = Object.entries(process.env).filter(([name]) => !credential.test(name))
    const own = { PARTICLE_ACCESS_TOKEN: accessToken, PARTICLE_GRANTS_BASE_URL: connection.baseUrl }
    try {
      await runCommand(command, args, { ...Object.fromEntries(others), ...own })
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      const { isRepeatable } = await import('../../errors/wrong-call.ts')
      // Anything else may be a secret in the wrong place, and is not repeated.
      const name = isRepeatable(command) ? ` ${JSON.stringify(command)}` : ''
      const isMissing = name === '' ? 'There is no such command.' : `There is no command${name}.`
      this.note(`Error: ${code === 'ENOENT' ? isMissing : `The command${name} could not be run (${code}).`}`)
      process.exitCode = code === 'ENOENT' ? shellCodes.notFound : shellCodes.notExecutable
    }
  }
}

/** Runs a command with the streams of this process, and ends as it ends. Rejects if it could not be started. */
async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // Loaded when it is needed, because every command loads this file.
  const { spawn } = await import('node:child_process')
  const child = spawn(command, args, { env, stdio: 'inherit' })
  const forward = (signal: NodeJS.Signals) => {
    // The terminal sends these to the command as well, which would otherwise receive them twice.
    const isFromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')
    if (!isFromTerminal) child.kill(signal)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
  for (const signal of signals) process.on(signal, forward)
  const ended = once(child, 'close').finally(() => signals.map((signal) => process.off(signal, forward)))
  const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null]
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  if (signal !== null) process.kill(process.pid, signal)
}
