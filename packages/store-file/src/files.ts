import { constants } from 'node:fs'
import { lstat, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UnsafePathError } from '@particle-grants/process-lock'

const windows = process.platform === 'win32'
/** Windows knows neither flag, and gives nobody a link without asking. */
const noFollow = windows ? 0 : constants.O_NOFOLLOW

/** The bytes of a file of this user's, or nothing where there is none. Tightens a mode that lets others read. */
export async function readPrivateFile(path: string): Promise<Uint8Array | undefined> {
  const handle = await open(path, constants.O_RDONLY | noFollow).catch(async (thrown: Failure) => {
    if (thrown.code === 'ENOENT') return undefined
    if (thrown.code === 'ELOOP') throw unsafe(path, 'is a symbolic link', 'remove it')
    // Another user's file says no more than that it may not be read.
    const stats = await lstat(path).catch(() => undefined)
    assertOwned(path, stats?.uid)
    throw thrown
  })
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw unsafe(path, 'is not a file', 'move it away')
    assertOwned(path, stats.uid)
    // On a read-only disk it stays as it is; reading does not make it worse.
    if (!windows && (stats.mode & 0o077) !== 0) await handle.chmod(0o600).catch(() => {})
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/** What a replacement of a file needs to know. */
export interface Replacement {
  readonly path: string
  /** A name of its own beside it; what is left there after a crash is nobody's. */
  readonly temporary: string
  readonly content: string
  /** Runs when all bytes are on the disk, right before they take the place of what was there. May throw. */
  readonly confirm?: () => Promise<void>
}

/** Replaces a file whole, or not at all: a new one of mode 0600 is synced, then takes its name, then the folder is. */
export async function replaceFile({ path, temporary, content, confirm }: Replacement): Promise<void> {
  try {
    const handle = await open(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow,
      0o600,
    )
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await confirm?.()
    await renamePatiently(temporary, path)
  } catch (thrown) {
    await unlink(temporary).catch(() => {})
    throw thrown
  }
  await syncFolder(path)
}

/** Removes a file, so that it stays gone. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((thrown: Failure) => {
    if (thrown.code !== 'ENOENT') throw thrown
  })
  await syncFolder(path)
}

/** Gives a file another name, so that it stays there. */
export async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to)
  await syncFolder(to)
}

/** Makes names last: what happened to a file of this folder outlives a crash. */
async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; its file system keeps a journal of names.
  if (windows) return
  const handle = await open(dirname(path), constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Windows refuses to replace a file that somebody reads just now. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let round = 0; ; round += 1) {
    try {
      return await rename(from, to)
    } catch (thrown) {
      const { code = '' } = thrown as Failure
      if (!windows || round === 50 || !['EPERM', 'EACCES', 'EBUSY'].includes(code)) throw thrown
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

function assertOwned(path: string, uid: number | undefined): void {
  const user = process.getuid?.()
  if (user === undefined || uid === undefined || uid === user) return
  throw unsafe(
    path,
    `belongs to another user (uid ${uid}, this is ${user})`,
    'give it to yourself with chown, or remove it',
  )
}

function unsafe(path: string, problem: string, advice: string): UnsafePathError {
  return new UnsafePathError(path, { problem, advice })
}

type Failure = NodeJS.ErrnoException
