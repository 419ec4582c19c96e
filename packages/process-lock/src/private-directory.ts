import { lstat, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UnsafePathError } from './errors.ts'

/**
 * Creates a folder that only this user can open, and its missing parents. An existing folder is checked and not changed.
 *
 * @throws UnsafePathError if the folder belongs to another user, is open to others, or is not a folder
 */
export async function preparePrivateDirectory(path: string): Promise<void> {
  await makeDirectory(path).catch((thrown: NodeJS.ErrnoException) => {
    // On a read-only disk an existing folder is enough.
    return lstat(path).catch(() => {
      throw thrown
    })
  })
  const stats = await lstat(path)
  if (stats.isSymbolicLink()) {
    throw new UnsafePathError(path, {
      problem: 'is a symbolic link',
      advice: 'Use the folder that it points to',
    })
  }
  if (!stats.isDirectory()) {
    throw new UnsafePathError(path, { problem: 'is not a folder', advice: 'Move it away' })
  }
  const user = process.getuid?.()
  // Windows separates users by access lists, which Node does not show.
  if (user === undefined) return
  if (stats.uid !== user) {
    throw new UnsafePathError(path, {
      problem: `belongs to another user (uid ${stats.uid}, this is ${user})`,
      advice: 'Use a folder of your own, or change the owner with chown',
    })
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new UnsafePathError(path, {
      problem: `is open to other users (mode ${(stats.mode & 0o777).toString(8)})`,
      advice: `Run chmod 700 "${path}"`,
    })
  }
}

/** Works without `recursive`: with it, Node reports ENOENT on a read-only disk (20.20). */
async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, 0o700).catch(async (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'EEXIST') return
    if (thrown.code !== 'ENOENT' || dirname(path) === path) throw thrown
    await makeDirectory(dirname(path))
    // Another process may have created it in the meantime.
    await mkdir(path, 0o700).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again
    })
  })
}
