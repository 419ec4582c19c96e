import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, type Sandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { listen, type SandboxServer } from '@particle-grants/sandbox/node'
import { inject, onTestFinished } from 'vitest'

/** How a run of the CLI ended, and what it printed. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What a run is given besides its arguments. */
export interface RunOptions {
  /** Standard input, which ends after it; `open`: it stays open without a byte. @default nothing, ended */
  readonly stdin?: string | Buffer | { readonly open: string }
  readonly env?: Readonly<Record<string, string>>
}

/** A run that is under way. */
interface Started {
  readonly pid: number
  readonly ended: Promise<Run>
}

/** A machine of its own for a test: a sandbox that listens, and folders that nobody else uses. */
export class World {
  readonly sandbox: Sandbox
  readonly server: SandboxServer
  readonly home: string

  private constructor(sandbox: Sandbox, server: SandboxServer) {
    this.sandbox = sandbox
    this.server = server
    this.home = mkdtempSync(join(tmpdir(), 'particle-grants-cli-'))
  }

  /** Gone when the test is finished. */
  static async open(options: SandboxOptions = {}): Promise<World> {
    const sandbox = createSandbox(options)
    const world = new World(sandbox, await listen(sandbox, { port: 0 }))
    onTestFinished(async () => {
      await world.server.close()
      rmSync(world.home, { recursive: true, force: true, maxRetries: 10 })
    })
    return world
  }

  /** What the CLI sees of the environment: nothing of whoever runs the tests. */
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

  /** Runs the CLI to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Run> {
    return this.start(args, options).ended
  }

  /** Starts the CLI. */
  start(args: readonly string[], { stdin = '', env = {} }: RunOptions = {}): Started {
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
  async json(
    args: readonly string[],
    options?: RunOptions,
  ): Promise<{ code: number | null; document: Document }> {
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
