import { parseArgs } from 'node:util'
import { createSandbox } from '../create-sandbox.ts'
import type { Settings } from '../state/settings.ts'
import { listen, version } from './listen.ts'
import { formatGreeting, formatRequest } from './output.ts'

/** The parts of a Node process that the command uses. */
export type CliProcess = Pick<NodeJS.Process, 'argv' | 'env' | 'stdout' | 'stderr' | 'exitCode' | 'once'>

/** What a program that includes the command sets. */
export interface CliOptions {
  /** @default the arguments of the process */
  args?: readonly string[]
  /** How the user starts it, for messages. @default what npm tells */
  command?: string
  /** The command that signs in, without the URL, such as `pgrants auth login --base-url`. @default a `curl` command */
  login?: string
}

const help = `particle-sandbox: a local Particle cloud for authentication. Unofficial, not affiliated with Particle.

Usage
  particle-sandbox [options]

Options
  --port NUMBER     port on 127.0.0.1; 0 for any free one (default 8765)
  --json            print one line, {"url":"http://127.0.0.1:…"}, and nothing else
  --quiet           print the URL only
  --verbose         also print the clients
  --no-lockout      don't block an address after 10 failures in a row
  --no-rate-limit   don't limit an address to 100 token requests in 5 minutes
  --set NAME=VALUE  change a setting of the README; repeatable: --set otpReuse=true
  --version         print the version
  --help            print this help

Stop it with Ctrl+C, SIGINT or SIGTERM.
`

/** Runs the command. Resolves when the sandbox listens, or when the command has failed and set `exitCode`. */
export async function runCli(cli: CliProcess, given: CliOptions = {}): Promise<void> {
  const { args = cli.argv.slice(2), command = guessCommand(cli.env), login } = given
  let options: Options
  try {
    options = parseOptions(args)
  } catch (error) {
    return fail(cli, 2, `${(error as Error).message}\n  ${command} --help`)
  }
  if (options.help) cli.stdout.write(help)
  else if (options.version) cli.stdout.write(`${version}\n`)
  else {
    await serve(options, login, cli).catch((error) => fail(cli, 1, `${error.message}\n  ${command} --port 0`))
  }
}

type Options = ReturnType<typeof parseOptions>

/** Parses the command line, and creates the sandbox. Throws an Error that names a wrong option. */
function parseOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8765' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean' },
      verbose: { type: 'boolean' },
      'no-lockout': { type: 'boolean' },
      'no-rate-limit': { type: 'boolean' },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  })
  const sandbox = createSandbox({
    ...parseSettings(values.set),
    ...(values['no-lockout'] && { lockout: false }),
    ...(values['no-rate-limit'] && { rateLimit: false }),
  })
  return { ...values, port: parsePort(values.port), sandbox }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port is a number from 0 to 65535, not "${text}"`)
  }
  return port
}

/** Parses `NAME=VALUE` with a value in JSON: `true`, `60`, `["password"]`. */
function parseSettings(pairs: readonly string[]): Partial<Settings> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value = ''] = /^(\w+)=(.+)$/.exec(pair) ?? []
      try {
        return [name, JSON.parse(value)]
      } catch (cause) {
        const example = 'a value in JSON, such as --set otpReuse=true'
        throw new Error(`--set is NAME=VALUE with ${example}, not "${pair}"`, { cause })
      }
    }),
  )
}

async function serve(options: Options, login: string | undefined, cli: CliProcess): Promise<void> {
  const { sandbox, port, json, quiet, verbose } = options
  const { stdout, env } = cli
  const server = await listen(sandbox, { port })
  const { url } = server
  // Without connections nothing keeps the process running, and it exits with 0.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) cli.once(signal, () => void server.close())
  // A reader that closes the pipe after the first line (`| head -1`) does not stop the server.
  stdout.on('error', () => {})
  if (json) {
    stdout.write(`${JSON.stringify({ url })}\n`)
  } else if (quiet) {
    stdout.write(`${url}\n`)
  } else {
    const colors = stdout.isTTY === true && !env.NO_COLOR
    stdout.write(formatGreeting(sandbox, { url, login, verbose }))
    sandbox.subscribe((entry) => stdout.write(formatRequest(entry, { colors, columns: stdout.columns })))
  }
}

function fail(cli: CliProcess, exitCode: number, text: string): void {
  cli.stderr.write(`Error: ${text}\n`)
  cli.exitCode = exitCode
}

/** Returns how the user started the command. Only npm tells; other programs have their own names for it. */
function guessCommand({ npm_command: command, npm_lifecycle_event: script }: NodeJS.ProcessEnv): string {
  if (command === 'run-script' && script) return `npm run ${script} --`
  return command === 'exec' ? 'npx @particle-grants/sandbox' : 'particle-sandbox'
}
