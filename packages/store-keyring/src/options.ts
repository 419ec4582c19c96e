import { homedir } from 'node:os'
import { join } from 'node:path'
import { GrantsError } from '@particle-grants/core'

/** Where a {@link keyringStore} keeps what, and how long it waits. Durations are in milliseconds. */
export interface KeyringStoreOptions {
  /** The service that entries are filed under. Stores of different services don't see each other. @default 'particle-grants' */
  readonly service?: string
  /** A folder for locks, which hold nothing secret. All processes must name the same one. @default the platform's, for this user */
  readonly directory?: string
  /** How long one call to the keyring may take before it counts as hanging. @default 3 s */
  readonly timeout?: number
  /** How long to wait for another process's lock before `lock_timeout`. @default 60 s */
  readonly lockTimeout?: number
}

/** Every option, checked. */
export type Settings = Required<KeyringStoreOptions>

const longestTimer = 2 ** 31 - 1

/** Fills in the defaults; throws `invalid_argument` for what can't be meant. */
export function settingsOf(options: KeyringStoreOptions): Settings {
  const { service = 'particle-grants', timeout = 3_000, lockTimeout = 60_000 } = options
  // It names a folder, too.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(service)) {
    refuse(
      'service',
      'must have 1 to 64 letters, digits, dots, dashes and underscores, and begin with no mark',
    )
  }
  for (const [name, value] of Object.entries({ timeout, lockTimeout })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > longestTimer) {
      refuse(name, `must be a whole number of milliseconds from 1 to ${longestTimer}`)
    }
  }
  const { directory = join(stateFolder(), 'particle-grants', 'keyring-locks', service) } = options
  return { service, directory, timeout, lockTimeout }
}

/** Where this platform keeps what an application remembers for one user. */
function stateFolder(): string {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
  if (process.platform === 'win32') return LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  return XDG_STATE_HOME || join(homedir(), '.local', 'state')
}

function refuse(parameter: string, problem: string): never {
  throw new GrantsError('invalid_argument', { parameter, problem })
}
