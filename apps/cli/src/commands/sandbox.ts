import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Flags } from '@oclif/core'
import { CliError, GrantsCommand } from '@particle-grants/plugin-auth'

const name = 'particle-sandbox'

/** `sandbox`: the local Particle cloud, as its own program starts it. */
export class Sandbox extends GrantsCommand {
  static override enableJsonFlag = false
  static override summary = 'Start a local mock of the Particle cloud.'
  static override description =
    'Prints test accounts, and then each request. It listens on 127.0.0.1 only, and ends with Ctrl-C. Nothing reaches Particle.'
  static override examples = [
    { description: 'Start it.', command: '<%= config.bin %> <%= command.id %>' },
    {
      description: 'Sign in to it, in another terminal, with an account that it printed.',
      command: '<%= config.bin %> auth login --base-url http://127.0.0.1:8765',
    },
    { description: 'In a script.', command: '<%= config.bin %> <%= command.id %> --port 0 --json' },
  ]
  static override flags = {
    port: Flags.string({
      helpValue: 'NUMBER',
      default: '8765',
      summary: 'Listen on this port; 0 for any free one.',
    }),
    json: Flags.boolean({ summary: 'Print one line, {"url":"http://127.0.0.1:…"}, and nothing else.' }),
    quiet: Flags.boolean({ summary: 'Print only the URL.' }),
    'no-lockout': Flags.boolean({ summary: "Don't block an address after 10 failures in a row." }),
    'no-rate-limit': Flags.boolean({ summary: "Don't limit an address to 100 token requests in 5 minutes." }),
  }

  async run() {
    const { flags } = await this.parse(Sandbox)
    const { port, ...switches } = flags
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
      throw new CliError('usage', { what: '--port is a number from 0 to 65535.' })
    }
    const given = Object.entries(switches).flatMap(([flag, on]) => (on ? [`--${flag}`] : []))
    const manifest = import.meta.resolve('@particle-grants/sandbox/package.json')
    const { bin } = JSON.parse(readFileSync(fileURLToPath(manifest), 'utf8')) as {
      bin: Record<string, string>
    }
    const program = new URL(bin[name] ?? '', manifest)
    // The program reads its arguments when it is loaded, and keeps this process until a signal ends it.
    process.argv = [process.execPath, fileURLToPath(program), `--port=${port}`, ...given]
    await import(pathToFileURL(fileURLToPath(program)).href)
    if (process.exitCode === undefined && !flags.json && !flags.quiet && port !== '0') {
      this.#sayHowToGoOn(`http://127.0.0.1:${Number(port)}`)
    }
    return {}
  }

  /** `--json` is the program's own here; an error is a document all the same, which the caller of oclif prints. */
  protected override catch(thrown: unknown): never {
    throw thrown
  }

  /** Below what the program says for curl, where it is seen in a short terminal, too. */
  #sayHowToGoOn(url: string): void {
    this.note(`  Sign in, in another terminal
    ${this.bin} auth login --base-url ${url}
  The code of now, for mfa@example.com
    curl -s ${url}/__sandbox/otp/mfa@example.com
`)
  }
}
