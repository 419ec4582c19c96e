import { Flags } from '@oclif/core'
import { CliError, GrantsCommand } from '@particle-grants/plugin-auth'

/** Starts the sandbox by its own program. */
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
    'no-lockout': Flags.boolean({ summary: "Don't block an IP address after 10 failures in a row." }),
    'no-rate-limit': Flags.boolean({ summary: "Don't limit token requests to 100 in 5 minutes." }),
  }

  async run() {
    const { port, json, quiet } = (await this.parse(Sandbox)).flags
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new CliError('usage', { what: '--port must be a number from 0 to 65535.' })
    }
    const program = new URL('bin/particle-sandbox.js', import.meta.resolve('@particle-grants/sandbox/package.json'))
    // The sandbox reads the arguments when it is loaded, and runs until a signal ends this process.
    process.argv = [process.execPath, program.pathname, ...this.argv]
    await import(program.href)
    if (process.exitCode !== undefined || json || quiet || Number(port) === 0) return
    // Printed last, so that a short terminal shows it.
    const url = `http://127.0.0.1:${Number(port)}`
    this.note(`  Sign in, in another terminal
    ${this.bin} auth login --base-url ${url}
  Get an MFA code for mfa@example.com
    curl -s ${url}/__sandbox/otp/mfa@example.com
`)
  }

  /** `--json` is the sandbox's own flag here. The caller of oclif prints errors, also as a document. */
  protected override catch(thrown: unknown): never {
    throw thrown
  }
}
