import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import type { KeyringStoreOptions } from '../src/index.ts'
import type { Command } from './worker.ts'

/** Bundles `worker.ts` for Node, inside this package so that it finds the native library. */
export async function bundleWorker(): Promise<{ file: string; remove: () => void }> {
  const folder = mkdtempSync(join(import.meta.dirname, '../node_modules/.worker-'))
  const file = join(folder, 'worker.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@particle-grants/source'],
    external: ['@napi-rs/keyring'],
    logLevel: 'error',
  })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The result of a command, or the error that the store threw. */
export interface Outcome {
  readonly value?: unknown
  readonly code?: string
  readonly details?: unknown
  readonly text?: string
}

/** A process with a store. Killed after the test. */
export class Worker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()
  #commands = 0

  constructor(file: string, options: KeyringStoreOptions, busAddress: string) {
    this.#child = spawn(process.execPath, [file, JSON.stringify(options)], {
      // D-Bus looks in both places. It must find the test's own bus, never that of the user.
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: busAddress, XDG_RUNTIME_DIR: '/nowhere' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      this.#child.kill('SIGKILL')
    })
    const { stdout } = this.#child
    if (stdout === null) throw new Error('A worker has no output.')
    createInterface(stdout).on('line', (line) => {
      const { id, ...outcome } = JSON.parse(line)
      this.#waiting.get(id)?.(outcome)
    })
  }

  async send(command: Command): Promise<Outcome> {
    this.#commands += 1
    const id = this.#commands
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.stdin?.write(`${JSON.stringify({ id, command })}\n`)
    })
  }

  /** Repeats the command while the keyring is slower than the test's short time limit. */
  async sendUntilDone(command: Command): Promise<unknown> {
    for (;;) {
      const { code, value, text } = await this.send(command)
      if (code === undefined) return value
      if (code !== 'store_unavailable') throw new Error(text)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
