import { homedir } from 'node:os'
import { join } from 'node:path'
import { GrantsError } from '@particle-grants/core'
import { assertKnownOptions } from '@particle-grants/core/protocol'

export interface KeyringStoreOptions {
  /** The service name of the entries. Stores with different services are separate. @default 'particle-grants' */
  readonly service?: string
  /** A folder for locks, without secrets. All processes must use the same one. @default the platform's, for this user */
  readonly directory?: string
  /** How long one call to the keyring may take, in milliseconds. @default 3_000 */
  readonly timeoutMs?: number
  /** How long to wait for a lock that another process holds, in milliseconds. @default 60_000 */
  readonly lockTimeoutMs?: number
}

export type ResolvedOptions = Required<KeyringStoreOptions>

/** The longest time that `setTimeout` accepts. */
const maxTimeoutMs = 2 ** 31 - 1

/** Validates the options and adds the defaults. */
export function resolveOptions(options: KeyringStoreOptions): ResolvedOptions {
  assertKnownOptions(options, { service: true, directory: true, timeoutMs: true, lockTimeoutMs: true })
  const { service = 'particle-grants', timeoutMs = 3_000, lockTimeoutMs = 60_000 } = options
  // It is part of a path, too.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(service)) {
    throw invalidArgument(
      'service',
      'must have 1 to 64 letters, digits, dots, dashes and underscores, and start with a letter or digit',
    )
  }
  for (const [name, value] of Object.entries({ timeoutMs, lockTimeoutMs })) {
    if (!Number.isSafeInteger(value) || value < 1 || value > maxTimeoutMs) {
      throw invalidArgument(name, `must be a whole number of milliseconds from 1 to ${maxTimeoutMs}`)
    }
  }
  const { directory = join(findStateFolder(), 'particle-grants', 'keyring-locks', service) } = options
  return { service, directory, timeoutMs, lockTimeoutMs }
}

/** Returns this platform's folder for application state. */
function findStateFolder(): string {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
  if (process.platform === 'win32') return LOCALAPPDATA || join(homedir(), 'AppData', 'Local')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support')
  return XDG_STATE_HOME || join(homedir(), '.local', 'state')
}

function invalidArgument(parameter: string, problem: string): GrantsError<'invalid_argument'> {
  return new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}
