import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { atEnd } from './at-end.ts'

/** How a program is started. */
export interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Another user's, where this process may be one. */
  readonly uid?: number
}

/** How a program ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that runs in a process of its own, and talks in lines. */
export interface Program {
  readonly pid: number
  /** The next line that it prints; rejects with what it printed on stderr when it ends before. */
  next(): Promise<string>
  send(line: string): void
  /** Ends its standard input. */
  end(): void
  kill(signal?: NodeJS.Signals): void
  readonly exited: Promise<Exit>
  /** What it printed on stderr so far. */
  errors(): string
}

const running = new Set<Program>()
atEnd(() => {
  for (const program of running) program.kill('SIGKILL')
})

/** Starts a program that `buildProgram` made. What still runs when this process ends is killed. */
export function runProgram(file: string, { args = [], env = {}, uid }: RunOptions = {}): Program {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid, cwd: '/' }),
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  // It may be gone before it reads.
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const program: Program = {
    pid: child.pid ?? 0,
    async next() {
      const { value, done } = await lines.next()
      if (done !== true) return value
      const { code, signal } = await exited
      throw new Error(`The program ended (code ${code}, signal ${signal}): ${errors}`)
    },
    send: (line) => void child.stdin.write(`${line}\n`),
    end: () => void child.stdin.end(),
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    exited,
    errors: () => errors,
  }
  running.add(program)
  void exited.then(() => running.delete(program))
  return program
}
