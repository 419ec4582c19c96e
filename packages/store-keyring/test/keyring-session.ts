import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * Runs until its standard input closes, so that it ends with the tests. It waits until the daemon is on the bus: a call
 * before that makes the bus start a second daemon, which is locked.
 */
const script = `
export XDG_DATA_HOME="$1" XDG_RUNTIME_DIR="$1"
if [ -n "$2" ]; then
  printf '%s\\n' "$2" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
  until dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true
  do sleep 0.02; done
fi
echo "$DBUS_SESSION_BUS_ADDRESS"
exec cat >/dev/null
`

/** A bus and a keyring for tests, separate from those of the user. */
export class KeyringSession {
  readonly #folder: string
  readonly #child: ChildProcess
  readonly address: string

  private constructor(folder: string, child: ChildProcess, address: string) {
    this.#folder = folder
    this.#child = child
    this.address = address
  }

  /** Starts a bus, and with a password a keyring that it unlocks. */
  static async start({ password = '', folder = newFolder() } = {}): Promise<KeyringSession> {
    const child = spawn('dbus-run-session', ['--', 'sh', '-c', script, 'sh', folder, password], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const [address] = await once(createInterface(child.stdout), 'line')
    return new KeyringSession(folder, child, address)
  }

  /** The folder of the keyring. A later session can open it again. */
  get folder(): string {
    return this.#folder
  }

  /** Suspends the keyring, as if it waited for a prompt that no one sees. */
  pause(): void {
    this.#signalDaemon('SIGSTOP')
  }

  resume(): void {
    this.#signalDaemon('SIGCONT')
  }

  async end({ keepFolder = false } = {}): Promise<void> {
    this.resume()
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined
    this.#child.stdin?.end()
    await ended
    if (!keepFolder) rmSync(this.#folder, { recursive: true, force: true })
  }

  #signalDaemon(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid) || !this.#isOurDaemon(pid)) continue
      process.kill(Number(pid), signal)
    }
  }

  #isOurDaemon(pid: string): boolean {
    try {
      return (
        readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('gnome-keyring-d') &&
        readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`XDG_RUNTIME_DIR=${this.#folder}\0`)
      )
    } catch {
      return false
    }
  }
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'particle-grants-keyring-'))
}
