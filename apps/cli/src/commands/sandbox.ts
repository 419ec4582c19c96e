import { Flags } from '@oclif/core'
import { CliError, GrantsCommand } from '@particle-grants/plugin-auth'

type SandboxCli = typeof import('@particle-grants/sandbox/cli')

/** Starts the sandbox by its own command. */
export class Sandbox extends GrantsCommand {
  static override enableJsonFlag = false
  static override summary = 'Start a local mock of the Particle cloud.'
  static override description =
    'Prints test accounts and each request. It listens on 127.0.0.1 only and sends nothing to Particle. Stop it with Ctrl-C.'
  static override examples = [
    { description: 'Start the sandbox.', command: 'pgrants sandbox' },
    {
      description: 'In another terminal, sign in with one of the printed accounts.',
      command: 'pgrants auth login --base-url http://127.0.0.1:8765',
    },
    { description: 'In a script.', command: 'pgrants sandbox --port 0 --json' },
  ]
  static override flags = {
    port: Flags.string({ helpValue: 'NUMBER', default: '8765', summary: 'Port to listen on (0: any free port).' }),
    json: Flags.boolean({ summary: 'Print one line: {"url":"http://127.0.0.1:…"}' }),
    quiet: Flags.boolean({ summary: 'Print only the URL.' }),
    verbose: Flags.boolean({ summary: 'Also print the OAuth clients, and curl commands.' }),
    'no-lockout': Flags.boolean({ summary: "Don't block an IP address after 10 failures in a row." }),
    'no-rate-limit': Flags.boolean({ summary: "Don't limit token requests to 100 in 5 minutes." }),
  }

  async run() {
    const { port, ...switches } = (await this.parse(Sandbox)).flags
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new CliError('usage', { what: '--port must be a number from 0 to 65535.' })
    }
    const args = Object.entries(switches).flatMap(([flag, on]) => (on ? [`--${flag}`] : []))
    // By its URL, because its name can mean the source, which Node does not run.
    const manifest = import.meta.resolve('@particle-grants/sandbox/package.json')
    const { runCli }: SandboxCli = await import(new URL('dist/node/run-cli.js', manifest).href)
    await runCli(process, {
      args: [`--port=${port}`, ...args],
      command: `${this.bin} sandbox`,
      login: `${this.bin} auth login --base-url`,
    })
  }

  /** `--json` is the sandbox's own flag here. The caller of oclif prints errors, also as a document. */
  protected override catch(thrown: unknown): never {
    throw thrown
  }
}
