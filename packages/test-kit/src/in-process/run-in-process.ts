import { Console } from 'node:console'
import { PassThrough, type Readable, Writable } from 'node:stream'

/** What a program sees of its process. */
export interface ProcessInput {
  /** The whole environment: nothing of the caller's own reaches the program. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Standard input, which ends after it. @default '' */
  readonly stdin?: string | Buffer
}

/** How a program ended, and what it printed. */
export interface ProcessResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The streams of a program. */
export interface Streams {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the main function of a program in this process as if it were a process of its own: with its own environment,
 * folder, standard streams, exit code, connections and listeners. Everything is restored afterwards. The process is
 * shared, so a run waits until the runs before it have ended.
 */
export function runInProcess(main: () => Promise<unknown>, input: ProcessInput): Promise<ProcessResult> {
  const { stdin = '', ...rest } = input
  return enqueue(async () => {
    const stdout = capture()
    const stderr = capture()
    const streams = { stdin: pipe(stdin), stdout: stdout.stream, stderr: stderr.stream }
    const code = await withProcess(main, { ...rest, streams })
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  })
}

/** Runs a task after all tasks before it. */
export function enqueue<T>(task: () => Promise<T>): Promise<T> {
  const run = last.then(task)
  last = run.catch(() => {})
  return run
}

/** Runs a main function with the globals of a process swapped. Returns the exit code. */
export async function withProcess(
  main: () => Promise<unknown>,
  { env, cwd, streams }: Omit<ProcessInput, 'stdin'> & { readonly streams: Streams },
): Promise<number> {
  const restore = [
    await swapConnections(),
    swapEnvironment(env),
    swapFolder(cwd),
    ...Object.entries(streams).map(([name, stream]) => swap(process, name, stream)),
    swap(globalThis, 'console', new Console(streams.stdout, streams.stderr)),
    swap(process, 'argv', process.argv),
    swapExitCode(),
    keepListeners(),
  ]
  try {
    await main()
    // What was written last arrives in the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    return Number(process.exitCode ?? 0)
  } finally {
    for (const undo of restore.reverse()) undo()
  }
}

function swap(object: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name)
  Object.defineProperty(object, name, { value, configurable: true, writable: true, enumerable: true })
  return () => {
    if (before !== undefined) Object.defineProperty(object, name, before)
  }
}

/** Changes `process.env` in place, because the home directory and native code read the real environment. */
function swapEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = { ...process.env }
  const set = (values: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) delete process.env[name]
    Object.assign(process.env, values)
  }
  set(env)
  return () => set(before)
}

function swapFolder(cwd: string): () => void {
  const before = process.cwd()
  process.chdir(cwd)
  return () => process.chdir(before)
}

function swapExitCode(): () => void {
  const before = process.exitCode
  process.exitCode = undefined
  return () => {
    process.exitCode = before
  }
}

/** Returns a function that removes the listeners which were added to the process since. */
function keepListeners(): () => void {
  const before = new Map(process.eventNames().map((name) => [name, process.rawListeners(name)]))
  return () => {
    for (const name of process.eventNames()) {
      const kept = before.get(name) ?? []
      for (const listener of process.rawListeners(name))
        if (!kept.includes(listener)) process.off(name as string, listener as () => void)
    }
  }
}

interface Dispatcher {
  destroy(): Promise<void>
}

const dispatcherKey = Symbol.for('undici.globalDispatcher.1')
const globals = globalThis as { [dispatcherKey]?: Dispatcher }

/** Gives `fetch` connections of its own, as a new process has. */
async function swapConnections(): Promise<() => void> {
  // Node creates its dispatcher with the first call.
  if (globals[dispatcherKey] === undefined) await fetch('data:,')
  const before = globals[dispatcherKey]
  if (before === undefined) return () => {}
  const own = new (before.constructor as new () => Dispatcher)()
  globals[dispatcherKey] = own
  return () => {
    globals[dispatcherKey] = before
    void own.destroy()
  }
}

function pipe(bytes: string | Buffer): Readable {
  const stream = new PassThrough()
  stream.end(bytes)
  return stream
}

function capture(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}
