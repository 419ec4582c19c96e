import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** Lasts as long as its standard input is open, so that it never outlives these tests. */
const script = `
export XDG_DATA_HOME="$1" XDG_RUNTIME_DIR="$1"
printf 'a password\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
echo "$DBUS_SESSION_BUS_ADDRESS"
exec cat >/dev/null
`

/** Opens an empty keyring that ends with the test. Returns the environment that leads to it. */
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
