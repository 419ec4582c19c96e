import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** How a process ended, and what it printed. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The input of a command. */
export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What it reads on standard input. */
  readonly input?: string
}

/** Runs a command to its end, without a terminal and without the `PARTICLE_…` variables of this process. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {}, input = '' }: CommandOptions,
): Promise<Run> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTICLE_'))
  const child = spawn(command, args, { cwd, env: { ...Object.fromEntries(inherited), ...env } })
  child.stdin.on('error', () => {}) // It may end without reading.
  child.stdin.end(input)
  const ended = once(child, 'close')
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, stdout, stderr }
}
