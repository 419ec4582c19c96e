import { createHash } from 'node:crypto'
import { mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { processLock, UnsafePathError } from '@particle-grants/process-lock'
import { readPrivateFile, removeTemporaryFiles, replaceFile } from './files.ts'
import { parseJson } from './record-format.ts'
import { toStoreError, unavailable } from './store-errors.ts'

/** The content of a settings file of particle-cli, with any keys and values. */
export type Settings = Readonly<Record<string, unknown>>

/** Returns the new settings, or `undefined` to change nothing. */
export type SettingsChange = (settings: Settings) => Settings | undefined

/**
 * Returns the settings in a file, or `undefined` if there is none. A file that cannot be read is not changed.
 *
 * @param closes - closes the file to other users if it was open to them
 */
export async function readSettings(path: string, closes = true): Promise<Settings | undefined> {
  return withStoreErrors(path, async () => {
    await assertNotWorldWritable(dirname(path))
    return parseSettings(path, await readPrivateFile(await resolveLink(path), closes))
  })
}

/**
 * Changes some settings and leaves the others. Returns whether it did. Our own processes use a lock. particle-cli takes
 * none, so this checks for a change by particle-cli right before the file is replaced.
 */
export async function changeSettings(path: string, change: SettingsChange): Promise<boolean> {
  return withStoreErrors(path, async () => {
    // particle-cli creates it open to others.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await assertNotWorldWritable(dirname(path))
    const locks = processLock({ directory: join(dirname(path), '.particle-grants-locks') })
    const name = createHash('sha256').update(basename(path)).digest('hex')
    return locks.withLock(name, () => changeWhileLocked(path, change))
  })
}

const concurrentChange = new Error('particle-cli keeps changing its settings.')

async function changeWhileLocked(path: string, change: SettingsChange): Promise<boolean> {
  const file = await resolveLink(path)
  await removeTemporaryFiles(file)
  for (let round = 1; ; round += 1) {
    const before = await readPrivateFile(file)
    const changed = change(parseSettings(path, before) ?? {})
    if (changed === undefined) return false
    try {
      await replaceFile(file, JSON.stringify(changed, null, 2), async () => {
        if (!isSameContent(before, await readPrivateFile(file))) throw concurrentChange
      })
      return true
    } catch (thrown) {
      if (thrown !== concurrentChange || round === 10) throw thrown
    }
  }
}

/**
 * Where every user can write, another one could replace the settings, and with them the server that gets the token.
 * particle-cli makes its folder with the user's umask, so that it may be open to reading and to the user's own group. That
 * is accepted: the files in it are closed.
 */
async function assertNotWorldWritable(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined)
  if (stats === undefined || process.platform === 'win32' || (stats.mode & 0o002) === 0) return
  const problem = `can be written by every user (mode ${(stats.mode & 0o777).toString(8)})`
  throw new UnsafePathError(folder, problem, `Run chmod o-w "${folder}"`)
}

/**
 * Returns the target of a symbolic link, so that the link stays when the file is replaced: people keep such files in a
 * repository of settings. The target has the token, so it is closed to other users like any other file.
 */
async function resolveLink(path: string): Promise<string> {
  return realpath(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown
    return path
  })
}

function parseSettings(path: string, bytes: Uint8Array | undefined): Settings | undefined {
  if (bytes === undefined) return undefined
  const parsed = parseJson(bytes)
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Settings
  throw unavailable({
    store: 'particle-cli',
    problem: `${path} contains no settings`,
    advice: 'Repair it, or remove it and sign in with particle-cli again.',
  })
}

function isSameContent(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return Buffer.compare(one, other) === 0
}

async function withStoreErrors<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (thrown) {
    throw toStoreError(thrown, { directory: dirname(path), key: basename(path) })
  }
}
