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
export function defaultDirectory(environment: Partial<DirectoryEnvironment> = {}): string {
  const { platform = process.platform, env = process.env, home = homedir() } = environment
  const folders: Readonly<Record<string, string>> = {
    win32: env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
    darwin: join(home, 'Library', 'Application Support'),
  }
  // The XDG specification says to ignore a relative path.
  const xdg = isAbsolute(env.XDG_STATE_HOME ?? '') ? env.XDG_STATE_HOME : undefined
  return join(folders[platform] ?? xdg ?? join(home, '.local', 'state'), 'particle-grants', 'sessions')
}
