import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onProcessEnd } from '@particle-grants/test-kit/programs'

const running = new Set<ChildProcess>()
onProcessEnd(() => {
  for (const child of running) killGroup(child)
})

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}

/** How a server differs from the default: lines of its configuration file. */
export interface ServerOptions {
  readonly settings?: readonly string[]
  readonly isSentinel?: boolean
}

/** A Redis or Valkey server on a free port with its own temporary folder. */
export class RedisServer {
  readonly #program: string
  readonly #isSentinel: boolean
  readonly #folder = mkdtempSync(join(tmpdir(), 'particle-grants-redis-'))
  readonly #file = join(this.#folder, 'server.conf')
  readonly port: number
  #process: ChildProcess | undefined

  private constructor(program: string, port: number, { settings = [], isSentinel = false }: ServerOptions) {
    this.#program = program
    this.port = port
    this.#isSentinel = isSentinel
    const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${this.#folder}`, ...settings]
    // A file, because a sentinel writes to it.
    writeFileSync(this.#file, `${[...lines, ...(isSentinel ? [] : ['save ""'])].join('\n')}\n`)
  }

  /** Starts a server; rejects if the program is missing or ends. */
  static async start(program: string, options: ServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(program, await freePort(), options)
    try {
      await server.start()
    } catch (thrown) {
      await server.remove()
      throw thrown
    }
    return server
  }

  /** Settings of a server that writes to disk before it replies. */
  static readonly persistent = ['appendonly yes', 'appendfsync always']

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const child = spawn(this.#program, [this.#file, ...(this.#isSentinel ? ['--sentinel'] : [])], {
      stdio: ['ignore', 'pipe', 'ignore'],
      // A process group, because a server has children that write for it.
      detached: true,
    })
    this.#process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        output += chunk
        if (/Ready to accept connections|\+monitor/.test(output)) resolve()
      })
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`${this.#program} ended:\n${output}`)))
    })
  }

  /** Kills the server like a crash does. */
  async kill(): Promise<void> {
    const child = this.#process
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    killGroup(child)
    await ended
  }

  /** Suspends the server: connections stay open and no command is answered. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

export async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}
