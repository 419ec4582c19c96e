import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** What the place of the sessions depends on. */
export interface Surroundings {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * Where this platform keeps what a program remembers of a user: `XDG_STATE_HOME` or `~/.local/state`,
 * `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows; in it `particle-grants/sessions`.
 */
export function defaultDirectory(surroundings: Surroundings = currentSurroundings()): string {
  return join(stateFolder(surroundings), 'particle-grants', 'sessions')
}

function stateFolder({ platform, env, home }: Surroundings): string {
  if (platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData', 'Local')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support')
  // The XDG specification tells to ignore a relative one.
  const named = env.XDG_STATE_HOME ?? ''
  return isAbsolute(named) ? named : join(home, '.local', 'state')
}

function currentSurroundings(): Surroundings {
  return { platform: process.platform, env: process.env, home: homedir() }
}
