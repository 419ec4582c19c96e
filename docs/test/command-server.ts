import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInProcess } from '@particle-grants/test-kit/in-process'
import { inject } from 'vitest'
import type {} from '../../apps/cli/test/bundle.ts'

/** Hands arguments, environment and standard input to the server, and prints and returns what it answers. */
const client = (socket: string, runs: string) => `#!/bin/sh
run=$(mktemp -d '${runs}/XXXXXX')
cat > "$run/stdin"
env -0 > "$run/env"
printf '%s\\0' "$PWD" "$@" > "$run/args"
curl --silent --fail --unix-socket '${socket}' "http://localhost/$(basename "$run")" || exit 70
cat "$run/stderr" >&2
cat "$run/stdout"
exit "$(cat "$run/code")"
`

/** Runs the commands of shells in this process: starting Node takes longer than most of them. */
export interface CommandServer {
  close(): Promise<void>
}

/** Writes a `pgrants` into a folder, which runs the command line in this process. */
export async function serveCommands(folder: string): Promise<CommandServer> {
  const socket = join(folder, 'commands.sock')
  const runs = join(folder, 'runs')
  mkdirSync(runs)
  writeFileSync(join(folder, 'pgrants'), client(socket, runs))
  chmodSync(join(folder, 'pgrants'), 0o755)
  const server = createServer((request, response) => {
    run(join(runs, request.url ?? '')).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}

async function run(folder: string): Promise<void> {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  const [cwd = '', ...args] = read('args').split('\0').slice(0, -1)
  const variables = read('env').split('\0').slice(0, -1)
  const env = Object.fromEntries(
    variables.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  const result = await runInProcess(() => runProgram(args), {
    env,
    cwd,
    stdin: readFileSync(join(folder, 'stdin')),
  })
  for (const [name, value] of Object.entries(result)) writeFileSync(join(folder, name), String(value))
}

async function runProgram(args: readonly string[]): Promise<void> {
  const program: typeof import('../../apps/cli/test/program.ts') = await import(pathToFileURL(inject('program')).href)
  await program.runProgram(args)
}
