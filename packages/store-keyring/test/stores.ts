import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { KeyringStore } from '../src/keyring-store.ts'
import type { NativeEntry } from '../src/native.ts'
import { settingsOf } from '../src/options.ts'

let services = 0

/** So that tests in one keyring don't see each other. */
export function ownService(): string {
  services += 1
  return `particle-grants-test-${process.pid}-${services}`
}

/** A folder that is gone when the test is finished. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-locks-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A keyring in memory that does what a test tells it. */
export class FakeKeyring {
  readonly secrets = new Map<string, Uint8Array>()
  readonly calls: string[] = []
  /** Runs before each call; a promise that stays open is a keyring that hangs. */
  before: (call: string) => unknown = () => {}

  readonly open = (name: string): NativeEntry => ({
    getSecret: () => this.#call(`read ${name}`, () => this.secrets.get(name) ?? null),
    setSecret: (secret) => this.#call(`write ${name}`, () => void this.secrets.set(name, secret)),
    deleteCredential: () => this.#call(`delete ${name}`, () => this.secrets.delete(name)),
  })

  /** A store on it, as another process would have one. Short limits are for tests of what hangs. */
  store({ directory = ownFolder(), timeout = 60_000, lockTimeout = 60_000 } = {}): KeyringStore {
    const settings = settingsOf({ directory, timeout, lockTimeout })
    return new KeyringStore(settings, async () => this.open)
  }

  async #call<T>(name: string, run: () => T): Promise<T> {
    this.calls.push(name)
    await this.before(name)
    return run()
  }
}
