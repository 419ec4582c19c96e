import type { Sandbox } from '../contract.ts'
import { createSandbox } from '../sandbox.ts'
import type { Arguments } from './arguments.ts'
import { help, readArguments } from './arguments.ts'
import { greeting } from './greeting.ts'
import type { SandboxServer } from './listen.ts'
import { listen } from './listen.ts'
import { requestLine } from './request-line.ts'
import { version } from './version.ts'

const print = (text: string) => process.stdout.write(text)
const complain = (text: string) => process.stderr.write(`particle-sandbox: ${text}\n`)

await main()

async function main(): Promise<void> {
  let args: ReturnType<typeof readArguments>
  try {
    args = readArguments(process.argv.slice(2))
  } catch (error) {
    complain(`${(error as Error).message}\n${addTo('--help')}`)
    process.exitCode = 2
    return
  }
  if (args === 'help') print(help)
  else if (args === 'version') print(`${version}\n`)
  else await serve(args)
}

async function serve(args: Arguments): Promise<void> {
  const sandbox = createSandbox(args.settings)
  try {
    const server = await listen(sandbox, args)
    closeOnSignals(server)
    show(sandbox, server, args.output)
  } catch (error) {
    complain(`${(error as Error).message}\n${addTo('--port 0')}`)
    process.exitCode = 1
  }
}

/** How to give an option. Only npm says how this was started: other programs start it under names of their own. */
function addTo(option: string): string {
  const { npm_command: command, npm_lifecycle_event: script } = process.env
  return command === 'run-script' && script ? `Try: npm run ${script} -- ${option}` : `Try it with ${option}`
}

function show(sandbox: Sandbox, { url }: SandboxServer, output: Arguments['output']): void {
  // Whoever read the first line and closed the pipe (`| head -1`) does not end the server.
  process.stdout.on('error', () => {})
  if (output === 'json') {
    print(`${JSON.stringify({ url })}\n`)
  } else if (output === 'url') {
    print(`${url}\n`)
  } else {
    const colors = process.stdout.isTTY && !process.env.NO_COLOR
    print(greeting(sandbox, url))
    sandbox.subscribe((entry) => print(requestLine(entry, colors)))
  }
}

/** With its connections gone nothing keeps the process, and it ends by itself, with exit code 0. */
function closeOnSignals(server: SandboxServer): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
}
