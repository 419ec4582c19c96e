import type { Sandbox } from '../contract.ts'
import { createSandbox } from '../sandbox.ts'
import type { Arguments } from './arguments.ts'
import { help, readArguments } from './arguments.ts'
import { greeting } from './greeting.ts'
import type { SandboxServer } from './listen.ts'
import { listen } from './listen.ts'
import { requestLine } from './request-line.ts'
import { version } from './version.ts'

interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
  on(event: 'error', listener: () => void): unknown
}

/** The parts of a Node process that the command uses. */
export interface CliProcess {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Output
  readonly stderr: Output
  exitCode?: number | string | null | undefined
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** Runs the command. Resolves when the sandbox listens, or when the command has failed and set `exitCode`. */
export async function runCli(cli: CliProcess): Promise<void> {
  let args: ReturnType<typeof readArguments>
  try {
    args = readArguments(cli.argv.slice(2))
  } catch (error) {
    fail(cli, 2, `${(error as Error).message}\n${addTo('--help', cli)}`)
    return
  }
  if (args === 'help') cli.stdout.write(help)
  else if (args === 'version') cli.stdout.write(`${version}\n`)
  else await serve(args, cli)
}

async function serve(args: Arguments, cli: CliProcess): Promise<void> {
  const sandbox = createSandbox(args.settings)
  try {
    const server = await listen(sandbox, args)
    closeOnSignals(server, cli)
    show({ sandbox, url: server.url, output: args.output }, cli)
  } catch (error) {
    fail(cli, 1, `${(error as Error).message}\n${addTo('--port 0', cli)}`)
  }
}

function fail(cli: CliProcess, exitCode: number, text: string): void {
  cli.stderr.write(`particle-sandbox: ${text}\n`)
  cli.exitCode = exitCode
}

/** Says how to add an option. Only npm tells how it started the command: other programs have their own names for it. */
function addTo(option: string, { env }: CliProcess): string {
  const { npm_command: command, npm_lifecycle_event: script } = env
  return command === 'run-script' && script ? `Try: npm run ${script} -- ${option}` : `Try it with ${option}`
}

interface Shown {
  readonly sandbox: Sandbox
  readonly url: string
  readonly output: Arguments['output']
}

function show({ sandbox, url, output }: Shown, { stdout, env }: CliProcess): void {
  // A reader that closes the pipe after the first line (`| head -1`) does not end the server.
  stdout.on('error', () => {})
  if (output === 'json') {
    stdout.write(`${JSON.stringify({ url })}\n`)
  } else if (output === 'url') {
    stdout.write(`${url}\n`)
  } else {
    const colors = stdout.isTTY === true && !env.NO_COLOR
    stdout.write(greeting(sandbox, url))
    sandbox.subscribe((entry) => stdout.write(requestLine(entry, colors)))
  }
}

/** Without connections nothing keeps the process running, and it ends with exit code 0. */
function closeOnSignals(server: SandboxServer, cli: CliProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) cli.once(signal, () => void server.close())
}
