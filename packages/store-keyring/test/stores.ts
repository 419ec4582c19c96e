import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { KeyringStore } from '../src/keyring-store.ts'
import type { NativeEntry } from '../src/native.ts'
import { resolveOptions } from '../src/options.ts'

let services = 0

/** Returns a new service name, which separates the tests in one keyring. */
export function createServiceName(): string {
  services += 1
  return `particle-grants-test-${process.pid}-${services}`
}

/** Creates a folder and removes it after the test. */
export function createTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-locks-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A keyring in memory that a test controls. */
export class FakeKeyring {
  readonly secrets = new Map<string, Uint8Array>()
  readonly calls: string[] = []
  /** Runs before each call. A promise that does not settle makes the keyring hang. */
  before: (call: string) => unknown = () => {}

  readonly open = (name: string): NativeEntry => ({
    getSecret: () => this.#call(`read ${name}`, () => this.secrets.get(name) ?? null),
    setSecret: (secret) => this.#call(`write ${name}`, () => void this.secrets.set(name, secret)),
    deleteCredential: () => this.#call(`delete ${name}`, () => this.secrets.delete(name)),
  })

  /** Opens a store on it, as another process would. Short time limits are for tests of hanging calls. */
  store({ directory = createTestFolder(), timeoutMs = 60_000, lockTimeoutMs = 60_000 } = {}): KeyringStore {
    const options = resolveOptions({ directory, timeoutMs, lockTimeoutMs })
    return new KeyringStore(options, async () => this.open)
  }

  async #call<T>(name: string, run: () => T): Promise<T> {
    this.calls.push(name)
    await this.before(name)
    return run()
  }
}
