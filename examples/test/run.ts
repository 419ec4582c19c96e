import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The folder of the examples. */
export const examples = fileURLToPath(new URL('..', import.meta.url))

/** How a process ended, and what it said. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** A module to run instead of a file. */
  readonly input?: string
}

/** Runs plain node in the examples' folder, without a terminal and with nothing of Particle's in the environment. */
export function runNode(args: readonly string[], { env = {}, input = '' }: RunOptions = {}): Promise<Run> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTICLE_'))
  const child = spawn(process.execPath, args, {
    cwd: examples,
    env: { ...Object.fromEntries(inherited), ...env },
  })
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
