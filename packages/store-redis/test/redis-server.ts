import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEnd } from '@particle-grants/test-kit/programs'

const running = new Set<ChildProcess>()
atEnd(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** A Redis or Valkey server on a free port with its own temporary folder. */
export class RedisServer {
  readonly #program: string
  readonly #options: readonly string[]
  readonly #folder = mkdtempSync(join(tmpdir(), 'particle-grants-redis-'))
  readonly #port: number
  #process: ChildProcess | undefined

  private constructor(program: string, port: number, options: readonly string[]) {
    this.#program = program
    this.#port = port
    this.#options = options
  }

  /** Starts a server; rejects if the program is missing or ends. */
  static async start(program: string, options: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(program, await freePort(), options)
    try {
      await server.start()
    } catch (thrown) {
      await server.remove()
      throw thrown
    }
    return server
  }

  /** Options of a server that writes to disk before it replies. */
  static readonly persistent = ['--appendonly', 'yes', '--appendfsync', 'always']

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const where = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder]
    const child = spawn(this.#program, [...where, '--save', '', ...this.#options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#process = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        output += chunk
        if (output.includes('Ready to accept connections')) resolve()
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
    child.kill('SIGKILL')
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
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}
