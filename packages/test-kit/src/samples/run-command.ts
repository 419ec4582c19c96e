import { spawn } from 'node:child_process'

/** How a process ended, and what it said. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where and with what a command runs. */
export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What it reads on standard input. */
  readonly input?: string
}

/** Runs a command to its end, without a terminal and with nothing of Particle's in the environment. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {}, input = '' }: CommandOptions,
): Promise<Run> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTICLE_'))
  const child = spawn(command, args, { cwd, env: { ...Object.fromEntries(inherited), ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  child.stdin.on('error', () => {}) // it may end without reading
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
