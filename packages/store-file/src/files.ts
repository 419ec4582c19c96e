import { constants } from 'node:fs'
import { lstat, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UnsafePathError } from '@particle-grants/process-lock'

const windows = process.platform === 'win32'
/** Windows has no such flag, and creating a link there needs a privilege. */
const noFollow = windows ? 0 : constants.O_NOFOLLOW

/** Reads a file of this user, or returns `undefined` if there is none. Closes it to other users if it was open to them. */
export async function readPrivateFile(path: string): Promise<Uint8Array | undefined> {
  const handle = await open(path, constants.O_RDONLY | noFollow).catch(
    async (thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return undefined
      if (thrown.code === 'ELOOP') throw unsafe(path, 'is a symbolic link', 'Remove it')
      // The error for another user's file would not name the owner.
      const stats = await lstat(path).catch(() => undefined)
      assertOwnFile(path, stats?.uid)
      throw thrown
    },
  )
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw unsafe(path, 'is not a file', 'Move it away')
    assertOwnFile(path, stats.uid)
    // On a read-only disk the mode stays. Reading makes it no worse.
    if (!windows && (stats.mode & 0o077) !== 0) await handle.chmod(0o600).catch(() => {})
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

export interface Replacement {
  readonly path: string
  /** An unused name in the same folder. After a crash the file may remain there. */
  readonly temporaryPath: string
  readonly content: string
  /** Runs when the new bytes are on the disk, right before they replace the old ones. May throw. */
  readonly beforeReplace?: () => Promise<void>
}

/** Replaces a file completely or not at all: writes and syncs a new file of mode 0600, renames it, syncs the folder. */
export async function replaceFile({
  path,
  temporaryPath,
  content,
  beforeReplace,
}: Replacement): Promise<void> {
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow
    const handle = await open(temporaryPath, flags, 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await beforeReplace?.()
    await renameWithRetries(temporaryPath, path)
  } catch (thrown) {
    await unlink(temporaryPath).catch(() => {})
    throw thrown
  }
  await syncFolder(dirname(path))
}

/** Removes a file durably. Does nothing if there is none. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown
  })
  await syncFolder(dirname(path))
}

/** Renames a file durably. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(dirname(to))
}

/** Makes changed names in a folder survive a crash. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; its file system keeps a journal of names.
  if (windows) return
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Windows refuses to replace a file while a process reads it. */
async function renameWithRetries(from: string, to: string): Promise<void> {
  for (let round = 0; ; round += 1) {
    try {
      return await rename(from, to)
    } catch (thrown) {
      const { code = '' } = thrown as NodeJS.ErrnoException
      if (!windows || round === 50 || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) throw thrown
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

function assertOwnFile(path: string, uid: number | undefined): void {
  const user = process.getuid?.()
  if (user === undefined || uid === undefined || uid === user) return
  throw unsafe(
    path,
    `belongs to another user (uid ${uid}, this is ${user})`,
    'Change the owner with chown, or remove it',
  )
}

function unsafe(path: string, problem: string, advice: string): UnsafePathError {
  return new UnsafePathError(path, { problem, advice })
}
