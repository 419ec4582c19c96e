import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createSandbox, type Sandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { listen, type SandboxServer } from '@particle-grants/sandbox/node'
import { runInProcess } from '@particle-grants/test-kit/in-process'
import {
  type InProcessOptions,
  openTerminalInProcess,
  type SimulatedTerminal,
} from '@particle-grants/test-kit/terminal'
import { inject, onTestFinished } from 'vitest'

/** Runs the bundle of the CLI. The first run loads it, because some modules read the environment when they load. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = (await import(pathToFileURL(inject('program')).href)) as typeof import('./program.ts')
  await program.runProgram(args)
}

/** How a run of the CLI ended, and what it printed. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The input of a run, without its arguments. */
export interface RunOptions {
  /** Standard input, which ends after it. @default '' */
  readonly stdin?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
}

/** The input of a run in a separate process. */
export interface SpawnOptions {
  /** `open`: standard input stays open after these bytes. */
  readonly stdin?: RunOptions['stdin'] | { readonly open: string }
  readonly env?: RunOptions['env']
}

/** The sandbox of a world, and how the CLI runs in it. */
export interface WorldOptions extends SandboxOptions {
  /** For commands that must run at the same time, and for environments that Node reads only at start-up. */
  readonly usesProcesses?: boolean
}

/** A process that runs the CLI. */
interface Spawned {
  readonly pid: number
  readonly ended: Promise<Run>
}

/** A machine for one test: a sandbox that listens, and a home directory. */
export class World {
  readonly sandbox: Sandbox
  readonly server: SandboxServer
  readonly home: string
  readonly #usesProcesses: boolean

  private constructor(sandbox: Sandbox, server: SandboxServer, usesProcesses: boolean) {
    this.sandbox = sandbox
    this.server = server
    this.#usesProcesses = usesProcesses
    this.home = mkdtempSync(join(tmpdir(), 'particle-grants-cli-'))
  }

  /** Opens a world that is closed with the test. With `usesProcesses`, each run is a separate process. */
  static async open({ usesProcesses = false, ...options }: WorldOptions = {}): Promise<World> {
    const sandbox = createSandbox(options)
    const world = new World(sandbox, await listen(sandbox, { port: 0 }), usesProcesses)
    onTestFinished(async () => {
      await world.server.close()
      rmSync(world.home, { recursive: true, force: true, maxRetries: 10 })
    })
    return world
  }

  /** The environment of the CLI. It has nothing of the real one. */
  get env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? '',
      HOME: this.home,
      XDG_STATE_HOME: join(this.home, 'state'),
      XDG_CACHE_HOME: join(this.home, 'cache'),
      LANG: 'C.UTF-8',
      PARTICLE_GRANTS_BASE_URL: this.server.url,
      PARTICLE_GRANTS_STORE: 'file',
    }
  }

  get sessions(): string {
    return join(this.home, 'state', 'particle-grants', 'sessions')
  }

  /** The files of sessions that hold a token, and of secrets of clients. */
  filesWithSecrets(): string[] {
    return readdirSync(this.sessions).filter((name) => {
      if (name.startsWith('client-')) return true
      return name.startsWith('session-') && /accessToken|mfaToken/.test(readFileSync(join(this.sessions, name), 'utf8'))
    })
  }

  /** Runs a command of the CLI, in this process where that is possible. Runs in it wait for each other. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    const { stdin = '', env = {} } = options
    // The keyring's native code keeps its connection as long as its process.
    const usesKeyring = 'DBUS_SESSION_BUS_ADDRESS' in env
    if (this.#usesProcesses || usesKeyring) return this.spawn(args, options).ended
    const input = { env: { ...this.env, ...env }, cwd: this.home, stdin }
    return runInProcess(() => runProgram(args), input)
  }

  /** Runs a command of the CLI in this process, in a simulated terminal. */
  terminal(args: readonly string[], options: InProcessOptions = {}): SimulatedTerminal {
    const env = { ...this.env, TZ: 'UTC', ...options.env }
    const terminal = openTerminalInProcess(() => runProgram(args), { cwd: this.home, ...options, env })
    onTestFinished(() => terminal.kill())
    return terminal
  }

  /** Starts the CLI in a separate process. */
  spawn(args: readonly string[], { stdin = '', env = {} }: SpawnOptions = {}): Spawned {
    const child = spawn(process.execPath, [inject('pgrants'), ...args], {
      env: { ...this.env, ...env },
      cwd: this.home,
      stdio: 'pipe',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    // It may be gone before it reads.
    child.stdin.on('error', () => {})
    if (typeof stdin === 'object' && 'open' in stdin) child.stdin.write(stdin.open)
    else child.stdin.end(stdin)
    const ended = new Promise<Run>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        child.stdin.destroy()
        resolve({ code, stdout, stderr })
      })
    })
    return { pid: child.pid ?? 0, ended }
  }

  /** The document that a run prints with `--json`. */
  async json(args: readonly string[], options?: RunOptions): Promise<{ code: number | null; document: Document }> {
    const { code, stdout } = await this.run([...args, '--json'], options)
    return { code, document: JSON.parse(stdout) as Document }
  }

  /** Signs in by password, without MFA. */
  async signIn(args: readonly string[] = [], options: RunOptions = {}): Promise<Run> {
    const given = ['auth', 'login', '--username', developer.username, '--password-stdin', ...args]
    const run = await this.run(given, { stdin: developer.password, ...options })
    if (run.code !== 0) throw new Error(`signing in failed (${run.code}): ${run.stderr}`)
    return run
  }
}

/** Whatever JSON it is. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of many forms
export type Document = any

/** Accounts and clients of the sandbox. */
export const developer = { username: 'dev@example.com', password: 'correct horse' }
export const withMfa = { username: 'mfa@example.com', password: 'battery staple', totp: 'JBSWY3DPEHPK3PXP' }
export const product = { id: 'my-product-1234', secret: 'product-secret' }
export const scripts = { id: 'my-scripts-5678', secret: 'user-client-secret' }
export const jane = { username: 'jane@example.com', password: 'janes own password' }
