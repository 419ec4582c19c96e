import { Console } from 'node:console'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

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

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the main function of a program in this process as if it were a new process: with a separate environment, folder,
 * standard streams, exit code, connections and listeners. Everything is restored afterwards. The process is shared, so
 * a run waits until the runs before it have ended.
 */
export function runInProcess(main: () => Promise<unknown>, input: ProcessInput): Promise<ProcessResult> {
  const { stdin: bytes = '', ...rest } = input
  return enqueue(async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const output = Promise.all([text(stdout), text(stderr)])
    stdin.end(bytes)
    const code = await withProcess(main, { ...rest, streams: { stdin, stdout, stderr } })
    stdout.end()
    stderr.end()
    const [printed, errors] = await output
    return { code, stdout: printed, stderr: errors }
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
  {
    env,
    cwd,
    streams,
  }: Omit<ProcessInput, 'stdin'> & {
    readonly streams: { stdin: Readable; stdout: Writable; stderr: Writable }
  },
): Promise<number> {
  const { exitCode } = process
  const folder = process.cwd()
  const restore = [
    await swapConnections(),
    swapEnvironment(env),
    ...Object.entries(streams).map(([name, stream]) => swap(process, name, stream)),
    swap(globalThis, 'console', new Console(streams.stdout, streams.stderr)),
    swap(process, 'argv', process.argv),
    keepListeners(),
  ]
  try {
    process.chdir(cwd)
    process.exitCode = undefined
    await main()
    // What was written last arrives in the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    return Number(process.exitCode ?? 0)
  } finally {
    for (const undo of restore.reverse()) undo()
    process.exitCode = exitCode
    process.chdir(folder)
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

/** Node's `fetch` keeps its connections in this object. */
const dispatcherKey = Symbol.for('undici.globalDispatcher.1')
const globals = globalThis as { [dispatcherKey]?: { destroy(): Promise<void> } }

/** Makes `fetch` open new connections, as in a new process. */
async function swapConnections(): Promise<() => void> {
  // Node creates its dispatcher with the first call.
  if (globals[dispatcherKey] === undefined) await fetch('data:,')
  const before = globals[dispatcherKey]
  if (before === undefined) return () => {}
  const own = Reflect.construct(before.constructor, [])
  globals[dispatcherKey] = own
  return () => {
    globals[dispatcherKey] = before
    void own.destroy()
  }
}
