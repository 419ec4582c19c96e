import { lstat, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UnsafePathError } from './errors.ts'

/**
 * Makes a folder that only this user may enter, with those above it, or makes sure that one is that way.
 * Throws `UnsafePathError` for one that belongs to or is open to others; it is not changed then.
 */
export async function preparePrivateDirectory(path: string): Promise<void> {
  await makeFolders(path).catch((thrown: Failure) => {
    // Where nothing can be made, what is there may still do.
    return lstat(path).catch(() => {
      throw thrown
    })
  })
  const stats = await lstat(path)
  if (stats.isSymbolicLink()) {
    throw new UnsafePathError(path, {
      problem: 'is a symbolic link',
      advice: 'name the folder that it points to',
    })
  }
  if (!stats.isDirectory()) {
    throw new UnsafePathError(path, { problem: 'is not a folder', advice: 'move it away' })
  }
  const user = process.getuid?.()
  // Windows keeps a user's folders apart by lists of its own, which Node doesn't show.
  if (user === undefined) return
  if (stats.uid !== user) {
    throw new UnsafePathError(path, {
      problem: `belongs to another user (uid ${stats.uid}, this is ${user})`,
      advice: 'name a folder of your own, or give this one to yourself with chown',
    })
  }
  if ((stats.mode & 0o077) !== 0) {
    throw new UnsafePathError(path, {
      problem: `is open to other users (mode ${(stats.mode & 0o777).toString(8)})`,
      advice: `run chmod 700 "${path}"`,
    })
  }
}

/** Not with `recursive`: on a disk that can only be read, Node then tells that something is missing (20.20). */
async function makeFolders(path: string): Promise<void> {
  await mkdir(path, 0o700).catch(async (thrown: Failure) => {
    if (thrown.code === 'EEXIST') return
    if (thrown.code !== 'ENOENT' || dirname(path) === path) throw thrown
    await makeFolders(dirname(path))
    // Somebody else may have made it just now.
    await mkdir(path, 0o700).catch((again: Failure) => {
      if (again.code !== 'EEXIST') throw again
    })
  })
}

type Failure = NodeJS.ErrnoException
