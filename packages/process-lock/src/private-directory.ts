import { lstat, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ignore, UnsafePathError } from './errors.ts'

/**
 * Creates a folder that only this user can open, and its missing parents. An existing folder is not changed: rejects with
 * UnsafePathError if it belongs to another user, is open to others, or is not a folder.
 */
export async function preparePrivateDirectory(path: string): Promise<void> {
  // On a read-only disk an existing folder is enough.
  const creationError = await makeDirectory(path).catch((thrown: unknown) => thrown)
  const stats = await lstat(path).catch((thrown: unknown) => {
    throw creationError ?? thrown
  })
  if (stats.isSymbolicLink()) {
    throw new UnsafePathError(path, 'is a symbolic link', 'Use the folder that it points to')
  }
  if (!stats.isDirectory()) throw new UnsafePathError(path, 'is not a folder', 'Move it away')
  // Windows separates users by access lists, which Node does not show.
  if (process.geteuid === undefined) return
  assertOwner(path, stats.uid, 'Use a folder of your own, or change the owner with chown')
  if ((stats.mode & 0o077) !== 0) {
    const problem = `is open to other users (mode ${(stats.mode & 0o777).toString(8)})`
    throw new UnsafePathError(path, problem, `Run chmod 700 "${path}"`)
  }
}

/** Throws an UnsafePathError with this advice if a file or folder belongs to another user. */
export function assertOwner(path: string, uid: number | undefined, advice: string): void {
  const user = process.geteuid?.()
  if (user === undefined || uid === undefined || uid === user) return
  throw new UnsafePathError(path, `belongs to another user (uid ${uid}, this is ${user})`, advice)
}

/** Works without `recursive`: with it, Node reports ENOENT on a read-only disk (20.20). */
async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, 0o700).catch(async (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'EEXIST') return
    if (thrown.code !== 'ENOENT' || dirname(path) === path) throw thrown
    await makeDirectory(dirname(path))
    // Another process may have created it in the meantime.
    await mkdir(path, 0o700).catch(ignore('EEXIST'))
  })
}
