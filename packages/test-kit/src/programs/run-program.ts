import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { atEnd } from './at-end.ts'

/** How a program is started. */
export interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Runs the program as this user; only root can. */
  readonly uid?: number
}

/** How a program ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program in its own process. It reads and prints lines. */
export interface Program {
  readonly pid: number
  /** Returns the next line that it prints. Rejects with its stderr if the program ends first. */
  next(): Promise<string>
  send(line: string): void
  /** Closes its standard input. */
  end(): void
  kill(signal?: NodeJS.Signals): void
  readonly exited: Promise<Exit>
  /** Returns what it printed on stderr so far. */
  errors(): string
}

const running = new Set<Program>()
atEnd(() => {
  for (const program of running) program.kill('SIGKILL')
})

/** Starts a program that `buildProgram` bundled. It is killed when this process ends. */
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
  // The program may exit before it reads.
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
