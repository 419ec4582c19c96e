import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import type { KeyringStoreOptions } from '../src/index.ts'
import type { Order } from './worker.ts'

/** Makes `worker.ts` something that plain Node runs, inside this package so that it finds the native part. */
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

/** What became of an order: what the store gave, or the error it threw. */
export interface Outcome {
  readonly value?: unknown
  readonly code?: string
  readonly details?: unknown
  readonly text?: string
}

/** A process with a store. Ended when the test is finished. */
export class Worker {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (outcome: Outcome) => void>()
  #orders = 0

  constructor(file: string, options: KeyringStoreOptions, busAddress: string) {
    this.#child = spawn(process.execPath, [file, JSON.stringify(options)], {
      // Both are where a bus is looked for: this one's must be found, and never that of whoever runs these tests.
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: busAddress, XDG_RUNTIME_DIR: '/nowhere' },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => {
      this.#child.kill('SIGKILL')
    })
    const { stdout } = this.#child
    if (stdout === null) throw new Error('A worker has an output.')
    createInterface(stdout).on('line', (line) => {
      const { id, ...outcome } = JSON.parse(line)
      this.#waiting.get(id)?.(outcome)
    })
  }

  async ask(order: Order): Promise<Outcome> {
    this.#orders += 1
    const id = this.#orders
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.stdin?.write(`${JSON.stringify({ id, order })}\n`)
    })
  }

  /** The version that a save gave; again while the keyring is slower than a short limit of the test. */
  async askUntilDone(order: Order): Promise<unknown> {
    for (;;) {
      const { code, value, text } = await this.ask(order)
      if (code === undefined) return value
      if (code !== 'store_unavailable') throw new Error(text)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
