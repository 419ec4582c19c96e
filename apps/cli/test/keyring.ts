import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describe, expect, it, onTestFinished } from 'vitest'

const programs = ['dbus-run-session', 'gnome-keyring-daemon']

/** Lasts as long as its standard input is open, so that it never outlives these tests. */
const script = `
export XDG_DATA_HOME="$1" XDG_RUNTIME_DIR="$1"
printf 'a password\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
echo "$DBUS_SESSION_BUS_ADDRESS"
exec cat >/dev/null
`

/** Registers tests that need a keyring; where none can be made, a test that holds that none is called for. */
export function describeWithKeyring(name: string, body: () => void): void {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).error !== undefined)
  describe(name, () => {
    if (missing.length === 0) return body()
    reportSkipped(`pgrants: ${name}`, `there is no ${missing.join(' and no ')} here`)
    it('is left out, and nobody asked for it', () => {
      const needed = (process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes('keyring')
      expect(needed, `PARTICLE_GRANTS_NEED names keyring, but there is no ${missing}`).toBe(false)
    })
  })
}

/** A keyring of the test's own, with nothing of this machine's user in it. Gives the environment that leads to it. */
export async function openKeyring(): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-cli-keyring-'))
  const child = spawn('dbus-run-session', ['--', 'sh', '-c', script, 'sh', folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  onTestFinished(async () => {
    const ended = child.exitCode === null ? once(child, 'exit') : undefined
    child.stdin.end()
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { DBUS_SESSION_BUS_ADDRESS: address }
}
