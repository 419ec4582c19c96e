import { parseArgs } from 'node:util'
import { createSandbox } from '../create-sandbox.ts'
import type { Sandbox } from '../sandbox.ts'
import { completeSettings, type Settings } from '../state/settings.ts'
import { listen, type SandboxServer, version } from './listen.ts'
import { formatGreeting, formatRequest } from './output.ts'

/** The parts of a Node process that the command uses. */
export type CliProcess = Pick<NodeJS.Process, 'argv' | 'env' | 'stdout' | 'stderr' | 'exitCode' | 'once'>

const help = `particle-sandbox: a local Particle cloud for authentication. Unofficial, not affiliated with Particle.

Usage
  particle-sandbox [options]

Options
  --port NUMBER     port on 127.0.0.1; 0 for any free one (default 8765)
  --json            print one line, {"url":"http://127.0.0.1:…"}, and nothing else
  --quiet           print the URL only
  --no-lockout      don't block an address after 10 failures in a row
  --no-rate-limit   don't limit an address to 100 token requests in 5 minutes
  --set NAME=VALUE  change a setting of the README; repeatable: --set otpReuse=true
  --version         print the version
  --help            print this help

Stop it with Ctrl+C, SIGINT or SIGTERM.
`

/** Runs the command. Resolves when the sandbox listens, or when the command has failed and set `exitCode`. */
export async function runCli(cli: CliProcess): Promise<void> {
  let options: ReturnType<typeof parseOptions>
  try {
    options = parseOptions(cli.argv.slice(2))
  } catch (error) {
    fail(cli, 2, `${(error as Error).message}\n${suggestOption('--help', cli)}`)
    return
  }
  if (options === 'help') cli.stdout.write(help)
  else if (options === 'version') cli.stdout.write(`${version}\n`)
  else await serve(options, cli)
}

interface Options {
  readonly port: number
  readonly output: 'all' | 'url' | 'json'
  readonly settings: Partial<Settings>
}

/** Parses the command line. Throws an Error that names a wrong option. */
function parseOptions(args: string[]): Options | 'help' | 'version' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '8765' },
      json: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      'no-lockout': { type: 'boolean', default: false },
      'no-rate-limit': { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'v', default: false },
    },
  })
  if (values.help) return 'help'
  if (values.version) return 'version'
  const urlOrAll = values.quiet ? 'url' : 'all'
  return {
    port: parsePort(values.port),
    output: values.json ? 'json' : urlOrAll,
    settings: {
      ...parseSettings(values.set),
      ...(values['no-lockout'] && { lockout: false }),
      ...(values['no-rate-limit'] && { rateLimit: false }),
    },
  }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new Error(`--port is a number from 0 to 65535, not "${text}"`)
  }
  return port
}

/** A value is JSON: `true`, `60`, `["password"]`. Any other text stays a string, which the check rejects. */
function parseSettings(pairs: readonly string[]): Partial<Settings> {
  const settings = Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value = ''] = /^(\w+)=(.+)$/.exec(pair) ?? []
      if (name === undefined)
        throw new Error(`--set is NAME=VALUE, such as --set otpReuse=true, not "${pair}"`)
      return [name, parseValue(value)]
    }),
  )
  completeSettings(settings)
  return settings
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function serve(options: Options, cli: CliProcess): Promise<void> {
  const sandbox = createSandbox(options.settings)
  try {
    const server = await listen(sandbox, options)
    closeOnSignals(server, cli)
    print(cli, options.output, { sandbox, url: server.url })
  } catch (error) {
    fail(cli, 1, `${(error as Error).message}\n${suggestOption('--port 0', cli)}`)
  }
}

function print(
  { stdout, env }: CliProcess,
  output: Options['output'],
  { sandbox, url }: { sandbox: Sandbox; url: string },
): void {
  // A reader that closes the pipe after the first line (`| head -1`) does not stop the server.
  stdout.on('error', () => {})
  if (output === 'json') {
    stdout.write(`${JSON.stringify({ url })}\n`)
  } else if (output === 'url') {
    stdout.write(`${url}\n`)
  } else {
    const useColors = stdout.isTTY === true && !env.NO_COLOR
    stdout.write(formatGreeting(sandbox, url))
    sandbox.subscribe((entry) => stdout.write(formatRequest(entry, useColors)))
  }
}

/** Without connections nothing keeps the process running, and it exits with 0. */
function closeOnSignals(server: SandboxServer, cli: CliProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) cli.once(signal, () => void server.close())
}

function fail(cli: CliProcess, exitCode: number, text: string): void {
  cli.stderr.write(`particle-sandbox: ${text}\n`)
  cli.exitCode = exitCode
}

/** Only npm tells how it started the command; other programs have their own names for it. */
function suggestOption(option: string, { env }: CliProcess): string {
  const { npm_command: command, npm_lifecycle_event: script } = env
  return command === 'run-script' && script ? `Try: npm run ${script} -- ${option}` : `Try it with ${option}`
}
