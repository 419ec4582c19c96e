import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onProcessEnd } from './on-process-end.ts'

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
export type Program = ReturnType<typeof runProgram>

const running = new Set<Program>()
onProcessEnd(() => {
  for (const program of running) program.kill()
})

/** Starts a program that `buildProgram` bundled. It is killed when this process ends. */
export function runProgram(file: string, { args = [], env = {}, uid }: RunOptions = {}) {
  const user = uid === undefined ? {} : { uid, gid: uid, cwd: '/' }
  const child = spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env }, ...user })
  const { pid = 0, stdin, stdout, stderr } = child
  stdin.on('error', () => {}) // It may exit before it reads.
  let errors = ''
  stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const program = {
    pid,
    exited,
    /** Returns the next line that it prints. Rejects with its stderr if the program ends first. */
    async next(): Promise<string> {
      const { value, done } = await lines.next()
      if (done !== true) return value
      const { code, signal } = await exited
      throw new Error(`The program ended (code ${code}, signal ${signal}): ${errors}`)
    },
    send: (line: string) => void stdin.write(`${line}\n`),
    /** Closes its standard input. */
    end: () => void stdin.end(),
    kill: (signal: NodeJS.Signals = 'SIGKILL') => void child.kill(signal),
    /** Returns what it printed on stderr so far. */
    errors: () => errors,
  }
  running.add(program)
  void exited.then(() => running.delete(program))
  return program
}
