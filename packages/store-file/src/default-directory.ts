import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export interface DirectoryEnvironment {
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * Returns `particle-grants/sessions` in this platform's folder for application state: `XDG_STATE_HOME` or
 * `~/.local/state`, `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows.
 */
export function defaultDirectory(
  environment: DirectoryEnvironment = { platform: process.platform, env: process.env, home: homedir() },
): string {
  return join(findStateFolder(environment), 'particle-grants', 'sessions')
}

function findStateFolder({ platform, env, home }: DirectoryEnvironment): string {
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  // The XDG specification says to ignore a relative path.
  const configured = env.XDG_STATE_HOME ?? ''
  return isAbsolute(configured) ? configured : join(home, '.local', 'state')
}
