import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { unavailable } from '../failures.ts'

/** In this order, as particle-cli looks. */
const variables = ['home', 'HOME', 'HOMEPATH', 'USERPROFILE'] as const

/** The folder of particle-cli's settings, in the first home that exists. */
export async function settingsFolder(
  home: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (home !== undefined) return join(home, '.particle')
  for (const name of variables) {
    const folder = env[name]
    if (folder && (await exists(folder))) return join(folder, '.particle')
  }
  throw unavailable({
    store: 'particle-cli',
    problem: `none of ${variables.join(', ')} names a folder that exists`,
    advice: 'Set HOME, or name the home folder.',
  })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
