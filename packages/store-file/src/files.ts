import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { assertOwner, UnsafePathError } from '@particle-grants/process-lock'

const windows = process.platform === 'win32'
/**
 * Follows no link, and does not wait for the writer of a FIFO: without this, a FIFO in place of a file would make `open` wait
 * for ever. Windows has neither flag, and creating a link there needs a privilege.
 */
const readFlags = windows ? constants.O_RDONLY : constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const ownerAdvice = 'Change the owner with chown, or remove it'

/**
 * Reads a file of this user, or returns `undefined` if there is none.
 *
 * @param closes - closes it to other users if it was open to them
 */
export async function readPrivateFile(path: string, closes = true): Promise<Uint8Array | undefined> {
  const handle = await open(path, readFlags).catch(async (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    if (thrown.code === 'ELOOP') throw new UnsafePathError(path, 'is a symbolic link', 'Remove it')
    // A socket cannot be opened.
    if (thrown.code === 'ENXIO') throw notAFile(path)
    // The error for another user's file would not name the owner.
    assertOwner(path, (await lstat(path).catch(() => undefined))?.uid, ownerAdvice)
    throw thrown
  })
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw notAFile(path)
    assertOwner(path, stats.uid, ownerAdvice)
    // On a read-only disk the mode stays. Reading makes it no worse.
    if (closes && !windows && (stats.mode & 0o077) !== 0) await handle.chmod(0o600).catch(() => {})
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

function notAFile(path: string): UnsafePathError {
  return new UnsafePathError(path, 'is not a file', 'Move it away')
}

/**
 * Replaces a file completely or not at all: writes and syncs a temporary file of mode 0600, renames it, syncs the folder.
 * `beforeReplace` runs when the new bytes are on the disk, right before they replace the old ones. It may throw.
 */
export async function replaceFile(path: string, content: string, beforeReplace: () => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    const handle = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await beforeReplace()
    await renameWithRetries(temporary, path)
  } catch (thrown) {
    await unlink(temporary).catch(() => {})
    throw thrown
  }
  await syncFolder(dirname(path))
}

/** Returns the temporary files in a folder, of a current write or of a killed process, and which file each would replace. */
export async function listTemporaryFiles(folder: string): Promise<readonly { path: string; target: string }[]> {
  return (await readdir(folder)).flatMap((name) => {
    const target = /^\.(.+)\.[0-9a-f-]{36}\.tmp$/.exec(name)?.[1]
    return target === undefined ? [] : [{ path: join(folder, name), target: join(folder, target) }]
  })
}

/** Removes what killed writers of a file left: it contains a secret. Does nothing on a read-only disk. */
export async function removeTemporaryFiles(path: string): Promise<void> {
  for (const temporary of await listTemporaryFiles(dirname(path))) {
    if (temporary.target === path) await unlink(temporary.path).catch(() => {})
  }
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
  await handle.sync().finally(() => handle.close())
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
